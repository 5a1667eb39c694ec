/* The file of the history. What is recorded is only ever appended, in the order of recording: a key of series and time
 * would write six times as many bytes a day. Three such tables: readings, changes (on or off, and words), events. Readings are
 * packed (pack.h). A window of two hours says where in them it begins. Beside them, for each series, what is known of each five
 * minutes (numbers) and of each window (all), written when a window is over.
 *
 * In the first two tables `series` is: N: a value was recorded; -N: it went on, at the beginning of a window; 0: of all
 * series: a gap begins, or, with a value, all was written up to this time, and the value is the hub's serial number.
 * docs/history.md has the form.
 *
 * Errors as in database/database.h. */
#pragma once

#include "database/database.h"
#include "history/pack.h"

#define HISTORY_FILE "history.sqlite"
#define HISTORY_DAMAGED "history.damaged-"
#define HISTORY_DAMAGED_MAX 2

enum store_table {
	STORE_RAW,    /* numbers */
	STORE_CHANGE, /* on or off, and words */
	STORE_EVENT,
	STORE_TABLES,
};

enum store_tier {
	STORE_FIVE,
	STORE_WINDOW,
	STORE_TIERS,
};

struct store {
	struct database database;
	sqlite3_stmt *put_pack, *put_change, *put_event, *put_span[STORE_TIERS];
	uint64_t next[STORE_TABLES]; /* the number of the row that comes next */
	struct pack pack;            /* readings that are in no row of the file yet, */
	struct row pack_first;       /* and the first of them */
	uint64_t slot;               /* of the newest window */
	uint64_t rows_read;          /* so far, by all queries */
};

/* Opens the file in a folder. -EUCLEAN: it is damaged, or not a history file. */
int store_open(const char *folder, struct store **ret, struct problem *problem);
struct store *store_close(struct store *store);
DEFINE_CLEANUP(struct store *, store_close);

/* --- writing: between begin and commit, else cancel ------------------------------------------- */

int store_begin(struct store *store, struct problem *problem);
int store_commit(struct store *store, struct problem *problem);
void store_cancel(struct store *store);

/* Appends a row. `series` as above; `value` counts only if `state` is SERIES_KNOWN. */
int store_put(struct store *store, enum store_table table, int64_t series, uint64_t time, enum series_state state,
              double value, struct problem *problem);

/* `data` may be NULL. */
int store_put_event(struct store *store, unsigned component, uint64_t time, unsigned name, const char *data,
                    struct problem *problem);

/* A window of this number (its time divided by its length) begins here. */
int store_put_window(struct store *store, uint64_t slot, struct problem *problem);

/* Adds the span to the one that is there. */
int store_put_span(struct store *store, enum store_tier tier, unsigned series, uint64_t slot, const struct span *span,
                   struct problem *problem);

/* --- reading ---------------------------------------------------------------------------------- */

/* A window in the file; it ends where the next one begins. */
struct store_window {
	int64_t id;
	uint64_t slot;
	uint64_t first[STORE_TABLES], end[STORE_TABLES];
};

/* Calls `each` with the windows from number `from` to `to`, inclusive, in the order of recording. It returns
 * 0 to go on, 1 to stop, or a negative errno. Returns the result of the last call. */
int store_each_window(struct store *store, uint64_t from, uint64_t to,
                      int (*each)(const struct store_window *window, void *userdata), void *userdata,
                      struct problem *problem);

/* The newest one. 1; 0: there is none. */
int store_last_window(struct store *store, struct store_window *ret, struct problem *problem);

/* The rows of a table in a window that concern a series (0: all of them). */
int store_each_row(struct store *store, enum store_table table, const struct store_window *window, unsigned series,
                   int (*each)(const struct row *row, void *userdata), void *userdata, struct problem *problem);

int store_each_span(struct store *store, enum store_tier tier, unsigned series, uint64_t from, uint64_t to,
                    int (*each)(uint64_t slot, const struct span *span, void *userdata), void *userdata,
                    struct problem *problem);

struct store_event {
	uint64_t number;
	unsigned component, name;
	uint64_t time;
	const char *data; /* NULL: none */
};
int store_each_event(struct store *store, uint64_t first, uint64_t end,
                     int (*each)(const struct store_event *event, void *userdata), void *userdata,
                     struct problem *problem);

/* The beginning of the oldest window; of the oldest one that has its readings; UINT64_MAX: there is none. */
int store_oldest(struct store *store, uint64_t *ret_slot, uint64_t *ret_raw_slot, struct problem *problem);

/* 1: the reading of this number was forgotten, but not its window, which is that of this slot; 0: it was not, or both were. */
int store_forgotten(struct store *store, uint64_t number, uint64_t *ret_slot, struct problem *problem);

/* True: in this column a row of `raw` has a pack; without its number and its time. False: it is one reading. */
bool store_is_pack(sqlite3_stmt *row, int column, struct pack_reader *ret);

/* --- bounds: store-trim.c --------------------------------------------------------------------- */

struct store_bounds {
	uint64_t raw_usec, keep_usec, bytes;
	unsigned series; /* how many series there are, for the size of the largest write */
};

/* Removes windows that are too old, or for which there is no room, a few at a time, in transactions of its
 * own. 1: there is more to do. `now`: the clock's time. */
int store_trim(struct store *store, const struct store_bounds *bounds, uint64_t now, struct problem *problem);

/* Sets the largest size of the file. */
int store_set_bounds(struct store *store, const struct store_bounds *bounds, struct problem *problem);

/* The size of the file and its log. */
uint64_t store_bytes(struct store *store);
