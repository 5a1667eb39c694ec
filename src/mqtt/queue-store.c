/* The file is written once a minute at most. A save appends three or four pages to the log and flushes once; every 64 pages,
 * some twenty saves, they are copied into the file. */
#include "mqtt/queue-store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "database/database.h"
#include "mqtt/queue.h"
#include "util/problem.h"

/* "room" in a file of ours, and which form it has. */
#define APPLICATION_ID 0x726f6f6d
#define VERSION 1

#define TEXT_OF(number) TEXT_OF_VALUE(number)
#define TEXT_OF_VALUE(number) #number

struct queue_store {
	struct database database;
	sqlite3_stmt *put;
	bool shrink; /* by the save that is under way */
};

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

static const struct database_form form = {
	.file = QUEUE_FILE,
	.what = "queue of roomd-mqtt",
	.program = "roomd-mqtt",
	.busy = "another process keeps its queue there",
	.application_id = APPLICATION_ID,
	.version = VERSION,
	.schema = schema,
	.settings = "PRAGMA auto_vacuum = INCREMENTAL;"
		    "PRAGMA cache_size = -128;",
	.log_settings = "PRAGMA wal_autocheckpoint = 64;"
			"PRAGMA journal_size_limit = 262144;",
};

/* --- what it has ------------------------------------------------------------------------------ */

/* A name of a series, or "". */
static int read_series(sqlite3_stmt *row, int column, char ret[static QUEUE_SERIES_SIZE],
                       struct problem *problem)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	if (!text || strlen(text) >= QUEUE_SERIES_SIZE)
		return database_damaged(problem, "a series has no name");
	strcpy(ret, text);
	return 0;
}

static int read_state(struct queue_store *store, struct queue_state *ret, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database, "SELECT series, serial, dropped, dropped_series, dropped_serial FROM state",
	                &row, problem);

	if (r >= 0)
		r = database_step(&store->database, row, problem);
	if (r == 0)
		return database_damaged(problem, "it has no position");
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
		r = database_ask(&store->database, "SELECT count(*) FROM event", &length, problem);
	if (r >= 0)
		r = database_ask(&store->database, "SELECT sum(bytes) FROM event", &bytes, problem);
	if (r >= 0)
		r = database_ask(&store->database, "SELECT max(sequence) FROM event", &last, problem);
	if (r >= 0)
		r = database_ask(&store->database, "SELECT min(sequence) FROM event", &first, problem);
	if (r < 0)
		return r;
	if (bytes < 0 || first < 0 || (length > 0 && first < 1))
		return database_damaged(problem, "its numbers make no sense");
	ret->length = (uint64_t)length;
	ret->bytes = (uint64_t)bytes;
	ret->last = (uint64_t)last;
	return 0;
}

int queue_store_open(const char *folder, struct queue_store **ret, struct queue_contents *ret_contents,
                     struct problem *problem)
{
	_cleanup_(queue_store_closep) struct queue_store *store = NULL;
	int r;

	store = calloc(1, sizeof *store);
	if (!store)
		return problem_set(problem, -ENOMEM, "%s", problem_errno(ENOMEM));
	r = database_open(&store->database, &form, folder, problem);
	if (r >= 0)
		r = read_contents(store, ret_contents, problem);
	if (r >= 0)
		r = database_prepare(&store->database, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &store->put, problem);
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
	database_close(&store->database);
	free(store);
	return NULL;
}

/* --- a save ----------------------------------------------------------------------------------- */

int queue_store_begin(struct queue_store *store, struct problem *problem)
{
	store->shrink = false;
	return database_run(&store->database, "BEGIN IMMEDIATE", problem);
}

int queue_store_remove(struct queue_store *store, uint64_t from, uint64_t to, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *statement = NULL;
	int r = database_prepare(&store->database, "DELETE FROM event WHERE sequence BETWEEN ? AND ?", &statement, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)from);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)to);
	return database_finish(&store->database, statement, problem);
}

int queue_store_put(struct queue_store *store, uint64_t sequence, const struct queue_event *event,
                    struct problem *problem)
{
	sqlite3_stmt *put = store->put;

	sqlite3_bind_int64(put, 1, (sqlite3_int64)sequence);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)(strlen(event->topic) + event->payload_length));
	sqlite3_bind_int64(put, 3, (sqlite3_int64)event->realtime_usec);
	sqlite3_bind_text(put, 4, event->series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(put, 5, (sqlite3_int64)event->serial);
	sqlite3_bind_int(put, 6, event->repeated);
	sqlite3_bind_text(put, 7, event->topic, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(put, 8, event->payload_length ? event->payload : "", event->payload_length,
	                    SQLITE_STATIC);
	return database_execute(&store->database, put, problem);
}

static int put_state(struct queue_store *store, const struct queue_state *state, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *statement = NULL;
	int r = database_prepare(
		&store->database,
		"UPDATE state SET series = ?, serial = ?, dropped = ?, dropped_series = ?, dropped_serial = ?",
		&statement, problem);

	if (r < 0)
		return r;
	sqlite3_bind_text(statement, 1, state->position.series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)state->position.serial);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)state->dropped.events);
	sqlite3_bind_text(statement, 4, state->dropped.since.series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, (sqlite3_int64)state->dropped.since.serial);
	return database_finish(&store->database, statement, problem);
}

/* Gives free pages back, once there are no others: before, they are written again soon. */
static int shrink(struct queue_store *store, struct problem *problem)
{
	int64_t pages = 0;
	int r = database_ask(&store->database, "PRAGMA freelist_count", &pages, problem);

	store->shrink = r >= 0 && pages > 0;
	return store->shrink ? database_run(&store->database, "PRAGMA incremental_vacuum", problem) : r;
}

int queue_store_commit(struct queue_store *store, const struct queue_state *state, bool empty,
                       struct problem *problem)
{
	int r = put_state(store, state, problem);

	if (r >= 0 && empty)
		r = shrink(store, problem);
	if (r >= 0)
		r = database_run(&store->database, "COMMIT", problem);
	/* The file gets shorter when the log is copied into it; if that fails, another time. */
	if (r >= 0 && store->shrink)
		sqlite3_wal_checkpoint_v2(store->database.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return r < 0 ? r : 0;
}

void queue_store_cancel(struct queue_store *store)
{
	database_cancel(&store->database);
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
		return database_damaged(problem, "an event has no name");
	return 0;
}

int queue_store_read(struct queue_store *store, uint64_t after,
                     int (*each)(void *userdata, const struct queue_event *event), void *userdata,
                     struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	struct queue_event event;
	int r = database_prepare(&store->database,
	                "SELECT sequence, usec, series, serial, repeated, topic, payload FROM event "
	                "WHERE sequence > ? ORDER BY sequence",
	                &row, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)after);
	while ((r = database_step(&store->database, row, problem)) > 0) {
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
	_cleanup_(database_finalize) sqlite3_stmt *row = NULL;
	int r = database_prepare(&store->database, "SELECT bytes FROM event WHERE sequence = ?", &row, problem);

	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)sequence);
	r = database_step(&store->database, row, problem);
	*ret_bytes = r > 0 ? (uint64_t)sqlite3_column_int64(row, 0) : 0;
	return r;
}
