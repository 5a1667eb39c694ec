/* The bounds of the file: what is too old, or has no room, is deleted a window at a time, the oldest first, and new rows take
 * its pages. */
#include <errno.h>
#include <stdio.h>

#include "history/store.h"
#include "util/problem.h"

#define PAGE 4096

/* So many windows are forgotten at once: what a write takes stays small. */
#define WINDOWS_AT_ONCE 4

/* So many pages are free for the next write. */
#define PAGES_RESERVED 128

/* So many pages are given back at once. */
#define PAGES_GIVEN_BACK "100"

/* What the log may take: what is copied into the file at once and what the largest write takes, which is the end of a window:
 * of each series some pages. */
static uint64_t log_bytes(const struct store_bounds *bounds)
{
	return 1500000 + (uint64_t)bounds->series * 4 * PAGE;
}

static uint64_t page_limit(const struct store_bounds *bounds)
{
	uint64_t log = log_bytes(bounds), least = (uint64_t)4 * PAGES_RESERVED;
	uint64_t pages = bounds->bytes > log ? (bounds->bytes - log) / PAGE : 0;

	return pages > least ? pages : least;
}

int store_set_bounds(struct store *store, const struct store_bounds *bounds, struct problem *problem)
{
	char sql[64];

	snprintf(sql, sizeof sql, "PRAGMA max_page_count = %llu", (unsigned long long)page_limit(bounds));
	return database_run(&store->database, sql, problem);
}

static int count_pages(struct store *store, int64_t *ret_all, int64_t *ret_free, struct problem *problem)
{
	int r = database_ask(&store->database, "PRAGMA page_count", ret_all, problem);

	return r < 0 ? r : database_ask(&store->database, "PRAGMA freelist_count", ret_free, problem);
}

uint64_t store_bytes(struct store *store)
{
	int64_t pages = 0;
	sqlite3_int64 log = 0;
	sqlite3_file *file = NULL;
	struct problem ignored;

	database_ask(&store->database, "PRAGMA page_count", &pages, &ignored);
	if (sqlite3_file_control(store->database.handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK && file &&
	    file->pMethods)
		file->pMethods->xFileSize(file, &log);
	return (uint64_t)pages * PAGE + (uint64_t)log;
}

/* --- forgetting ------------------------------------------------------------------------------- */

static int delete_below(struct store *store, const char *table, uint64_t id, struct problem *problem)
{
	char sql[96];

	snprintf(sql, sizeof sql, "DELETE FROM %s WHERE id < %llu", table, (unsigned long long)id);
	return database_run(&store->database, sql, problem);
}

/* Of all series: their slots of this window. */
static int delete_spans(struct store *store, uint64_t slot, struct problem *problem)
{
	char sql[256];

	snprintf(sql, sizeof sql,
	         "DELETE FROM two_hours WHERE (series, slot) IN (SELECT id, %llu FROM series);"
	         "DELETE FROM five_minutes WHERE (series, slot) IN"
	         " (WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < %u) SELECT id, %llu + i FROM series, s)",
	         (unsigned long long)slot, (unsigned)WINDOW_FIVES - 1, (unsigned long long)(slot * WINDOW_FIVES));
	return database_run(&store->database, sql, problem);
}

/* All that is known of it. Another window of the same time keeps what it recorded, but not the means. */
static int forget(struct store *store, const struct store_window *window, struct problem *problem)
{
	char sql[64];
	int r = delete_below(store, "raw", window->end[STORE_RAW], problem);

	if (r >= 0)
		r = delete_below(store, "change", window->end[STORE_CHANGE], problem);
	if (r >= 0)
		r = delete_below(store, "event", window->end[STORE_EVENT], problem);
	if (r >= 0)
		r = delete_spans(store, window->slot, problem);
	snprintf(sql, sizeof sql, "DELETE FROM window WHERE id = %lld", (long long)window->id);
	return r < 0 ? r : database_run(&store->database, sql, problem);
}

#define OLDEST "SELECT w.id, w.slot, n.raw, n.change, n.event FROM "

static const char oldest_window[] = OLDEST "window AS w JOIN window AS n ON n.id = (SELECT min(id) FROM window WHERE id > w.id)"
					   " ORDER BY w.id LIMIT 1";
static const char oldest_raw[] = OLDEST "(SELECT * FROM window WHERE raw > (SELECT min(id) FROM raw) ORDER BY raw, id LIMIT 1)"
					" AS n JOIN window AS w ON w.id = (SELECT max(id) FROM window WHERE id < n.id)";

/* The oldest window, or the oldest that has its readings, if there is a newer one. 1: there is. */
static int oldest(struct store *store, const char *sql, struct store_window *ret, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database, sql, &row, problem);

	if (r >= 0)
		r = database_step(&store->database, row, problem);
	if (r <= 0)
		return r;
	ret->id = sqlite3_column_int64(row, 0);
	ret->slot = (uint64_t)sqlite3_column_int64(row, 1);
	for (int i = 0; i < STORE_TABLES; i++)
		ret->end[i] = (uint64_t)sqlite3_column_int64(row, 2 + i);
	return 1;
}

static bool is_over(uint64_t slot, uint64_t keep_usec, uint64_t now)
{
	uint64_t end = (slot + 1) * WINDOW_USEC;

	return now > end && now - end > keep_usec;
}

/* One window's readings that are too old. 1: it was. */
static int forget_raw(struct store *store, const struct store_bounds *bounds, uint64_t now, struct problem *problem)
{
	struct store_window window;
	int r = oldest(store, oldest_raw, &window, problem);

	if (r <= 0 || !is_over(window.slot, bounds->raw_usec, now))
		return r < 0 ? r : 0;
	r = delete_below(store, "raw", window.end[STORE_RAW], problem);
	return r < 0 ? r : 1;
}

/* One window that is too old, or that there is no room for. 1: it was. */
static int forget_window(struct store *store, const struct store_bounds *bounds, uint64_t now, struct problem *problem)
{
	struct store_window window;
	int64_t pages = 0, unused = 0;
	int r = count_pages(store, &pages, &unused, problem);

	if (r >= 0)
		r = oldest(store, oldest_window, &window, problem);
	if (r <= 0 || (!is_over(window.slot, bounds->keep_usec, now) &&
	               (uint64_t)(pages - unused) + PAGES_RESERVED <= page_limit(bounds)))
		return r < 0 ? r : 0;
	r = forget(store, &window, problem);
	return r < 0 ? r : 1;
}

/* If the file is larger than it may be (MaxBytes= was less than before). 1: it was. */
static int shrink(struct store *store, const struct store_bounds *bounds, struct problem *problem)
{
	int64_t pages = 0, unused = 0;
	int r = count_pages(store, &pages, &unused, problem);

	if (r < 0 || (uint64_t)pages <= page_limit(bounds) || unused == 0)
		return r < 0 ? r : 0;
	r = database_run(&store->database, "PRAGMA incremental_vacuum(" PAGES_GIVEN_BACK ")", problem);
	if (r >= 0) /* the file gets shorter when the log is copied into it */
		sqlite3_wal_checkpoint_v2(store->database.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return r < 0 ? r : 1;
}

static int forget_some(struct store *store, const struct store_bounds *bounds, uint64_t now, struct problem *problem)
{
	int more = 1, r = 0;

	for (unsigned i = 0; i < WINDOWS_AT_ONCE && more > 0 && r >= 0; i++) {
		more = r = forget_raw(store, bounds, now, problem);
		if (r >= 0)
			r = forget_window(store, bounds, now, problem);
		more = r > more ? r : more;
	}
	return r < 0 ? r : more;
}

int store_trim(struct store *store, const struct store_bounds *bounds, uint64_t now, struct problem *problem)
{
	int more, r = store_begin(store, problem);

	if (r < 0)
		return r;
	more = forget_some(store, bounds, now, problem);
	r = more < 0 ? more : store_commit(store, problem);
	if (r < 0)
		store_cancel(store);
	else
		r = shrink(store, bounds, problem);
	return r < 0 ? r : more > 0 || r > 0;
}
