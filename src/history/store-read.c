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

int store_forgotten(struct store *store, uint64_t number, uint64_t *ret_slot, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database,
	                         "SELECT slot FROM window WHERE raw <= ?1 AND ?1 < (SELECT min(id) FROM raw)"
	                         " ORDER BY raw DESC, id DESC LIMIT 1",
	                         &row, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)number);
	r = database_step(&store->database, row, problem);
	if (r > 0)
		*ret_slot = number_at(row, 0);
	return r;
}

/* --- rows ------------------------------------------------------------------------------------- */

struct rows {
	struct store *store;
	unsigned series;
	uint64_t begin; /* of the window */
	int (*each)(const struct row *row, void *userdata);
	void *userdata;
};

/* All rows are looked at here, not by SQLite, so that they can be counted. */
static int take_row(const struct rows *rows, const struct row *row)
{
	struct row taken = *row;

	rows->store->rows_read++;
	if (rows->series != 0 && row->series != 0 && row->series != (int64_t)rows->series && row->series != -(int64_t)rows->series)
		return 0;
	taken.time += rows->begin;
	return rows->each(&taken, rows->userdata);
}

bool store_is_pack(sqlite3_stmt *row, int column, struct pack_reader *ret)
{
	if (sqlite3_column_type(row, column) != SQLITE_BLOB || sqlite3_column_bytes(row, column) == 0)
		return false;
	ret->next = sqlite3_column_blob(row, column);
	ret->end = ret->next + sqlite3_column_bytes(row, column);
	return true;
}

static int take_pack(const struct rows *rows, struct pack_reader *reader, struct problem *problem)
{
	struct row row;
	int r;

	while ((r = pack_read(reader, &row)) > 0) {
		r = take_row(rows, &row);
		if (r != 0)
			return r;
	}
	return r < 0 ? database_damaged(problem, "its readings make no sense") : 0;
}

static int take_one(const struct rows *rows, sqlite3_stmt *statement)
{
	int type = sqlite3_column_type(statement, 3);
	struct row row = {
		.number = number_at(statement, 0),
		.series = sqlite3_column_int64(statement, 1),
		.time = number_at(statement, 2),
		.state = type == SQLITE_NULL ? SERIES_GAP : type == SQLITE_BLOB ? SERIES_UNAVAILABLE : SERIES_KNOWN,
		.value = NAN,
	};

	if (row.state == SERIES_KNOWN)
		row.value = sqlite3_column_double(statement, 3);
	return take_row(rows, &row);
}

int store_each_row(struct store *store, enum store_table table, const struct store_window *window, unsigned series,
                   int (*each)(const struct row *row, void *userdata), void *userdata, struct problem *problem)
{
	static const char *const sql[] = {
		[STORE_RAW] = "SELECT id, series, time, value FROM raw WHERE id >= ? AND id < ? ORDER BY id",
		[STORE_CHANGE] = "SELECT id, series, time, value FROM change WHERE id >= ? AND id < ? ORDER BY id",
	};
	_cleanup_(database_finalize) sqlite3_stmt *statement = NULL;
	struct rows rows = { store, series, window->slot * WINDOW_USEC, each, userdata };
	struct pack_reader reader;
	int r = database_prepare(&store->database, sql[table], &statement, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)window->first[table]);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)window->end[table]);
	while ((r = database_step(&store->database, statement, problem)) > 0) {
		reader = (struct pack_reader){ .number = number_at(statement, 0), .time = number_at(statement, 2) };
		r = store_is_pack(statement, 3, &reader) ? take_pack(&rows, &reader, problem) : take_one(&rows, statement);
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

#define SPAN "SELECT slot, min, sum, max, last, known, lit, unavailable, n, ups FROM "

static const char spans_of_windows[] = SPAN "two_hours WHERE series = ?1 AND slot BETWEEN ?2 AND ?3 ORDER BY slot";
/* Those of all series lie beside each other, in the order of time: what is written at the end of a window is then a few pages. */
static const char spans_of_fives[] = SPAN "five_minutes WHERE series = ?1 AND slot = ?2 AND slot <= ?3";

static int read_spans(struct store *store, sqlite3_stmt *row, unsigned series, uint64_t from, uint64_t to,
                      int (*each)(uint64_t slot, const struct span *span, void *userdata), void *userdata,
                      struct problem *problem)
{
	struct span span;
	int r;

	sqlite3_bind_int64(row, 1, series);
	sqlite3_bind_int64(row, 2, (sqlite3_int64)from);
	sqlite3_bind_int64(row, 3, (sqlite3_int64)to);
	while ((r = database_step(&store->database, row, problem)) > 0) {
		store->rows_read++;
		take_span(row, &span);
		r = each((uint64_t)sqlite3_column_int64(row, 0), &span, userdata);
		if (r != 0)
			break;
	}
	sqlite3_reset(row);
	return r;
}

/* The first and the last slot that there is anything of. */
static int bound(struct store *store, uint64_t *from, uint64_t *to, struct problem *problem)
{
	int64_t first = 0, last = 0;
	int r = database_ask(&store->database, "SELECT min(slot) FROM five_minutes", &first, problem);

	if (r >= 0)
		r = database_ask(&store->database, "SELECT max(slot) FROM five_minutes", &last, problem);
	if (r >= 0 && *from < (uint64_t)first)
		*from = (uint64_t)first;
	if (r >= 0 && *to > (uint64_t)last)
		*to = (uint64_t)last;
	return r;
}

int store_each_span(struct store *store, enum store_tier tier, unsigned series, uint64_t from, uint64_t to,
                    int (*each)(uint64_t slot, const struct span *span, void *userdata), void *userdata,
                    struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database, tier == STORE_FIVE ? spans_of_fives : spans_of_windows, &row, problem);

	if (r >= 0 && tier == STORE_WINDOW)
		return read_spans(store, row, series, from, to, each, userdata, problem);
	if (r >= 0)
		r = bound(store, &from, &to, problem);
	for (r = r < 0 ? r : 0; r == 0 && from <= to; from++)
		r = read_spans(store, row, series, from, to, each, userdata, problem);
	return r;
}

int store_each_event(struct store *store, uint64_t first, uint64_t end,
                     int (*each)(const struct store_event *event, void *userdata), void *userdata,
                     struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database,
	                         "SELECT component, time, name, data, id FROM event WHERE id >= ? AND id < ? ORDER BY id", &row,
	                         problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)first);
	sqlite3_bind_int64(row, 2, (sqlite3_int64)end);
	while ((r = database_step(&store->database, row, problem)) > 0) {
		struct store_event event = {
			.number = number_at(row, 4),
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
