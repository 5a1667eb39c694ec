/* The recorder: it has the present values of all series, and the data that is not in the file yet, and writes
 * it there. Knows the file, but no bus. The caller gives the time, so that tests can choose it.
 *
 * A series has its value from when it is recorded until it is recorded again, or until a gap. Once a minute
 * everything is written into the file, in one transaction that also says up to when all is known: after a
 * power failure there is a gap from that time on. */
#pragma once

#include <stdbool.h>

#include "history/store.h"

/* The most series, components and words; and the most values, events and spans that are not in the file yet. */
#define RECORDER_SERIES_MAX 4096
#define RECORDER_COMPONENTS_MAX 4096
#define RECORDER_WORDS_MAX 4096
#define RECORDER_ITEMS_MAX 20000
#define RECORDER_SPANS_MAX 8192

/* The longest name of a component, a property, a class, a unit or a word. */
#define RECORDER_NAME_MAX 200

/* The clocks, in µs. */
struct moment {
	uint64_t realtime, boot; /* CLOCK_REALTIME; CLOCK_BOOTTIME, or any clock that is never set */
};

struct series {
	unsigned id, component;
	char *property, *class, *unit;
	char type; /* 'd', 'b' or 's' */
	unsigned precision;
	uint64_t first, last; /* of what is known; 0: nothing yet */
	enum series_state state;
	double value;   /* 'b': 0 or 1, 's': the number of a word */
	uint64_t since; /* the spans below count up to this time */
	struct span window, *fives; /* of the open window; fives: only for numbers, WINDOW_FIVES */
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

/* The sums of a window that is over, but not in the file yet. */
struct item_span {
	enum store_tier tier;
	unsigned series;
	uint64_t slot;
	struct span span;
};

struct recorder {
	char *folder; /* NULL: nothing is written */
	struct store *store; /* NULL: not open, because it could not be opened */
	struct store_bounds bounds;

	char **words, **components; /* the first has the number 1 */
	unsigned words_n, words_stored, components_n, components_stored;
	struct series **series; /* the first has the number 1 */
	unsigned series_n;

	struct item *items; /* not in the file yet, in the order of recording */
	size_t items_n, items_size;
	struct item_span *spans;
	size_t spans_n, spans_size;

	bool open;         /* there is a window; */
	uint64_t slot;     /* its number */
	uint64_t time;     /* the newest recorded time of the clock */
	int64_t offset;    /* of the clock from the one that is never set */
	bool clock_known;  /* `offset` is of this process */
	bool away;         /* since `time` the real values are not known: see recorder_go_on() */
	bool known;        /* something is known, which a gap would end */

	char hub[64];      /* the hub's series, and the serial number up to which all is recorded */
	uint64_t serial;
	bool hub_changed;
	bool trim;         /* some data may be too old */
	unsigned writes;   /* so far */
	char problem[640]; /* why nothing is written; "": no problem */
	char said[640];    /* a message to be reported once; "": none */
};

/* Opens the file in the folder, and loads the last state; `folder` NULL: in memory only. A damaged file is
 * set aside; other errors are in `problem`. 0 or -ENOMEM. */
int recorder_new(const char *folder, const struct store_bounds *bounds, struct recorder **ret);

/* Writes nothing. */
struct recorder *recorder_free(struct recorder *recorder);
DEFINE_CLEANUP(struct recorder *, recorder_free);

/* A message for people, returned once: true, and its text, valid until the next call of any function. */
bool recorder_take_words(struct recorder *recorder, const char **ret);

/* --- recorder-series.c: names ----------------------------------------------------------------- */

/* The number of a component or a word, which is added if it is new. 0: there is no room. */
unsigned recorder_component(struct recorder *recorder, const char *name);
unsigned recorder_word(struct recorder *recorder, const char *text);
/* The text with this number; "" if there is none. */
const char *recorder_word_text(const struct recorder *recorder, unsigned number);
const char *recorder_component_name(const struct recorder *recorder, unsigned number);

/* NULL: there is none. */
struct series *recorder_find(const struct recorder *recorder, const char *component, const char *property);

/* The description of a series, as in Describe() of org.roomd1(5). */
struct series_about {
	const char *component, *property, *class, *unit;
	char type;
	unsigned precision;
};

/* The series with its present description, added if it is new. NULL: there is no room, or its type has
 * changed. */
struct series *recorder_series(struct recorder *recorder, const struct series_about *about);
void series_free(struct series *series);

/* The table that it is in. */
static inline enum store_table series_table(const struct series *series)
{
	return series->type == 'd' ? STORE_RAW : STORE_CHANGE;
}

/* --- recording -------------------------------------------------------------------------------- */

/* Sets the present time. To be called before anything is recorded. If the clock was set since the last call,
 * all series end where the old time would be now, and go on at the new one. */
void recorder_clock(struct recorder *recorder, const struct moment *now);

/* After recorder_new(), the last written values may still be true (`away`). recorder_go_on(): the hub is
 * there, and everything that happened since is known: values without a new record have not changed.
 * recorder_gap(): that is not known: there is a gap in all series from `time` on. */
void recorder_go_on(struct recorder *recorder);
void recorder_gap(struct recorder *recorder, uint64_t time);

/* Nothing has happened up to this time: all values go on. */
void recorder_tick(struct recorder *recorder, uint64_t time);

/* Records a value, at `time` or at the newest recorded time, whichever is later. An unchanged value is not
 * recorded again. */
void recorder_set(struct recorder *recorder, struct series *series, uint64_t time, enum series_state state, double value);

/* `data` is taken over; NULL: none. */
void recorder_event(struct recorder *recorder, unsigned component, uint64_t time, unsigned name, char *data);

/* All events of the hub up to this one are recorded. */
void recorder_hub(struct recorder *recorder, const char *series, uint64_t serial);

/* --- recorder-write.c ------------------------------------------------------------------------- */

/* Writes everything into the file. If that fails, the data waits, and `problem` says why. 0 or a negative
 * errno. */
int recorder_write(struct recorder *recorder, const struct moment *now);

/* Opens the file if it is not open. */
int recorder_open(struct recorder *recorder);

/* recorder-load.c: loads the file into an empty recorder. */
int recorder_load(struct recorder *recorder, struct problem *problem);

/* Records everything that is only in memory again, into a file that is older and has other numbers for names. */
int recorder_merge(struct recorder *recorder, struct problem *problem);

/* Records the present values into an empty file, in a window of their own. */
void recorder_begin_anew(struct recorder *recorder);

/* Forgets everything in memory except the messages for people. */
void recorder_forget(struct recorder *recorder);

/* --- for these files -------------------------------------------------------------------------- */

struct item *recorder_add(struct recorder *recorder, enum item_kind kind, uint64_t time);
/* Adds the present value to the spans, up to this time of the window. */
void series_account(struct series *series, uint64_t slot, uint64_t time);
void series_take(struct series *series, uint64_t slot, uint64_t time, enum series_state state, double value, bool counts);
