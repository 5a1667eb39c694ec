/* How what is recorded gets into the file. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/database-file.h"
#include "history/recorder.h"
#include "util/problem.h"

/* How often it is looked for what there is no room for, if no window has ended: so many writes. */
#define TRIM_WRITES 16

/* --- problems --------------------------------------------------------------------------------- */

/* Said once; `problem` stays as long as it is so. */
static int fails(struct recorder *recorder, int error, const struct problem *problem)
{
	char text[sizeof recorder->problem];

	snprintf(text, sizeof text, "%.200s/" HISTORY_FILE ": %.300s; history goes on in memory", recorder->folder, problem->text);
	if (strcmp(text, recorder->problem) != 0)
		snprintf(recorder->said, sizeof recorder->said, "%s", text);
	memcpy(recorder->problem, text, sizeof text);
	return error;
}

static void is_well(struct recorder *recorder)
{
	if (recorder->problem[0])
		snprintf(recorder->said, sizeof recorder->said, "history is written again");
	recorder->problem[0] = '\0';
}

/* --- opening ---------------------------------------------------------------------------------- */

/* A new file has none of the names; what is in memory gets there. */
static void forget_stored(struct recorder *recorder)
{
	recorder->words_stored = recorder->components_stored = 0;
	for (unsigned i = 0; i < recorder->series_n; i++)
		recorder->series[i]->stored = false;
	recorder->hub_changed = true;
}

static int set_aside(struct recorder *recorder, const struct problem *why)
{
	char name[DATABASE_DAMAGED_NAME_SIZE];
	struct problem problem;
	int r;

	recorder->store = store_close(recorder->store);
	r = database_file_set_aside(recorder->folder, HISTORY_FILE, HISTORY_DAMAGED, HISTORY_DAMAGED_MAX, name, &problem);
	if (r < 0)
		return fails(recorder, r, &problem);
	forget_stored(recorder);
	snprintf(recorder->said, sizeof recorder->said, "%.200s/" HISTORY_FILE " %.300s; it was set aside as %s",
	         recorder->folder, why->text, name);
	return 0;
}

static bool is_new(const struct recorder *recorder)
{
	return recorder->series_n == 0 && recorder->items_n == 0 && recorder->words_n == 0 && recorder->components_n == 0;
}

/* It has a number for everything already, which are not those of the memory. */
static int has_names(const struct recorder *recorder, struct problem *problem)
{
	int64_t n = 0;
	int r = database_ask(&recorder->store->database,
	                     "SELECT (SELECT count(*) FROM series) + (SELECT count(*) FROM word) + (SELECT count(*) FROM component)",
	                     &n, problem);

	return r < 0 ? r : n > 0;
}

static int open_store(struct recorder *recorder, struct problem *problem)
{
	bool is_empty = is_new(recorder);
	int r = store_open(recorder->folder, &recorder->store, problem);

	if (r >= 0)
		r = store_set_bounds(recorder->store, &recorder->bounds, problem);
	if (r >= 0 && !is_empty)
		r = has_names(recorder, problem);
	if (r >= 0 && is_empty)
		r = recorder_load(recorder, problem);
	else if (r > 0)
		r = recorder_merge(recorder, problem);
	else if (r == 0)
		recorder_begin_anew(recorder);
	if (r < 0)
		recorder->store = store_close(recorder->store);
	return r;
}

int recorder_open(struct recorder *recorder)
{
	bool was_new = is_new(recorder);
	struct problem problem;
	int r = open_store(recorder, &problem);

	if (r == -EUCLEAN) {
		if (was_new)
			recorder_forget(recorder);
		r = set_aside(recorder, &problem);
		if (r < 0)
			return r;
		r = open_store(recorder, &problem);
	}
	return r < 0 ? fails(recorder, r, &problem) : r;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int put_name(const struct database *database, const char *sql, unsigned number, const char *name,
                    struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *put = NULL;
	int r = database_prepare(database, sql, &put, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(put, 1, number);
	sqlite3_bind_text(put, 2, name, -1, SQLITE_STATIC);
	return database_finish(database, put, problem);
}

static int put_names(struct recorder *recorder, struct problem *problem)
{
	const struct database *database = &recorder->store->database;
	int r = 0;

	for (unsigned i = recorder->words_stored; r >= 0 && i < recorder->words_n; i++)
		r = put_name(database, "INSERT INTO word VALUES (?, ?)", i + 1, recorder->words[i], problem);
	for (unsigned i = recorder->components_stored; r >= 0 && i < recorder->components_n; i++)
		r = put_name(database, "INSERT INTO component VALUES (?, ?)", i + 1, recorder->components[i], problem);
	if (r >= 0 && recorder->hub_changed)
		r = put_name(database, "INSERT OR REPLACE INTO hub VALUES (?, ?)", 1, recorder->hub, problem);
	return r;
}

static int put_one_series(const struct database *database, const struct series *series, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *put = NULL;
	const char type[] = { series->type, '\0' };
	int r = database_prepare(database, "INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", &put, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(put, 1, series->id);
	sqlite3_bind_int64(put, 2, series->component);
	sqlite3_bind_text(put, 3, series->property, -1, SQLITE_STATIC);
	sqlite3_bind_text(put, 4, type, -1, SQLITE_STATIC);
	sqlite3_bind_text(put, 5, series->class, -1, SQLITE_STATIC);
	sqlite3_bind_text(put, 6, series->unit, -1, SQLITE_STATIC);
	sqlite3_bind_int64(put, 7, series->precision);
	sqlite3_bind_int64(put, 8, (sqlite3_int64)series->first);
	sqlite3_bind_int64(put, 9, (sqlite3_int64)series->last);
	return database_finish(database, put, problem);
}

static int put_series(struct recorder *recorder, struct problem *problem)
{
	int r = 0;

	for (unsigned i = 0; r >= 0 && i < recorder->series_n; i++)
		if (!recorder->series[i]->stored)
			r = put_one_series(&recorder->store->database, recorder->series[i], problem);
	return r;
}

/* Of all series, so in both tables. */
static int put_gap(struct store *store, uint64_t time, struct problem *problem)
{
	int r = store_put(store, STORE_RAW, 0, time, SERIES_GAP, 0, problem);

	return r < 0 ? r : store_put(store, STORE_CHANGE, 0, time, SERIES_GAP, 0, problem);
}

static int put_item(const struct recorder *recorder, const struct item *item, struct problem *problem)
{
	struct store *store = recorder->store;
	int64_t series = item->kind == ITEM_GOES_ON ? -(int64_t)item->series : (int64_t)item->series;

	switch (item->kind) {
	case ITEM_VALUE:
	case ITEM_GOES_ON:
		return store_put(store, series_table(recorder->series[item->series - 1]), series, item->time, item->state,
		                 item->value, problem);
	case ITEM_GAP:
		return put_gap(store, item->time, problem);
	case ITEM_WINDOW:
		return store_put_window(store, item->slot, problem);
	case ITEM_EVENT:
		return store_put_event(store, item->series, item->time, item->name, item->data, problem);
	}
	return 0;
}

static int put_items(struct recorder *recorder, struct problem *problem)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < recorder->items_n; i++)
		r = put_item(recorder, &recorder->items[i], problem);
	for (size_t i = 0; r >= 0 && i < recorder->spans_n; i++) {
		const struct item_span *it = &recorder->spans[i];

		r = store_put_span(recorder->store, it->tier, it->series, it->slot, &it->span, problem);
	}
	return r;
}

/* All is known up to now, unless that is still to be found out. */
static int put_mark(const struct recorder *recorder, struct problem *problem)
{
	if (recorder->away || !recorder->open)
		return 0;
	return store_put(recorder->store, STORE_RAW, 0, recorder->time, SERIES_KNOWN, (double)recorder->serial, problem);
}

static void is_written(struct recorder *recorder)
{
	for (size_t i = 0; i < recorder->items_n; i++)
		if (recorder->items[i].kind == ITEM_EVENT)
			free(recorder->items[i].data);
	for (unsigned i = 0; i < recorder->series_n; i++)
		recorder->series[i]->stored = true;
	recorder->items_n = recorder->spans_n = 0;
	recorder->words_stored = recorder->words_n;
	recorder->components_stored = recorder->components_n;
	recorder->hub_changed = false;
	recorder->bounds.series = recorder->series_n;
	recorder->writes++;
	is_well(recorder);
}

static int write_all(struct recorder *recorder, struct problem *problem)
{
	int r = store_begin(recorder->store, problem);

	if (r >= 0)
		r = put_names(recorder, problem);
	if (r >= 0)
		r = put_series(recorder, problem);
	if (r >= 0)
		r = put_items(recorder, problem);
	if (r >= 0)
		r = put_mark(recorder, problem);
	if (r >= 0)
		r = store_commit(recorder->store, problem);
	if (r < 0)
		store_cancel(recorder->store);
	return r;
}

/* What is too old, or has no room, now and then. */
static int trim(struct recorder *recorder, struct problem *problem)
{
	int r;

	if (!recorder->trim && recorder->writes % TRIM_WRITES != 0)
		return 0;
	r = store_set_bounds(recorder->store, &recorder->bounds, problem);
	if (r >= 0)
		r = store_trim(recorder->store, &recorder->bounds, recorder->time, problem);
	if (r >= 0)
		recorder->trim = r > 0;
	return r;
}

static int write_or_make_room(struct recorder *recorder, struct problem *problem)
{
	struct problem ignored;
	int r = write_all(recorder, problem);

	if (r != -ENOSPC)
		return r;
	recorder->trim = true; /* it may be the file's own bound */
	return trim(recorder, &ignored) < 0 ? r : write_all(recorder, problem);
}

int recorder_write(struct recorder *recorder, const struct moment *now)
{
	struct problem problem;
	int r = 0;

	recorder_clock(recorder, now);
	if (recorder->open && !recorder->away && recorder->known)
		recorder_tick(recorder, now->realtime);
	if (!recorder->folder)
		return 0;
	if (!recorder->store)
		r = recorder_open(recorder);
	if (r < 0)
		return r;
	r = write_or_make_room(recorder, &problem);
	if (r >= 0) {
		is_written(recorder);
		r = trim(recorder, &problem);
	}
	if (r == -EUCLEAN || r == -EIO)
		return set_aside(recorder, &problem);
	return r < 0 ? fails(recorder, r, &problem) : 0;
}
