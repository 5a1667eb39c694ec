/* What is recorded: the series as they are now, what of it is not in the file yet, and when it gets there. Knows the file and
 * no bus. It is told the time, so that tests can.
 *
 * A series has its value from when it is recorded until it is recorded again, or until a gap. Once a minute all of it goes
 * into the file, in one transaction that says up to when all is known: what is lost with the power is a gap from there. */
#pragma once

#include <stdbool.h>

#include "history/store.h"

/* So many series and words there may be; and so many values and events that are not in the file yet. */
#define RECORDER_SERIES_MAX 4096
#define RECORDER_COMPONENTS_MAX 4096
#define RECORDER_WORDS_MAX 4096
#define RECORDER_ITEMS_MAX 20000
#define RECORDER_SPANS_MAX 8192

/* So long a name may be: of a component, a property, a class, a unit, a word. */
#define RECORDER_NAME_MAX 200

/* The clocks, in µs. */
struct moment {
	uint64_t realtime, boot; /* CLOCK_REALTIME; CLOCK_BOOTTIME, or any that nobody sets */
};

struct series {
	unsigned id, component;
	char *property, *class, *unit;
	char type; /* 'd', 'b' or 's' */
	unsigned precision;
	uint64_t first, last; /* that anything is known; 0: nothing yet */
	enum series_state state;
	double value;   /* 'b': 0 or 1, 's': the number of a word */
	uint64_t since; /* up to here it is in the spans below */
	struct span window, *fives; /* of the window that is open; fives: of numbers, WINDOW_FIVES */
	bool stored;
};

enum item_kind {
	ITEM_VALUE,  /* recorded */
	ITEM_GOES_ON, /* the same as before, at the beginning of a window */
	ITEM_GAP,    /* of all series */
	ITEM_WINDOW,
	ITEM_EVENT,
};

struct item {
	uint64_t time;
	enum item_kind kind;
	enum series_state state;
	unsigned series; /* of an event its component */
	unsigned name;   /* of an event */
	union {
		double value;
		uint64_t slot;
		char *data; /* NULL: none */
	};
};

/* What is known of a window that is over, and not in the file yet. */
struct item_span {
	enum store_tier tier;
	unsigned series;
	uint64_t slot;
	struct span span;
};

struct recorder {
	char *folder; /* NULL: nothing is written */
	struct store *store; /* NULL: it cannot be opened at present */
	struct store_bounds bounds;

	char **words, **components; /* the first has the number 1 */
	unsigned words_n, words_stored, components_n, components_stored;
	struct series **series; /* the first has the number 1 */
	unsigned series_n;

	struct item *items; /* that are not in the file yet, in the order of recording */
	size_t items_n, items_size;
	struct item_span *spans;
	size_t spans_n, spans_size;

	bool open;         /* there is a window; */
	uint64_t slot;     /* its number */
	uint64_t time;     /* of the clock: the newest that was recorded */
	int64_t offset;    /* of the clock to the one that nobody sets */
	bool clock_known;  /* `offset` is of this process */
	bool away;         /* since `time` nobody has said what is the case: see recorder_begin() */
	bool known;        /* there is something that a gap would end */

	char hub[64];      /* the hub's series, and the serial number up to which all is recorded */
	uint64_t serial;
	bool hub_changed;
	bool trim;         /* something may be too old */
	unsigned writes;   /* so far */
	char problem[640]; /* why nothing is written; "": it is */
	char said[640];    /* what is to be said once; "": nothing */
};

/* Opens the file in the folder, with what it has of the last time; NULL: in memory only. A file that is damaged is set aside;
 * what else is wrong is in `problem`. -ENOMEM. */
int recorder_new(const char *folder, const struct store_bounds *bounds, struct recorder **ret);

/* Writes nothing. */
struct recorder *recorder_free(struct recorder *recorder);
DEFINE_CLEANUP(struct recorder *, recorder_free);

/* What is to be said to people, once: true, and its text, valid until the next call of anything. */
bool recorder_take_words(struct recorder *recorder, const char **ret);

/* --- recorder-series.c: names ----------------------------------------------------------------- */

/* The number of a component, a word: there from now on. 0: there is no room. */
unsigned recorder_component(struct recorder *recorder, const char *name);
unsigned recorder_word(struct recorder *recorder, const char *text);
/* By its number; "" for one that there is none of. */
const char *recorder_word_text(const struct recorder *recorder, unsigned number);
const char *recorder_component_name(const struct recorder *recorder, unsigned number);

/* NULL: there is none. */
struct series *recorder_find(const struct recorder *recorder, const char *component, const char *property);

/* What a series is, as Describe() in org.roomd1(5) has it. */
struct series_about {
	const char *component, *property, *class, *unit;
	char type;
	unsigned precision;
};

/* The series, there from now on, as it is described now. NULL: there is no room, or its type is another one. */
struct series *recorder_series(struct recorder *recorder, const struct series_about *about);
void series_free(struct series *series);

/* The table that it is in. */
static inline enum store_table series_table(const struct series *series)
{
	return series->type == 'd' ? STORE_RAW : STORE_CHANGE;
}

/* --- recording -------------------------------------------------------------------------------- */

/* It is so late. To be called before anything is recorded. If the clock was set since the last time, all series end where the
 * old time would be now, and go on at the new one. */
void recorder_clock(struct recorder *recorder, const struct moment *now);

/* After recorder_new(), what was the case when it was written last may have gone on meanwhile (`away`). The hub is there, and
 * it is known what happened since: what is not recorded has gone on. Or (gap) that is not known: all is a gap from then. */
void recorder_go_on(struct recorder *recorder);
void recorder_gap(struct recorder *recorder, uint64_t time);

/* What is known goes on up to this time: nothing has happened. */
void recorder_tick(struct recorder *recorder, uint64_t time);

/* Of `time` or of the newest time that there is, whichever is later. A value that goes on is not recorded again. */
void recorder_set(struct recorder *recorder, struct series *series, uint64_t time, enum series_state state, double value);

/* `data` is taken over; NULL: none. */
void recorder_event(struct recorder *recorder, unsigned component, uint64_t time, unsigned name, char *data);

/* All events of the hub up to this one are recorded. */
void recorder_hub(struct recorder *recorder, const char *series, uint64_t serial);

/* --- recorder-write.c ------------------------------------------------------------------------- */

/* Everything goes into the file. If it cannot, it waits, and `problem` says why. 0 or a negative errno. */
int recorder_write(struct recorder *recorder, const struct moment *now);

/* Opens the file if it is not open. */
int recorder_open(struct recorder *recorder);

/* recorder-load.c: what the file has, into a recorder that has nothing. */
int recorder_load(struct recorder *recorder, struct problem *problem);

/* Into the file, which has other numbers for names, and is older: all that is only in memory is recorded again. */
int recorder_merge(struct recorder *recorder, struct problem *problem);

/* Into a file that has nothing: what is the case, in a window of its own. */
void recorder_begin_anew(struct recorder *recorder);

/* All that is in memory is no more, but the words for people. */
void recorder_forget(struct recorder *recorder);

/* --- for these files -------------------------------------------------------------------------- */

struct item *recorder_add(struct recorder *recorder, enum item_kind kind, uint64_t time);
/* What is held goes into the spans up to this time of the window. */
void series_account(struct series *series, uint64_t slot, uint64_t time);
void series_take(struct series *series, uint64_t slot, uint64_t time, enum series_state state, double value, bool counts);
