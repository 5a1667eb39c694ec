#include "database/database.h"

#include <errno.h>
#include <string.h>

#include "database/database-file.h"
#include "util/problem.h"

/* The folder's name may be as long as any. */
#define PATH_SIZE 4096

void database_finalize(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

/* --- errors ----------------------------------------------------------------------------------- */

int database_damaged(struct problem *problem, const char *words)
{
	return problem_set(problem, -EUCLEAN, "is damaged: %s", words);
}

/* What SQLite says is damaged; anything else is the system's. */
static int error_of(const struct database *database, int code)
{
	int error = sqlite3_system_errno(database->handle);

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

int database_failed(const struct database *database, int code, struct problem *problem)
{
	int error = error_of(database, code);

	if (error == -EUCLEAN)
		return database_damaged(problem, sqlite3_errmsg(database->handle));
	if (error == -EBUSY)
		return problem_set(problem, error, "%s", database->form->busy);
	return problem_set(problem, error, "%s", problem_errno(error));
}

/* --- statements ------------------------------------------------------------------------------- */

int database_prepare(const struct database *database, const char *sql, sqlite3_stmt **ret, struct problem *problem)
{
	int code = sqlite3_prepare_v2(database->handle, sql, -1, ret, NULL);

	return code == SQLITE_OK ? 0 : database_failed(database, code, problem);
}

int database_step(const struct database *database, sqlite3_stmt *statement, struct problem *problem)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : database_failed(database, code, problem);
}

int database_finish(const struct database *database, sqlite3_stmt *statement, struct problem *problem)
{
	int r;

	while ((r = database_step(database, statement, problem)) > 0)
		;
	return r;
}

int database_run(const struct database *database, const char *sql, struct problem *problem)
{
	int code = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : database_failed(database, code, problem);
}

int database_ask(const struct database *database, const char *sql, int64_t *ret, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *statement = NULL;
	int r = database_prepare(database, sql, &statement, problem);

	if (r >= 0)
		r = database_step(database, statement, problem);
	*ret = r > 0 ? sqlite3_column_int64(statement, 0) : 0;
	return r;
}

int database_execute(const struct database *database, sqlite3_stmt *statement, struct problem *problem)
{
	int r = database_finish(database, statement, problem);

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return r;
}

void database_cancel(const struct database *database)
{
	if (!sqlite3_get_autocommit(database->handle))
		sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Debian's SQLite overwrites what is deleted, unless it is told: that is written again only for that. */
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
			       "PRAGMA page_size = 4096;"
			       "PRAGMA mmap_size = 0;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA secure_delete = OFF;"
			       "PRAGMA synchronous = FULL;";

/* Fails unless the statement says this word. */
static int expect(const struct database *database, const char *sql, const char *word, struct problem *problem)
{
	_cleanup_(database_finalize) sqlite3_stmt *statement = NULL;
	const char *text;
	int r = database_prepare(database, sql, &statement, problem);

	if (r >= 0)
		r = database_step(database, statement, problem);
	if (r < 0)
		return r;
	text = r > 0 ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	return text && strcmp(text, word) == 0 ? 0 : database_damaged(problem, text ? text : "it says nothing");
}

/* Makes the tables in a file that has nothing yet; fails if it has something else. */
static int see_to_tables(const struct database *database, struct problem *problem)
{
	const struct database_form *form = database->form;
	int64_t id = 0, version = 0, tables = 0;
	int r = database_ask(database, "PRAGMA application_id", &id, problem);

	if (r >= 0)
		r = database_ask(database, "PRAGMA user_version", &version, problem);
	if (r >= 0)
		r = database_ask(database, "SELECT count(*) FROM sqlite_master", &tables, problem);
	if (r < 0)
		return r;
	if (id == 0 && version == 0 && tables == 0)
		return database_run(database, form->schema, problem);
	if (id != form->application_id)
		return problem_set(problem, -EUCLEAN, "is no %s", form->what);
	if (form->upgrade && version == form->version - 1)
		return database_run(database, form->upgrade, problem);
	if (version != form->version)
		return problem_set(problem, -EUCLEAN, "is of version %lld, which this %s does not know", (long long)version,
		                   form->program);
	return 0;
}

static int open_handle(struct database *database, const char *folder, struct problem *problem)
{
	char path[PATH_SIZE];
	int code;

	if (!sqlite3_snprintf(sizeof path, path, "%s/%s", folder, database->form->file) || strlen(path) == sizeof path - 1)
		return problem_set(problem, -ENAMETOOLONG, "%s", problem_errno(ENAMETOOLONG));
	code = sqlite3_open_v2(path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (!database->handle)
		return problem_set(problem, -ENOMEM, "%s", problem_errno(ENOMEM));
	sqlite3_extended_result_codes(database->handle, 1);
	sqlite3_db_config(database->handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0); /* memory for speed */
	return code == SQLITE_OK ? 0 : database_failed(database, code, problem);
}

/* What is only read could never be emptied. */
static int is_writable(const struct database *database, struct problem *problem)
{
	if (!sqlite3_db_readonly(database->handle, "main"))
		return 0;
	return problem_set(problem, -EROFS, "%s", problem_errno(EROFS));
}

/* The file itself was made, too: its name has to outlast a power loss with the first write. */
static int sync_folder(const char *folder, struct problem *problem)
{
	int r = database_file_sync_folder(folder);

	return r < 0 ? problem_set(problem, r, "%s", problem_errno(r)) : 0;
}

/* Of a file that could be written to: what its first bytes say makes SQLite only read it, and nobody here wrote them. */
static int read_only_by_itself(const struct database *database, int r, struct problem *problem)
{
	if (r != -EROFS || !sqlite3_db_readonly(database->handle, "main"))
		return r;
	return database_damaged(problem, "its header says that it may only be read");
}

static int set_up(struct database *database, const char *folder, struct problem *problem)
{
	int r = database_run(database, settings, problem);

	if (r >= 0)
		r = database_run(database, database->form->settings, problem);
	if (r >= 0)
		r = expect(database, "PRAGMA journal_mode = WAL", "wal", problem);
	if (r >= 0)
		r = database_run(database, database->form->log_settings, problem);
	if (r >= 0)
		r = see_to_tables(database, problem);
	if (r >= 0)
		r = sync_folder(folder, problem);
	return r < 0 ? r : expect(database, "PRAGMA quick_check(1)", "ok", problem);
}

int database_open(struct database *database, const struct database_form *form, const char *folder, struct problem *problem)
{
	int r = database_file_prepare(folder, form->file, problem);

	database->form = form;
	if (r >= 0)
		r = open_handle(database, folder, problem);
	if (r >= 0)
		r = is_writable(database, problem);
	return r < 0 ? r : read_only_by_itself(database, set_up(database, folder, problem), problem);
}

void database_close(struct database *database)
{
	sqlite3_close(database->handle);
	database->handle = NULL;
}
