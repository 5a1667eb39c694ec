/* What the file has, into a recorder that has nothing: names, series, and the window that was open. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/recorder.h"
#include "util/problem.h"

/* --- names ------------------------------------------------------------------------------------ */

/* Damage may have made anything of them; numbers have to be without a hole. */
static int load_names(struct recorder *recorder, const char *sql, unsigned (*add)(struct recorder *recorder, const char *name),
                      struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&recorder->store->database, sql, &row, problem);

	while (r >= 0 && (r = database_step(&recorder->store->database, row, problem)) > 0) {
		const char *text = (const char *)sqlite3_column_text(row, 1);

		if (!text || add(recorder, text) != (unsigned)sqlite3_column_int64(row, 0))
			return database_damaged(problem, "its names make no sense");
	}
	return r;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return text ? text : "";
}

static int load_one(struct recorder *recorder, sqlite3_stmt *row, struct problem *problem)
{
	struct series *series;

	series = recorder_series(recorder,
	                         &(struct series_about){
					 .component = recorder_component_name(recorder, (unsigned)sqlite3_column_int64(row, 1)),
					 .property = text_at(row, 2),
					 .type = text_at(row, 3)[0],
					 .class = text_at(row, 4),
					 .unit = text_at(row, 5),
					 .precision = (unsigned)sqlite3_column_int64(row, 6),
				 });
	if (!series || series->id != (unsigned)sqlite3_column_int64(row, 0))
		return database_damaged(problem, "its series make no sense");
	series->first = (uint64_t)sqlite3_column_int64(row, 7);
	series->last = (uint64_t)sqlite3_column_int64(row, 8);
	series->stored = true;
	return 0;
}

static int load_series(struct recorder *recorder, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&recorder->store->database,
	                         "SELECT id, component, property, type, class, unit, precision, first, last FROM series ORDER BY id",
	                         &row, problem);

	while (r >= 0 && (r = database_step(&recorder->store->database, row, problem)) > 0)
		r = load_one(recorder, row, problem);
	return r;
}

static int load_hub(struct recorder *recorder, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&recorder->store->database, "SELECT series FROM hub", &row, problem);

	if (r >= 0)
		r = database_step(&recorder->store->database, row, problem);
	if (r > 0)
		snprintf(recorder->hub, sizeof recorder->hub, "%s", text_at(row, 0));
	return r < 0 ? r : 0;
}

/* --- the window that was open ----------------------------------------------------------------- */

struct replay {
	struct recorder *recorder;
	enum store_table table;
};

static void replay_gap(const struct replay *replay, uint64_t time)
{
	for (unsigned i = 0; i < replay->recorder->series_n; i++) {
		struct series *series = replay->recorder->series[i];

		if (series_table(series) == replay->table)
			series_take(series, replay->recorder->slot, time, SERIES_GAP, 0, false);
	}
}

static int replay_row(const struct row *row, void *userdata)
{
	const struct replay *replay = userdata;
	struct recorder *recorder = replay->recorder;
	uint64_t number = (uint64_t)(row->series < 0 ? -row->series : row->series);

	if (number > recorder->series_n)
		return -EUCLEAN;
	if (row->time > recorder->time && row->time < (recorder->slot + 1) * WINDOW_USEC)
		recorder->time = row->time;
	if (number == 0 && row->state == SERIES_GAP)
		replay_gap(replay, recorder->time);
	else if (number == 0)
		recorder->serial = (uint64_t)row->value;
	else
		series_take(recorder->series[number - 1], recorder->slot, recorder->time, row->state, row->value, row->series > 0);
	return 0;
}

static void settle(struct recorder *recorder)
{
	for (unsigned i = 0; i < recorder->series_n; i++) {
		series_account(recorder->series[i], recorder->slot, recorder->time);
		recorder->known = recorder->known || recorder->series[i]->state != SERIES_GAP;
	}
}

static int load_window(struct recorder *recorder, const struct store_window *window, struct problem *problem)
{
	int r = 0;

	recorder->open = true;
	recorder->slot = window->slot;
	recorder->time = window->slot * WINDOW_USEC;
	for (enum store_table table = STORE_RAW; r >= 0 && table <= STORE_CHANGE; table++) {
		struct replay replay = { recorder, table };
		uint64_t time = recorder->time;

		recorder->time = window->slot * WINDOW_USEC;
		r = store_each_row(recorder->store, table, window, 0, replay_row, &replay, problem);
		recorder->time = recorder->time > time ? recorder->time : time;
	}
	if (r == -EUCLEAN)
		return database_damaged(problem, "its rows make no sense");
	settle(recorder);
	recorder->away = recorder->known;
	return r;
}

int recorder_load(struct recorder *recorder, struct problem *problem)
{
	struct store_window window;
	int r;

	r = load_names(recorder, "SELECT id, text FROM word ORDER BY id", recorder_word, problem);
	if (r >= 0)
		r = load_names(recorder, "SELECT id, name FROM component ORDER BY id", recorder_component, problem);
	if (r >= 0)
		r = load_series(recorder, problem);
	if (r >= 0)
		r = load_hub(recorder, problem);
	if (r >= 0)
		r = store_last_window(recorder->store, &window, problem);
	recorder->words_stored = recorder->words_n;
	recorder->components_stored = recorder->components_n;
	return r <= 0 ? r : load_window(recorder, &window, problem);
}
