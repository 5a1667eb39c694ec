/* The file is written once a minute at most, and lies on an SD card, so what counts is how many flushes and
 * how many pages a save takes. With a log that is written ahead (WAL) a save appends its pages to the log,
 * three or four, and flushes once; every 64 pages, some twenty saves, they are copied into the file, with
 * three flushes more. A rollback journal takes three or four flushes at each save, of two files and the
 * folder, and each page twice. The log is not believed but by its checksums, so a page that was written in
 * part, or before another one, is no harm.
 *
 * WAL's index is memory shared by mapping a file, unless the file is one process' alone
 * (locking_mode=EXCLUSIVE), which it has to be anyway. synchronous=FULL flushes the log at each commit;
 * NORMAL would only when it is copied. */
#include "mqtt/queue-store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt/queue-file.h"
#include "util/problem.h"

/* "room" in a file of ours, and which form it has. */
#define APPLICATION_ID 0x726f6f6d
#define VERSION 1

#define TEXT_OF(number) TEXT_OF_VALUE(number)
#define TEXT_OF_VALUE(number) #number

/* The folder's name may be as long as any. */
#define PATH_SIZE 4096

struct queue_store {
	sqlite3 *database;
	sqlite3_stmt *put;
	bool shrink; /* by the save that is under way */
};

static void finalize(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

/* --- errors ----------------------------------------------------------------------------------- */

static int damaged(struct problem *problem, const char *words)
{
	return problem_set(problem, -EUCLEAN, "is damaged: %s", words);
}

/* What SQLite says is damaged; anything else is the system's. */
static int error_of(struct queue_store *store, int code)
{
	int error = sqlite3_system_errno(store->database);

	if (code == SQLITE_IOERR_NOMEM)
		return -ENOMEM;
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* it has other tables */
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
		return -EUCLEAN;
	case SQLITE_BUSY: /* another process has it */
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_READONLY:
		return -EROFS;
	default:
		return error > 0 ? -error : -EIO;
	}
}

static int failed(struct queue_store *store, int code, struct problem *problem)
{
	int error = error_of(store, code);

	if (error == -EUCLEAN)
		return damaged(problem, sqlite3_errmsg(store->database));
	if (error == -EBUSY)
		return problem_set(problem, error, "another process keeps its queue there");
	return problem_set(problem, error, "%s", problem_errno(error));
}

/* --- statements ------------------------------------------------------------------------------- */

static int prepare(struct queue_store *store, const char *sql, sqlite3_stmt **ret, struct problem *problem)
{
	int code = sqlite3_prepare_v2(store->database, sql, -1, ret, NULL);

	return code == SQLITE_OK ? 0 : failed(store, code, problem);
}

/* 1: a row, 0: the end. */
static int step(struct queue_store *store, sqlite3_stmt *statement, struct problem *problem)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : failed(store, code, problem);
}

/* To the end of it, whatever rows it has. */
static int finish(struct queue_store *store, sqlite3_stmt *statement, struct problem *problem)
{
	int r;

	while ((r = step(store, statement, problem)) > 0)
		;
	return r;
}

static int run(struct queue_store *store, const char *sql, struct problem *problem)
{
	int code = sqlite3_exec(store->database, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : failed(store, code, problem);
}

/* The number that the statement has as its only row; 0 without one. */
static int ask(struct queue_store *store, const char *sql, int64_t *ret, struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *statement = NULL;
	int r = prepare(store, sql, &statement, problem);

	if (r >= 0)
		r = step(store, statement, problem);
	*ret = r > 0 ? sqlite3_column_int64(statement, 0) : 0;
	return r;
}

/* Fails unless the statement says this word. */
static int expect(struct queue_store *store, const char *sql, const char *word, struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *statement = NULL;
	const char *text;
	int r = prepare(store, sql, &statement, problem);

	if (r >= 0)
		r = step(store, statement, problem);
	if (r < 0)
		return r;
	text = r > 0 ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	return text && strcmp(text, word) == 0 ? 0 : damaged(problem, text ? text : "it says nothing");
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Debian's SQLite overwrites what is deleted, unless it is told: that is written again only for that. */
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
			       "PRAGMA page_size = 4096;"
			       "PRAGMA auto_vacuum = INCREMENTAL;"
			       "PRAGMA cache_size = -128;"
			       "PRAGMA mmap_size = 0;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA secure_delete = OFF;"
			       "PRAGMA synchronous = FULL;";
static const char log_settings[] = "PRAGMA wal_autocheckpoint = 64;"
				   "PRAGMA journal_size_limit = 262144;";

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE event (sequence INTEGER PRIMARY KEY, bytes INTEGER NOT NULL,"
	" usec INTEGER NOT NULL, series TEXT NOT NULL, serial INTEGER NOT NULL,"
	" repeated INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL);"
	"CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), series TEXT NOT NULL,"
	" serial INTEGER NOT NULL, dropped INTEGER NOT NULL, dropped_series TEXT NOT NULL,"
	" dropped_serial INTEGER NOT NULL);"
	"INSERT INTO state VALUES (1, '', 0, 0, '', 0);"
	"PRAGMA application_id = " TEXT_OF(APPLICATION_ID) ";"
							   "PRAGMA user_version = " TEXT_OF(
								   VERSION) ";"
									    "COMMIT;";

/* Makes the tables in a file that has nothing yet; fails if it has something else. */
static int see_to_tables(struct queue_store *store, struct problem *problem)
{
	int64_t id = 0, version = 0, tables = 0;
	int r = ask(store, "PRAGMA application_id", &id, problem);

	if (r >= 0)
		r = ask(store, "PRAGMA user_version", &version, problem);
	if (r >= 0)
		r = ask(store, "SELECT count(*) FROM sqlite_master", &tables, problem);
	if (r < 0)
		return r;
	if (id == 0 && version == 0 && tables == 0)
		return run(store, schema, problem);
	if (id != APPLICATION_ID)
		return problem_set(problem, -EUCLEAN, "is no queue of roomd-mqtt");
	if (version != VERSION)
		return problem_set(problem, -EUCLEAN,
		                   "is of version %lld, which this roomd-mqtt does not know",
		                   (long long)version);
	return 0;
}

static int open_database(struct queue_store *store, const char *folder, struct problem *problem)
{
	char path[PATH_SIZE];
	int code;

	if (!sqlite3_snprintf(sizeof path, path, "%s/" QUEUE_FILE, folder) || strlen(path) == sizeof path - 1)
		return problem_set(problem, -ENAMETOOLONG, "%s", problem_errno(ENAMETOOLONG));
	code = sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (!store->database)
		return problem_set(problem, -ENOMEM, "%s", problem_errno(ENOMEM));
	sqlite3_extended_result_codes(store->database, 1);
	sqlite3_db_config(store->database, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0); /* memory for speed */
	return code == SQLITE_OK ? 0 : failed(store, code, problem);
}

/* What is only read could never be emptied. */
static int is_writable(struct queue_store *store, struct problem *problem)
{
	if (!sqlite3_db_readonly(store->database, "main"))
		return 0;
	return problem_set(problem, -EROFS, "%s", problem_errno(EROFS));
}

/* The file itself was made, too: its name has to outlast a power loss with the first save. */
static int sync_folder(const char *folder, struct problem *problem)
{
	int r = queue_file_sync_folder(folder);

	return r < 0 ? problem_set(problem, r, "%s", problem_errno(r)) : 0;
}

static int set_up(struct queue_store *store, const char *folder, struct problem *problem)
{
	int r = open_database(store, folder, problem);

	if (r >= 0)
		r = is_writable(store, problem);
	if (r >= 0)
		r = run(store, settings, problem);
	if (r >= 0)
		r = expect(store, "PRAGMA journal_mode = WAL", "wal", problem);
	if (r >= 0)
		r = run(store, log_settings, problem);
	if (r >= 0)
		r = see_to_tables(store, problem);
	if (r >= 0)
		r = sync_folder(folder, problem);
	return r < 0 ? r : expect(store, "PRAGMA quick_check(1)", "ok", problem);
}

/* --- what it has ------------------------------------------------------------------------------ */

/* A name of a series, or "". */
static int read_series(sqlite3_stmt *row, int column, char ret[static QUEUE_SERIES_SIZE],
                       struct problem *problem)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	if (!text || strlen(text) >= QUEUE_SERIES_SIZE)
		return damaged(problem, "a series has no name");
	strcpy(ret, text);
	return 0;
}

static int read_state(struct queue_store *store, struct queue_state *ret, struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *row = NULL;
	int r = prepare(store, "SELECT series, serial, dropped, dropped_series, dropped_serial FROM state",
	                &row, problem);

	if (r >= 0)
		r = step(store, row, problem);
	if (r == 0)
		return damaged(problem, "it has no position");
	ret->position.serial = r > 0 ? (uint64_t)sqlite3_column_int64(row, 1) : 0;
	ret->dropped.events = r > 0 ? (uint64_t)sqlite3_column_int64(row, 2) : 0;
	ret->dropped.since.serial = r > 0 ? (uint64_t)sqlite3_column_int64(row, 4) : 0;
	if (r > 0)
		r = read_series(row, 0, ret->position.series, problem);
	return r < 0 ? r : read_series(row, 3, ret->dropped.since.series, problem);
}

/* Damage may have made any number of these. */
static int read_contents(struct queue_store *store, struct queue_contents *ret, struct problem *problem)
{
	int64_t length = 0, bytes = 0, last = 0, first = 0;
	int r = read_state(store, &ret->state, problem);

	if (r >= 0)
		r = ask(store, "SELECT count(*) FROM event", &length, problem);
	if (r >= 0)
		r = ask(store, "SELECT sum(bytes) FROM event", &bytes, problem);
	if (r >= 0)
		r = ask(store, "SELECT max(sequence) FROM event", &last, problem);
	if (r >= 0)
		r = ask(store, "SELECT min(sequence) FROM event", &first, problem);
	if (r < 0)
		return r;
	if (bytes < 0 || first < 0 || (length > 0 && first < 1))
		return damaged(problem, "its numbers make no sense");
	ret->length = (uint64_t)length;
	ret->bytes = (uint64_t)bytes;
	ret->last = (uint64_t)last;
	return 0;
}

int queue_store_open(const char *folder, struct queue_store **ret, struct queue_contents *ret_contents,
                     struct problem *problem)
{
	_cleanup_(queue_store_closep) struct queue_store *store = NULL;
	int r = queue_file_prepare(folder, problem);

	if (r < 0)
		return r;
	store = calloc(1, sizeof *store);
	if (!store)
		return problem_set(problem, -ENOMEM, "%s", problem_errno(ENOMEM));
	r = set_up(store, folder, problem);
	if (r >= 0)
		r = read_contents(store, ret_contents, problem);
	if (r >= 0)
		r = prepare(store, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &store->put, problem);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(store);
	return 0;
}

struct queue_store *queue_store_close(struct queue_store *store)
{
	if (!store)
		return NULL;
	sqlite3_finalize(store->put);
	sqlite3_close(store->database);
	free(store);
	return NULL;
}

/* --- a save ----------------------------------------------------------------------------------- */

int queue_store_begin(struct queue_store *store, struct problem *problem)
{
	store->shrink = false;
	return run(store, "BEGIN IMMEDIATE", problem);
}

int queue_store_remove(struct queue_store *store, uint64_t from, uint64_t to, struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *statement = NULL;
	int r = prepare(store, "DELETE FROM event WHERE sequence BETWEEN ? AND ?", &statement, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)from);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)to);
	return finish(store, statement, problem);
}

int queue_store_put(struct queue_store *store, uint64_t sequence, const struct queue_event *event,
                    struct problem *problem)
{
	sqlite3_stmt *put = store->put;
	int r;

	sqlite3_bind_int64(put, 1, (sqlite3_int64)sequence);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)(strlen(event->topic) + event->payload_length));
	sqlite3_bind_int64(put, 3, (sqlite3_int64)event->realtime_usec);
	sqlite3_bind_text(put, 4, event->series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(put, 5, (sqlite3_int64)event->serial);
	sqlite3_bind_int(put, 6, event->repeated);
	sqlite3_bind_text(put, 7, event->topic, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(put, 8, event->payload_length ? event->payload : "", event->payload_length,
	                    SQLITE_STATIC);
	r = finish(store, put, problem);
	sqlite3_reset(put);
	sqlite3_clear_bindings(put);
	return r;
}

static int put_state(struct queue_store *store, const struct queue_state *state, struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *statement = NULL;
	int r = prepare(
		store,
		"UPDATE state SET series = ?, serial = ?, dropped = ?, dropped_series = ?, dropped_serial = ?",
		&statement, problem);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, state->position.series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)state->position.serial);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)state->dropped.events);
	sqlite3_bind_text(statement, 4, state->dropped.since.series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, (sqlite3_int64)state->dropped.since.serial);
	return finish(store, statement, problem);
}

/* Gives free pages back, once there are no others: before, they are written again soon. */
static int shrink(struct queue_store *store, struct problem *problem)
{
	int64_t pages = 0;
	int r = ask(store, "PRAGMA freelist_count", &pages, problem);

	store->shrink = r >= 0 && pages > 0;
	return store->shrink ? run(store, "PRAGMA incremental_vacuum", problem) : r;
}

int queue_store_commit(struct queue_store *store, const struct queue_state *state, bool empty,
                       struct problem *problem)
{
	int r = put_state(store, state, problem);

	if (r >= 0 && empty)
		r = shrink(store, problem);
	if (r >= 0)
		r = run(store, "COMMIT", problem);
	/* The file gets shorter when the log is copied into it; if that fails, another time. */
	if (r >= 0 && store->shrink)
		sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return r < 0 ? r : 0;
}

void queue_store_cancel(struct queue_store *store)
{
	if (!sqlite3_get_autocommit(store->database))
		sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int read_event(sqlite3_stmt *row, struct queue_event *ret, struct problem *problem)
{
	*ret = (struct queue_event){
		.sequence = (uint64_t)sqlite3_column_int64(row, 0),
		.realtime_usec = (uint64_t)sqlite3_column_int64(row, 1),
		.series = (const char *)sqlite3_column_text(row, 2),
		.serial = (uint64_t)sqlite3_column_int64(row, 3),
		.repeated = sqlite3_column_int(row, 4),
		.topic = (const char *)sqlite3_column_text(row, 5),
		.payload = sqlite3_column_blob(row, 6),
		.payload_length = (size_t)sqlite3_column_bytes(row, 6),
	};
	if (!ret->series || !ret->topic || (!ret->payload && ret->payload_length > 0))
		return damaged(problem, "an event has no name");
	return 0;
}

int queue_store_read(struct queue_store *store, uint64_t after,
                     int (*each)(void *userdata, const struct queue_event *event), void *userdata,
                     struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *row = NULL;
	struct queue_event event;
	int r = prepare(store,
	                "SELECT sequence, usec, series, serial, repeated, topic, payload FROM event "
	                "WHERE sequence > ? ORDER BY sequence",
	                &row, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)after);
	while ((r = step(store, row, problem)) > 0) {
		r = read_event(row, &event, problem);
		if (r >= 0)
			r = each(userdata, &event);
		if (r != 1)
			return r;
	}
	return r < 0 ? r : 1;
}

int queue_store_bytes(struct queue_store *store, uint64_t sequence, uint64_t *ret_bytes,
                      struct problem *problem)
{
	_cleanup_(finalize) sqlite3_stmt *row = NULL;
	int r = prepare(store, "SELECT bytes FROM event WHERE sequence = ?", &row, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)sequence);
	r = step(store, row, problem);
	*ret_bytes = r > 0 ? (uint64_t)sqlite3_column_int64(row, 0) : 0;
	return r;
}
