/* What is in the file. */
#include <math.h>

#include "history/store.h"
#include "util/problem.h"

static uint64_t number_at(sqlite3_stmt *row, int column)
{
	return (uint64_t)sqlite3_column_int64(row, column);
}

/* --- windows ---------------------------------------------------------------------------------- */

#define WINDOW_COLUMNS                                                                                             \
	"SELECT w.id, w.slot, w.raw, w.change, w.event, next.raw, next.change, next.event FROM window AS w"       \
	" LEFT JOIN window AS next ON next.id = (SELECT min(id) FROM window WHERE id > w.id) "

static void take_window(const struct store *store, sqlite3_stmt *row, struct store_window *ret)
{
	ret->id = sqlite3_column_int64(row, 0);
	ret->slot = number_at(row, 1);
	for (int i = 0; i < STORE_TABLES; i++) {
		ret->first[i] = number_at(row, 2 + i);
		ret->end[i] = sqlite3_column_type(row, 5 + i) == SQLITE_NULL ? store->next[i] : number_at(row, 5 + i);
	}
}

int store_each_window(struct store *store, uint64_t from, uint64_t to,
                      int (*each)(const struct store_window *window, void *userdata), void *userdata,
                      struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	struct store_window window;
	int r = database_prepare(&store->database, WINDOW_COLUMNS "WHERE w.slot BETWEEN ? AND ? ORDER BY w.id", &row, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)from);
	sqlite3_bind_int64(row, 2, (sqlite3_int64)to);
	while ((r = database_step(&store->database, row, problem)) > 0) {
		store->rows_read++;
		take_window(store, row, &window);
		r = each(&window, userdata);
		if (r != 0)
			return r;
	}
	return r;
}

int store_last_window(struct store *store, struct store_window *ret, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database, WINDOW_COLUMNS "ORDER BY w.id DESC LIMIT 1", &row, problem);

	if (r >= 0)
		r = database_step(&store->database, row, problem);
	if (r > 0)
		take_window(store, row, ret);
	return r;
}

int store_oldest(struct store *store, uint64_t *ret_slot, uint64_t *ret_raw_slot, struct problem *problem)
{
	int64_t slot = 0, raw = 0;
	int r = database_ask(&store->database, "SELECT slot FROM window ORDER BY id LIMIT 1", &slot, problem);

	if (r > 0) {
		*ret_slot = (uint64_t)slot;
		r = database_ask(&store->database,
		                 "SELECT slot FROM window WHERE raw >= (SELECT min(id) FROM raw) ORDER BY raw, id LIMIT 1", &raw,
		                 problem);
	} else if (r == 0) {
		*ret_slot = UINT64_MAX;
	}
	if (r >= 0)
		*ret_raw_slot = r > 0 ? (uint64_t)raw : UINT64_MAX;
	return r < 0 ? r : 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void take_row(sqlite3_stmt *row, struct store_row *ret)
{
	int type = sqlite3_column_type(row, 2);

	ret->series = sqlite3_column_int64(row, 0);
	ret->time = number_at(row, 1);
	ret->state = type == SQLITE_NULL ? SERIES_GAP : type == SQLITE_BLOB ? SERIES_UNAVAILABLE : SERIES_KNOWN;
	ret->value = ret->state == SERIES_KNOWN ? sqlite3_column_double(row, 2) : NAN;
}

/* All rows are looked at here, not by SQLite, so that they can be counted. */
int store_each_row(struct store *store, enum store_table table, uint64_t first, uint64_t end, unsigned series,
                   int (*each)(const struct store_row *row, void *userdata), void *userdata, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *statement = NULL;
	struct store_row row;
	int r = database_prepare(&store->database,
	                         table == STORE_RAW ? "SELECT series, time, value FROM raw WHERE id >= ? AND id < ? ORDER BY id"
	                                            : "SELECT series, time, value FROM change WHERE id >= ? AND id < ? ORDER BY id",
	                         &statement, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)first);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)end);
	while ((r = database_step(&store->database, statement, problem)) > 0) {
		int64_t it = sqlite3_column_int64(statement, 0);

		store->rows_read++;
		if (series != 0 && it != 0 && it != (int64_t)series && it != -(int64_t)series)
			continue;
		take_row(statement, &row);
		r = each(&row, userdata);
		if (r != 0)
			return r;
	}
	return r;
}

static double double_at(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column);
}

static void take_span(sqlite3_stmt *row, struct span *ret)
{
	*ret = (struct span){
		.min = double_at(row, 1),
		.sum = sqlite3_column_double(row, 2),
		.max = double_at(row, 3),
		.last = double_at(row, 4),
		.known_usec = number_at(row, 5),
		.on_usec = number_at(row, 6),
		.unavailable_usec = number_at(row, 7),
		.n = (uint32_t)sqlite3_column_int64(row, 8),
		.ups = (uint32_t)sqlite3_column_int64(row, 9),
	};
}

#define SPANS(table)                                                                            \
	"SELECT slot, min, sum, max, last, known, lit, unavailable, n, ups FROM " table " WHERE series = ?" \
	" AND slot BETWEEN ? AND ? ORDER BY slot"

int store_each_span(struct store *store, enum store_tier tier, unsigned series, uint64_t from, uint64_t to,
                    int (*each)(uint64_t slot, const struct span *span, void *userdata), void *userdata,
                    struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	struct span span;
	int r = database_prepare(&store->database, tier == STORE_FIVE ? SPANS("five_minutes") : SPANS("two_hours"), &row,
	                         problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, series);
	sqlite3_bind_int64(row, 2, (sqlite3_int64)from);
	sqlite3_bind_int64(row, 3, (sqlite3_int64)to);
	while ((r = database_step(&store->database, row, problem)) > 0) {
		store->rows_read++;
		take_span(row, &span);
		r = each(number_at(row, 0), &span, userdata);
		if (r != 0)
			return r;
	}
	return r;
}

int store_each_event(struct store *store, uint64_t first, uint64_t end,
                     int (*each)(const struct store_event *event, void *userdata), void *userdata,
                     struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database,
	                         "SELECT component, time, name, data FROM event WHERE id >= ? AND id < ? ORDER BY id", &row,
	                         problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)first);
	sqlite3_bind_int64(row, 2, (sqlite3_int64)end);
	while ((r = database_step(&store->database, row, problem)) > 0) {
		struct store_event event = {
			.component = (unsigned)sqlite3_column_int64(row, 0),
			.time = number_at(row, 1),
			.name = (unsigned)sqlite3_column_int64(row, 2),
			.data = (const char *)sqlite3_column_text(row, 3),
		};

		store->rows_read++;
		r = each(&event, userdata);
		if (r != 0)
			return r;
	}
	return r;
}
