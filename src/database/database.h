/* A database of SQLite's that is one program's alone, and lies on an SD card: what counts is how many flushes and how many
 * pages a write takes. With a log that is written ahead (WAL) a write appends its pages to the log, and flushes once; now
 * and then they are copied into the file, with three flushes more. A rollback journal takes three or four flushes at each
 * write, of two files and the folder, and each page twice. The log is not believed but by its checksums, so a page that
 * was written in part, or before another one, is no harm.
 *
 * WAL's index is memory shared by mapping a file, unless the file is one process' alone (locking_mode=EXCLUSIVE), which
 * it has to be anyway. synchronous=FULL flushes the log at each commit; NORMAL would only when it is copied.
 *
 * Every function that can fail returns a negative errno and fills the problem: -EUCLEAN: the file is damaged, or is
 * something else; -EBUSY: another process has it; others are the system's. */
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
	const char *busy;       /* said when another process has it: "another process keeps its queue there" */
	int64_t application_id; /* "PRAGMA application_id" */
	int64_t version;        /* "PRAGMA user_version"; */
	const char *schema;     /* sets both, in a transaction, and makes the tables */
	const char *upgrade;    /* makes a file of the version before into one of this, in a transaction; NULL: it cannot */
	const char *settings;   /* beside those of all; before there are tables */
	const char *log_settings;
};

struct database {
	sqlite3 *handle;
	const struct database_form *form;
};

/* Opens it in the folder, made if there is none (mode 0600). Reads it through once. `database` is to be closed also after
 * a failure. */
int database_open(struct database *database, const struct database_form *form, const char *folder, struct problem *problem);

/* Also what was never opened, all zero. All statements are finalized. */
void database_close(struct database *database);

/* What SQLite's code of an error is, said as above. */
int database_failed(const struct database *database, int code, struct problem *problem);
int database_damaged(struct problem *problem, const char *words);

int database_prepare(const struct database *database, const char *sql, sqlite3_stmt **ret, struct problem *problem);
/* For _cleanup_. */
void database_finalize(sqlite3_stmt **statement);

/* 1: a row, 0: the end. */
int database_step(const struct database *database, sqlite3_stmt *statement, struct problem *problem);

/* To the end of it, whatever rows it has. */
int database_finish(const struct database *database, sqlite3_stmt *statement, struct problem *problem);

/* The same, of one that is kept: it is ready for the next time, with nothing bound, also after a failure. */
int database_execute(const struct database *database, sqlite3_stmt *statement, struct problem *problem);

/* Statements without a result. */
int database_run(const struct database *database, const char *sql, struct problem *problem);

/* The number that the statement has as its only row; 0 without one. 1 or 0: whether there was one. */
int database_ask(const struct database *database, const char *sql, int64_t *ret, struct problem *problem);

/* Ends a transaction without a trace, if there is one. */
void database_cancel(const struct database *database);
