#include "history/store.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "util/problem.h"

/* "rmhi" */
#define APPLICATION_ID "1919772777"
#define VERSION "2"

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE hub (id INTEGER PRIMARY KEY CHECK (id = 1), series TEXT NOT NULL);"
	"CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
	"CREATE TABLE component (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE series (id INTEGER PRIMARY KEY, component INTEGER NOT NULL, property TEXT NOT NULL, type TEXT NOT NULL,"
	" class TEXT NOT NULL, unit TEXT NOT NULL, precision INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);"
	"CREATE TABLE raw (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL);"
	"CREATE TABLE change (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL);"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, component INTEGER NOT NULL, time INTEGER NOT NULL, name INTEGER NOT NULL,"
	" data TEXT);"
	"CREATE TABLE window (id INTEGER PRIMARY KEY, slot INTEGER NOT NULL, raw INTEGER NOT NULL, change INTEGER NOT NULL,"
	" event INTEGER NOT NULL);"
	"CREATE INDEX window_slot ON window (slot);"
	"CREATE INDEX window_raw ON window (raw);"
	"CREATE TABLE five_minutes (series INTEGER NOT NULL, slot INTEGER NOT NULL, min REAL, sum REAL, max REAL, last REAL,"
	" known INTEGER NOT NULL, lit INTEGER NOT NULL, unavailable INTEGER NOT NULL, n INTEGER NOT NULL, ups INTEGER NOT NULL,"
	" PRIMARY KEY (slot, series)) WITHOUT ROWID;"
	"CREATE TABLE two_hours (series INTEGER NOT NULL, slot INTEGER NOT NULL, min REAL, sum REAL, max REAL, last REAL,"
	" known INTEGER NOT NULL, lit INTEGER NOT NULL, unavailable INTEGER NOT NULL, n INTEGER NOT NULL, ups INTEGER NOT NULL,"
	" PRIMARY KEY (series, slot)) WITHOUT ROWID;"
	"INSERT INTO hub VALUES (1, '');"
	"PRAGMA application_id = " APPLICATION_ID ";"
	"PRAGMA user_version = " VERSION ";"
	"COMMIT;";

static const struct database_form form = {
	.file = HISTORY_FILE,
	.what = "history of roomd-history",
	.program = "roomd-history",
	.busy = "another process keeps its history there",
	.application_id = 1919772777,
	.version = 2,
	.schema = schema,
	/* Its readings were not packed: both are read. */
	.upgrade = "PRAGMA user_version = " VERSION,
	/* A block of the disk has four pages: what a minute adds to is often the same block, of which less goes into the log. */
	.settings = "PRAGMA page_size = 1024;"
		    "PRAGMA auto_vacuum = INCREMENTAL;"
		    "PRAGMA cache_size = -256;",
	.log_settings = "PRAGMA wal_autocheckpoint = 1920;"
			"PRAGMA journal_size_limit = 2200000;",
};

/* --- opening ---------------------------------------------------------------------------------- */

/* The last reading's row may be several. */
static int count_last_pack(struct store *store, int64_t *last, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	struct pack_reader reader;
	struct row ignored;
	int r = database_prepare(&store->database, "SELECT value FROM raw ORDER BY id DESC LIMIT 1", &row, problem);

	if (r >= 0)
		r = database_step(&store->database, row, problem);
	if (r <= 0 || !store_is_pack(row, 0, &reader))
		return r;
	for (reader.number = (uint64_t)*last; (r = pack_read(&reader, &ignored)) > 0;)
		*last = (int64_t)ignored.number;
	return r < 0 ? database_damaged(problem, "its readings make no sense") : 0;
}

static int next_row(struct store *store, enum store_table table, struct problem *problem)
{
	static const char *const sql[] = { "SELECT max(id) FROM raw", "SELECT max(id) FROM change", "SELECT max(id) FROM event" };
	/* What was deleted is not counted again: the last window knows. */
	static const char *const known[] = { "SELECT max(raw) FROM window", "SELECT max(change) FROM window",
		                             "SELECT max(event) FROM window" };
	int64_t last = 0, first = 0;
	int r = database_ask(&store->database, sql[table], &last, problem);

	if (r >= 0 && table == STORE_RAW)
		r = count_last_pack(store, &last, problem);
	if (r >= 0)
		r = database_ask(&store->database, known[table], &first, problem);
	if (r >= 0 && (last < 0 || first < 0))
		return database_damaged(problem, "its rows make no sense");
	store->next[table] = (uint64_t)(last + 1 > first ? last + 1 : first);
	return r;
}

#define PUT_SPAN(table)                                                                                                     \
	"INSERT INTO " table " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"                          \
	" min = ifnull(min(min, excluded.min), ifnull(min, excluded.min)), sum = ifnull(sum, 0) + ifnull(excluded.sum, 0)," \
	" max = ifnull(max(max, excluded.max), ifnull(max, excluded.max)), last = ifnull(excluded.last, last),"             \
	" known = known + excluded.known, lit = lit + excluded.lit, unavailable = unavailable + excluded.unavailable,"      \
	" n = n + excluded.n, ups = ups + excluded.ups"

/* Where times count from. */
static int find_slot(struct store *store, struct problem *problem)
{
	int64_t slot = 0;
	int r = database_ask(&store->database, "SELECT slot FROM window ORDER BY id DESC LIMIT 1", &slot, problem);

	store->slot = (uint64_t)slot;
	return r;
}

static int prepare_all(struct store *store, struct problem *problem)
{
	const struct database *database = &store->database;
	int r;

	r = database_prepare(database, "INSERT INTO raw VALUES (?, 0, ?, ?)", &store->put_pack, problem);
	if (r >= 0)
		r = database_prepare(database, "INSERT INTO change VALUES (?, ?, ?, ?)", &store->put_change, problem);
	if (r >= 0)
		r = database_prepare(database, "INSERT INTO event VALUES (?, ?, ?, ?, ?)", &store->put_event, problem);
	if (r >= 0)
		r = database_prepare(database, PUT_SPAN("five_minutes"), &store->put_span[STORE_FIVE], problem);
	if (r >= 0)
		r = database_prepare(database, PUT_SPAN("two_hours"), &store->put_span[STORE_WINDOW], problem);
	return r;
}

int store_open(const char *folder, struct store **ret, struct problem *problem)
{
	_cleanup_(store_closep) struct store *store = calloc(1, sizeof *store);
	int r;

	if (!store)
		return problem_set(problem, -ENOMEM, "%s", problem_errno(ENOMEM));
	r = database_open(&store->database, &form, folder, problem);
	for (enum store_table table = 0; r >= 0 && table < STORE_TABLES; table++)
		r = next_row(store, table, problem);
	if (r >= 0)
		r = find_slot(store, problem);
	if (r >= 0)
		r = prepare_all(store, problem);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(store);
	return 0;
}

struct store *store_close(struct store *store)
{
	if (!store)
		return NULL;
	for (size_t i = 0; i < ELEMENTS(store->put_span); i++)
		sqlite3_finalize(store->put_span[i]);
	sqlite3_finalize(store->put_pack);
	sqlite3_finalize(store->put_change);
	sqlite3_finalize(store->put_event);
	database_close(&store->database);
	free(store);
	return NULL;
}

/* --- writing ---------------------------------------------------------------------------------- */

int store_begin(struct store *store, struct problem *problem)
{
	return database_run(&store->database, "BEGIN IMMEDIATE", problem);
}

/* The readings that are in no row of the file yet. */
static int put_pack(struct store *store, struct problem *problem)
{
	sqlite3_stmt *put = store->put_pack;

	if (store->pack.n == 0)
		return 0;
	sqlite3_bind_int64(put, 1, (sqlite3_int64)store->pack_first.number);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)store->pack_first.time);
	sqlite3_bind_blob(put, 3, store->pack.bytes, (int)store->pack.length, SQLITE_STATIC);
	pack_begin(&store->pack, 0);
	return database_execute(&store->database, put, problem);
}

int store_commit(struct store *store, struct problem *problem)
{
	int r = put_pack(store, problem);

	return r < 0 ? r : database_run(&store->database, "COMMIT", problem);
}

void store_cancel(struct store *store)
{
	struct problem ignored;

	database_cancel(&store->database);
	pack_begin(&store->pack, 0);
	for (enum store_table table = 0; table < STORE_TABLES; table++)
		next_row(store, table, &ignored);
	find_slot(store, &ignored);
}

static int put_reading(struct store *store, const struct row *row, struct problem *problem)
{
	int r = 0;

	if (store->pack.n > 0 && pack_add(&store->pack, row))
		return 0;
	r = put_pack(store, problem);
	store->pack_first = *row;
	pack_begin(&store->pack, row->time);
	pack_add(&store->pack, row);
	return r;
}

static int put_change(struct store *store, const struct row *row, struct problem *problem)
{
	sqlite3_stmt *put = store->put_change;

	sqlite3_bind_int64(put, 1, (sqlite3_int64)row->number);
	sqlite3_bind_int64(put, 2, row->series);
	sqlite3_bind_int64(put, 3, (sqlite3_int64)row->time);
	if (row->state == SERIES_UNAVAILABLE)
		sqlite3_bind_zeroblob(put, 4, 0);
	else if (row->state == SERIES_KNOWN)
		sqlite3_bind_double(put, 4, row->value);
	return database_execute(&store->database, put, problem);
}

int store_put(struct store *store, enum store_table table, int64_t series, uint64_t time, enum series_state state,
              double value, struct problem *problem)
{
	struct row row = {
		.number = store->next[table]++,
		.series = series,
		.time = time - store->slot * WINDOW_USEC,
		.state = state,
		.value = value,
	};

	return table == STORE_RAW ? put_reading(store, &row, problem) : put_change(store, &row, problem);
}

int store_put_event(struct store *store, unsigned component, uint64_t time, unsigned name, const char *data,
                    struct problem *problem)
{
	sqlite3_stmt *put = store->put_event;

	sqlite3_bind_int64(put, 1, (sqlite3_int64)store->next[STORE_EVENT]++);
	sqlite3_bind_int64(put, 2, component);
	sqlite3_bind_int64(put, 3, (sqlite3_int64)time);
	sqlite3_bind_int64(put, 4, name);
	if (data)
		sqlite3_bind_text(put, 5, data, -1, SQLITE_STATIC);
	return database_execute(&store->database, put, problem);
}

int store_put_window(struct store *store, uint64_t slot, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *put = NULL;
	int r = database_prepare(&store->database, "INSERT INTO window (slot, raw, change, event) VALUES (?, ?, ?, ?)", &put,
	                         problem);

	if (r >= 0)
		r = put_pack(store, problem);
	if (r < 0)
		return r;
	store->slot = slot;
	sqlite3_bind_int64(put, 1, (sqlite3_int64)slot);
	for (int i = 0; i < STORE_TABLES; i++)
		sqlite3_bind_int64(put, 2 + i, (sqlite3_int64)store->next[i]);
	return database_finish(&store->database, put, problem);
}

int store_put_span(struct store *store, enum store_tier tier, unsigned series, uint64_t slot, const struct span *span,
                   struct problem *problem)
{
	sqlite3_stmt *put = store->put_span[tier];

	sqlite3_bind_int64(put, 1, series);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)slot);
	if (span->known_usec > 0 || span->n > 0) {
		sqlite3_bind_double(put, 3, span->min);
		sqlite3_bind_double(put, 4, span->sum);
		sqlite3_bind_double(put, 5, span->max);
		sqlite3_bind_double(put, 6, span->last);
	}
	sqlite3_bind_int64(put, 7, (sqlite3_int64)span->known_usec);
	sqlite3_bind_int64(put, 8, (sqlite3_int64)span->on_usec);
	sqlite3_bind_int64(put, 9, (sqlite3_int64)span->unavailable_usec);
	sqlite3_bind_int64(put, 10, span->n);
	sqlite3_bind_int64(put, 11, span->ups);
	return database_execute(&store->database, put, problem);
}
