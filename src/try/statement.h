/* Room tests: what a file NAME.roomtest says, statement by statement (roomd-test(5)). Pure: it makes statements of a
 * text, or finds all its errors. Knows no kind, and runs nothing.
 *
 *     test NAME                        a room of its own from here on; without one the file is one test
 *     zone Europe/Berlin               before the first statement of the file or of a test, for all of it
 *     start 2027-01-01 00:00:00        in the same place: the wall clock at the start
 *     at TIME                          the next such moment (22:30, 22:30:00, 2027-03-28 01:59:00), or now if it is one
 *     after TIME                       this much later (2min 30s)
 *     [no] motion NAME, open NAME, close NAME, press NAME [double|long], NAME NUMBER [UNIT]
 *     unplug NAME, plug NAME, restart, kill, power loss [for TIME], reload FILE, clock TIME, broker away|back
 *     roomctl ARGUMENTS...             it has to succeed
 *     expect [within TIME] NAME STATE
 *     expect [within TIME] NAME [above|below] NUMBER [UNIT]
 *     expect [within TIME] event EVENT NAME [KEY=VALUE]...
 *     expect no event EVENT [NAME] [KEY=VALUE]...
 *     repeat N times ... end           nested at most four deep
 *
 * One line has one statement, or several with ";" between; a statement may follow "at TIME" and "after TIME" without one.
 * "#" at the beginning of a word begins a comment. A NAME is a component's, or Kind/name, or may follow a word for its kind
 * ("light hall"). Text between quotes is one word, or part of one.
 *
 * An expectation without "within" is about now, when all actions have had their effect. "expect event" means that there was
 * such an event since the last action: since the last statement other than at, after and expect, or the start. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/error.h"

/* Limits; there is an error message for each. */
#define ROOMTEST_LINE_MAX 4096u         /* bytes in a line */
#define ROOMTEST_STATEMENTS_MAX 100000u /* of a file */
#define ROOMTEST_REPEAT_MAX 1000000u    /* repetitions of one block */
#define ROOMTEST_RUN_MAX 10000000u      /* statements of one test, each as often as it is repeated */
#define ROOMTEST_DEPTH_MAX 4u           /* blocks within one another */
#define ROOMTEST_ERRORS_MAX 50u         /* errors that are reported for a file */

enum statement_kind {
	STATEMENT_AT,           /* time */
	STATEMENT_AFTER,        /* duration_ns */
	STATEMENT_MOTION,       /* name */
	STATEMENT_NO_MOTION,    /* name */
	STATEMENT_OPEN,         /* name */
	STATEMENT_CLOSE,        /* name */
	STATEMENT_PRESS,        /* name; word: "single", "double", "long" */
	STATEMENT_VALUE,        /* name, number, unit */
	STATEMENT_UNPLUG,       /* name */
	STATEMENT_PLUG,         /* name */
	STATEMENT_RESTART,
	STATEMENT_KILL,
	STATEMENT_POWER_LOSS,   /* duration_ns: how long it is away; 0: it is back at once */
	STATEMENT_RELOAD,       /* word: the file */
	STATEMENT_CLOCK,        /* time */
	STATEMENT_BROKER_AWAY,
	STATEMENT_BROKER_BACK,
	STATEMENT_ROOMCTL,      /* arguments */
	STATEMENT_EXPECT,       /* name, word: the state; within */
	STATEMENT_EXPECT_VALUE, /* name, compare, number, unit; within */
	STATEMENT_EXPECT_EVENT, /* word: the event; name, pairs; within */
	STATEMENT_EXPECT_NO_EVENT, /* word: the event; name or NULL, pairs */
	STATEMENT_REPEAT,       /* count; partner: its end */
	STATEMENT_END,          /* partner: its repeat */
	/* Of a test, not of its run: they are never among its statements. */
	STATEMENT_TEST,
	STATEMENT_ZONE,
	STATEMENT_START,
	STATEMENT_KINDS,
};

/* A time of the wall clock. */
struct statement_time {
	bool has_date;
	unsigned year, month, day; /* 1970 to 9999, 1 to 12, 1 to 31, a day that there is; 0 without a date */
	unsigned second_of_day;    /* 0 to 86399 */
};

/* KEY=VALUE of an event, owned by the statement. */
struct statement_pair {
	char *key, *value;
	unsigned column;
};

enum statement_compare {
	COMPARE_EQUAL, /* in the digits that are shown, with the quantity's precision */
	COMPARE_ABOVE,
	COMPARE_BELOW,
};

#define STATEMENT_NO_SUBJECT SIZE_MAX

/* Members that its kind does not use are NULL or 0. Texts are UTF-8 and owned. */
struct statement {
	enum statement_kind kind;
	unsigned line, column; /* where it begins, from 1; columns in characters */
	char *component_kind;  /* "light" or "LightController", as written; NULL: none */
	char *name;            /* a component's */
	unsigned name_column;  /* of the name, with its kind */
	size_t subject;        /* the component, a place in roomtest_room.components: roomtest_check() has found it;
	                          STATEMENT_NO_SUBJECT: there is none */
	char *word;            /* a state, an event, a press, a file */
	unsigned word_column;
	double number;
	unsigned number_column;
	char *unit;            /* NULL: none */
	unsigned unit_column;
	enum statement_compare compare;
	uint64_t duration_ns;  /* of AFTER, POWER_LOSS */
	bool has_within;
	uint64_t within_ns;    /* of EXPECT...: it has to become true within this time from now */
	struct statement_time time;
	struct statement_pair *pairs;
	size_t pairs_n;
	char **arguments;      /* of ROOMCTL: ended by NULL */
	size_t arguments_n;
	unsigned count;        /* of REPEAT: 1 to ROOMTEST_REPEAT_MAX */
	size_t partner;        /* of REPEAT and END: the place of the other one in the test's statements */
};

/* A room from its start to its end; a point of TAP. */
struct roomtest_case {
	char *name;    /* of the test, or of the file: without its folder and ".roomtest" */
	unsigned line; /* where it begins; 1 without a header */
	char *zone;    /* "Europe/Berlin", for $TZ; by default "UTC" */
	unsigned zone_line, zone_column; /* where it is given; 0: nowhere */
	struct statement_time start; /* has a date; by default 2027-01-01 00:00:00 */
	struct statement *statements;
	size_t n;
};

struct roomtest {
	char *path; /* for messages */
	char *text; /* as it was read: an error shows its line */
	struct roomtest_case *cases;
	size_t n; /* 1 at least */
};

/* Reads `text`, `length` bytes; `path` is for messages, and for the name of a test without a header. 0:
 * `*ret` is to be freed with roomtest_free(). -EINVAL: all errors were added to `errors`, and `*ret` is
 * untouched. -ENOMEM. */
int roomtest_parse(const char *path, const char *text, size_t length, struct roomtest **ret,
                   struct config_errors *errors);

/* Takes NULL; returns NULL. */
struct roomtest *roomtest_free(struct roomtest *test);
DEFINE_CLEANUP(struct roomtest *, roomtest_free);

/* The statement in a canonical form that roomtest_parse() reads, without a newline: to be freed with free();
 * NULL: no memory. */
char *statement_format(const struct statement *statement);

/* The whole file in that form, one statement a line; the same ownership. */
char *roomtest_format(const struct roomtest *test);

/* Adds an error about a place of the file to `errors`: "FILE:LINE:COLUMN: words", and below it the line with
 * the place marked. Used when a test runs, too. `length`: how many characters to mark; 0: one. */
void roomtest_error(const struct roomtest *test, unsigned line, unsigned column, unsigned length,
                    struct config_errors *errors, const char *format, ...) PRINTF_LIKE(6, 7);

/* The present place in the run of a test. All zero: at its beginning. */
struct roomtest_cursor {
	size_t next;
	unsigned depth;
	unsigned left[ROOMTEST_DEPTH_MAX]; /* how often each block is still to be repeated */
};

/* The next statement to run; follows REPEAT and END, and never returns them. NULL: the test is over. */
const struct statement *roomtest_step(const struct roomtest_case *test, struct roomtest_cursor *cursor);
