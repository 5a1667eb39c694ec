/* A database of SQLite that only one program uses, and that is on an SD card. So the number of flushes and
 * pages of a write matters. With a write-ahead log (WAL) a write appends its pages to the log, and flushes
 * once; now and then the pages are copied into the file, with three more flushes. A rollback journal takes
 * three or four flushes for each write, of two files and the folder, and writes each page twice. Checksums
 * protect the log, so a page that was written only in part, or before another one, does no harm.
 *
 * The index of the WAL is a file that is mapped as shared memory, unless only one process may use the
 * database (locking_mode=EXCLUSIVE), which is necessary anyway. synchronous=FULL flushes the log at each
 * commit; NORMAL would flush it only when it is copied.
 *
 * Every function that can fail returns a negative errno and fills the problem: -EUCLEAN: the file is damaged,
 * or is something else; -EBUSY: another process has it; others are the system's. */
#pragma once

#include <sqlite3.h>
#include <stdint.h>

#include "util/cleanup.h"

struct problem;

/* A file's form. Constants. */
struct database_form {
	const char *file;       /* its name in the folder */
	const char *what;       /* "queue of roomd-mqtt" */
	const char *program;    /* "roomd-mqtt" */
	const char *busy;       /* the message if another process has it: "another process keeps its queue there" */
	int64_t application_id; /* "PRAGMA application_id" */
	int64_t version;        /* "PRAGMA user_version"; */
	const char *schema;     /* sets both, in a transaction, and makes the tables */
	const char *upgrade;    /* makes a file of the version before into one of this, in a transaction; NULL: it cannot */
	const char *settings;   /* besides those of all databases; set before there are tables */
	const char *log_settings;
};

struct database {
	sqlite3 *handle;
	const struct database_form *form;
};

/* Opens the database in the folder; makes it if there is none (mode 0600). Reads all of it once. Close
 * `database` even after a failure. */
int database_open(struct database *database, const struct database_form *form, const char *folder, struct problem *problem);

/* May be called for a database that is all zero. All statements have to be finalized. */
void database_close(struct database *database);

/* Turns an error code of SQLite into a negative errno and a problem, as above. */
int database_failed(const struct database *database, int code, struct problem *problem);
int database_damaged(struct problem *problem, const char *words);

int database_prepare(const struct database *database, const char *sql, sqlite3_stmt **ret, struct problem *problem);
/* For _cleanup_. */
void database_finalize(sqlite3_stmt **statement);

/* 1: a row, 0: the end. */
int database_step(const struct database *database, sqlite3_stmt *statement, struct problem *problem);

/* Runs the statement to its end, and ignores its rows. */
int database_finish(const struct database *database, sqlite3_stmt *statement, struct problem *problem);

/* The same for a statement that is kept: it is ready for the next use, with nothing bound, even after a
 * failure. */
int database_execute(const struct database *database, sqlite3_stmt *statement, struct problem *problem);

/* Runs statements without a result. */
int database_run(const struct database *database, const char *sql, struct problem *problem);

/* The number in the statement's only row; 0 if there is no row. Returns 1 if there was a row, else 0. */
int database_ask(const struct database *database, const char *sql, int64_t *ret, struct problem *problem);

/* Rolls back the transaction, if there is one. */
void database_cancel(const struct database *database);
