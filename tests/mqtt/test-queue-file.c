/* The file of the queue: who may read it, what is wrong with it, and what it lies on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mqtt/queue.h"
#include "queue-folder.h"
#include "shim-vfs.h"
#include "util/problem.h"

#define MINUTE (60 * NSEC_PER_SEC)

/* --- what is wrong with the file -------------------------------------------------------------- */

static void test_mode(void **state)
{
	const struct queue_folder *folder = *state;
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(folder, NULL);
	static const char *const names[] = { QUEUE_FILE, QUEUE_FILE "-wal" };

	add_all(queue, 1, 1);
	assert_int_equal(queue_save(queue, 0), 0);
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		char path[128];
		struct stat st;

		snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_false(queue_folder_has(folder, QUEUE_FILE "-shm"));
}

static void expect_set_aside(const struct queue_folder *folder, const char *name, const char *words)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(folder, NULL);

	expect_problem(queue, words);
	assert_true(queue_folder_has(folder, name));
	assert_int_equal(queue_length(queue), 0);
	assert_null(queue_position(queue));
	add_all(queue, 1, 3);
	assert_int_equal(queue_save(queue, 0), 0);
	expect_all(queue, 1, 3);
	expect_no_problem(queue);
}

static void test_no_database(void **state)
{
	static char text[10000];

	memset(text, 'x', sizeof text);
	queue_folder_put(*state, QUEUE_FILE, text, sizeof text);
	queue_folder_put(*state, QUEUE_FILE "-wal", text, sizeof text);
	expect_set_aside(*state, QUEUE_FILE_DAMAGED "1",
	                 "is damaged: file is not a database; it was set aside as "
	                 "queue.damaged-1");
}

static void execute(const struct queue_folder *folder, const char *sql)
{
	sqlite3 *database = NULL;
	char path[128];

	snprintf(path, sizeof path, "%s/" QUEUE_FILE, folder->path);
	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

static void test_wrong_contents(void **state)
{
	static const struct {
		const char *sql, *words;
	} rows[] = {
		{ "PRAGMA user_version = 2", "is of version 2, which this roomd-mqtt does not know" },
		{ "PRAGMA application_id = 1", "is no queue of roomd-mqtt" },
		{ "DELETE FROM state", "it has no position" },
		{ "DROP TABLE event", "no such table" },
		{ "UPDATE state SET series = '0123456789012345678901234567890123'", "a series has no name" },
		{ "UPDATE event SET sequence = -5 WHERE sequence = (SELECT max(sequence) FROM event)",
		  "its numbers make no sense" },
	};

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct queue *queue = queue_folder_open(*state, NULL);
		char name[32];

		add_event(queue, 10, 50, 0);
		assert_int_equal(queue_save(queue, 0), 0);
		queue_free(queue);
		execute(*state, rows[i].sql);
		snprintf(name, sizeof name, QUEUE_FILE_DAMAGED "%zu", i + 1);
		expect_set_aside(*state, name, rows[i].words);
	}
	assert_false(queue_folder_has(*state, QUEUE_FILE_DAMAGED "3")); /* the three newest */
	assert_true(queue_folder_has(*state, QUEUE_FILE_DAMAGED "4"));
}

static void overwrite(const struct queue_folder *folder, long from, long to)
{
	char path[128];
	int fd;

	snprintf(path, sizeof path, "%s/" QUEUE_FILE, folder->path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (long at = from; at < to; at += 16)
		assert_int_equal(pwrite(fd, "this is no page!", 16, at), 16);
	close(fd);
}

/* Pages with some of the events are no longer what they were. */
static void test_damaged_page(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	add_all(queue, 1, 1000);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	overwrite(*state, 4096 * 10, 4096 * 12);
	expect_set_aside(*state, QUEUE_FILE_DAMAGED "1", "is damaged");
}

/* Nobody would look at these before the event is sent. */
static void test_damaged_payload(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	for (uint64_t serial = 1; serial <= 10; serial++)
		assert_int_equal(add_event(queue, serial, 40000, 0), 1);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	overwrite(*state, 4096 * 50, 4096 * 51);
	expect_set_aside(*state, QUEUE_FILE_DAMAGED "1", "is damaged");
}

/* The card goes bad while it is in use. */
static void test_damaged_in_use(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	add_all(queue, 1, 1000);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	add_all(queue, 1001, 1010);
	overwrite(*state, 0, queue_folder_length(*state, QUEUE_FILE));
	expect_all(queue, 1001, 1010);
	expect_problem(queue, "its events are lost");
	assert_int_equal(queue_dropped(queue)->events, 1000);
	assert_int_equal(queue_length(queue), 10);
	assert_int_equal(queue_save_due_ns(queue), 0);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	expect_all(queue, 1001, 1010);
	assert_int_equal(queue_position(queue)->serial, 1010);
	assert_int_equal(queue_dropped(queue)->events, 1000);
	queue_free(queue);
}

static void test_a_folder_has_its_name(void **state)
{
	const struct queue_folder *folder = *state;
	char path[128];

	snprintf(path, sizeof path, "%s/" QUEUE_FILE, folder->path);
	assert_int_equal(mkdir(path, 0700), 0);
	queue_folder_put(folder, QUEUE_FILE "-wal", "log", 3); /* not of the file that is made now */
	expect_set_aside(folder, QUEUE_FILE_DAMAGED "1", "is not a file");
	assert_int_equal(queue_folder_length(folder, QUEUE_FILE_DAMAGED "1-wal"), 3);
}

static void test_full_disk(void **state)
{
	struct queue *queue = queue_folder_open(*state, NULL);

	add_all(queue, 1, 100);
	assert_int_equal(queue_save(queue, 0), 0);
	add_all(queue, 101, 110);
	acknowledge(queue, 1);
	shim_fail_writes(SQLITE_FULL);
	assert_int_equal(queue_save(queue, MINUTE), -ENOSPC);
	expect_problem(queue, "No space left on device; events wait in memory");
	assert_int_equal(queue_save_due_ns(queue), 2 * MINUTE);
	assert_int_equal(queue_save(queue, 2 * MINUTE), -ENOSPC);
	expect_no_problem(queue); /* said once */
	expect_all(queue, 2, 110);
	shim_fail_writes(0);
	assert_int_equal(queue_save(queue, 3 * MINUTE), 0);
	assert_true(queue_save_due_ns(queue) == NEVER_NS);
	queue_free(queue);
	queue = queue_folder_open(*state, NULL);
	expect_all(queue, 2, 110);
	queue_free(queue);
}

/* --- file systems of one's own ---------------------------------------------------------------- */

/* Whether there is a small file system on the folder now, for this process alone. */
static bool mounted(const struct queue_folder *folder, const char *options)
{
	return unshare(CLONE_NEWNS) == 0 && mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", folder->path, "tmpfs", 0, options) == 0;
}

static void really_full(const struct queue_folder *folder)
{
	struct queue *queue = queue_folder_open(folder, NULL);
	uint64_t serial = 0;

	do {
		add_all(queue, serial + 1, serial + 100);
		serial += 100;
	} while (queue_save(queue, 0) == 0 && serial < 100000);
	expect_problem(queue, "No space left on device");
	expect_all(queue, 1, serial);
	assert_int_equal(mount("none", folder->path, "tmpfs", MS_REMOUNT, "size=4m"), 0);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	queue = queue_folder_open(folder, NULL);
	expect_all(queue, 1, serial);
	queue_free(queue);
}

/* What is in a file that cannot be opened comes before what was added meanwhile. */
static void read_only(const struct queue_folder *folder)
{
	struct queue *queue = queue_folder_open(folder, NULL);
	uint64_t sequence;

	add_all(queue, 1, 10);
	assert_int_equal(queue_save(queue, 0), 0);
	queue_free(queue);
	assert_int_equal(mount("none", folder->path, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
	queue = queue_folder_open(folder, NULL);
	expect_problem(queue, "Read-only file system; events wait in memory");
	assert_null(queue_position(queue));
	add_all(queue, 9, 20); /* the caller does not know what was added */
	sequence = sequence_of(queue, 9);
	assert_int_equal(queue_save_due_ns(queue), MINUTE);
	assert_int_equal(queue_save(queue, MINUTE), -EROFS);
	expect_no_problem(queue);
	assert_int_equal(mount("none", folder->path, "tmpfs", MS_REMOUNT, NULL), 0);
	assert_int_equal(queue_save(queue, 2 * MINUTE), 1);
	assert_int_equal(queue_done(queue, sequence, 0), 0); /* nobody else's */
	expect_all(queue, 1, 20);
	assert_int_equal(queue_position(queue)->serial, 20);
	queue_free(queue);
	queue = queue_folder_open(folder, NULL);
	expect_all(queue, 1, 20);
	queue_free(queue);
}

#define SKIPPED 99

/* In a process of its own, as the file system is its own. What fails there is said there. */
static void on_file_system(const struct queue_folder *folder, const char *options,
                           void (*function)(const struct queue_folder *folder))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (!mounted(folder, options))
			_exit(SKIPPED);
		function(folder);
		kill(getpid(), SIGKILL); /* not exit: nobody looks for leaks then */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_really_full(void **state)
{
	on_file_system(*state, "size=200k", really_full);
}

static void test_read_only(void **state)
{
	on_file_system(*state, "size=4m", read_only);
}

static void test_one_process_only(void **state)
{
	_cleanup_(queue_freep) struct queue *queue = queue_folder_open(*state, NULL);
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct queue *second = queue_folder_open(*state, NULL);
		struct problem problem = { "" };

		queue_take_problem(second, &problem);
		kill(getpid(),
		     strstr(problem.text, "another process keeps its queue there") ? SIGKILL : SIGTERM);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	add_all(queue, 1, 1);
	assert_int_equal(queue_save(queue, 0), 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, queue_folder_set_up, queue_folder_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_FOLDER(test_mode),
		WITH_FOLDER(test_no_database),
		WITH_FOLDER(test_wrong_contents),
		WITH_FOLDER(test_damaged_page),
		WITH_FOLDER(test_damaged_payload),
		WITH_FOLDER(test_damaged_in_use),
		WITH_FOLDER(test_a_folder_has_its_name),
		WITH_FOLDER(test_full_disk),
		WITH_FOLDER(test_really_full),
		WITH_FOLDER(test_read_only),
		WITH_FOLDER(test_one_process_only),
	};

	return cmocka_run_group_tests(tests, queue_folder_use_shim, NULL);
}
