/* The state's file in a folder of its own: each call that can fail does once, and the old file stays. */
#define _GNU_SOURCE
#include "daemon/state-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/state-text.h"
#include "helpers.h"
#include "util/problem.h"

/* --- calls that are watched, and fail when asked to ------------------------------------------ */

static struct {
	char calls[256];  /* their names, with spaces between */
	const char *fail; /* this one fails: "fsync 2" is the second fsync */
	int error;
	unsigned fsyncs;
	size_t at_most; /* bytes a write takes; 0: any number */
	bool watching;
} disk;

static bool fails(const char *call)
{
	char name[32];

	if (!disk.watching)
		return false;
	if (strcmp(call, "fsync") == 0)
		snprintf(name, sizeof name, "%s %u", call, ++disk.fsyncs);
	else
		snprintf(name, sizeof name, "%s", call);
	strncat(disk.calls, name, sizeof disk.calls - strlen(disk.calls) - 1);
	strncat(disk.calls, ", ", sizeof disk.calls - strlen(disk.calls) - 1);
	errno = disk.error;
	return disk.fail && strcmp(disk.fail, name) == 0;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return fails("fsync") ? -1 : __real_fsync(fd);
}

ssize_t __real_write(int fd, const void *buffer, size_t size);
ssize_t __wrap_write(int fd, const void *buffer, size_t size);
ssize_t __wrap_write(int fd, const void *buffer, size_t size)
{
	if (fails("write"))
		return -1;
	return __real_write(fd, buffer, disk.at_most && size > disk.at_most ? disk.at_most : size);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	bool failed = fails("close");
	int r = __real_close(fd);

	errno = disk.error;
	return failed ? -1 : r;
}

int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return fails("renameat") ? -1 : __real_renameat(from_fd, from, to_fd, to);
}

/* --- a folder -------------------------------------------------------------------------------- */

struct folder {
	char path[64];
	int fd;
};

static int set_up(void **state)
{
	static struct folder folder;

	memset(&disk, 0, sizeof disk);
	strcpy(folder.path, "/tmp/roomd-test-XXXXXX");
	assert_non_null(mkdtemp(folder.path));
	assert_int_equal(state_directory_open(folder.path, &folder.fd, NULL), 0);
	*state = &folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;
	char command[128];

	close(folder->fd);
	snprintf(command, sizeof command, "rm -r %s", folder->path);
	return system(command);
}

static void put(const struct folder *folder, const char *name, const char *text)
{
	int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static bool exists(const struct folder *folder, const char *name)
{
	return faccessat(folder->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void expect_text(const struct folder *folder, const char *expected)
{
	char *text = NULL;
	size_t length;

	assert_int_equal(state_file_read(folder->fd, &text, &length, NULL), 0);
	assert_int_equal(length, strlen(expected));
	assert_memory_equal(text, expected, length);
	free(text);
}

static int write_watched(const struct folder *folder, const char *text, struct problem *problem)
{
	int r;

	disk.watching = true;
	disk.calls[0] = '\0';
	disk.fsyncs = 0;
	r = state_file_write(folder->fd, text, problem);
	disk.watching = false;
	return r;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void test_on_the_disk_before_it_has_the_name(void **state)
{
	struct folder *folder = *state;
	struct stat st;

	assert_int_equal(write_watched(folder, "one\n", NULL), 0);
	assert_string_equal(disk.calls, "write, fsync 1, close, renameat, fsync 2, ");
	expect_text(folder, "one\n");
	assert_int_equal(write_watched(folder, "two", NULL), 0);
	expect_text(folder, "two");
	assert_false(exists(folder, STATE_FILE_NEW));
	assert_int_equal(fstatat(folder->fd, STATE_FILE, &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_written_in_pieces(void **state)
{
	struct folder *folder = *state;

	disk.at_most = 3;
	assert_int_equal(write_watched(folder, "a text in pieces", NULL), 0);
	expect_text(folder, "a text in pieces");
}

static void test_every_call_fails_once(void **state)
{
	static const char *const calls[] = { "write", "fsync 1", "close", "renameat" };
	struct folder *folder = *state;
	struct problem problem;

	put(folder, STATE_FILE, "old");
	for (size_t i = 0; i < ELEMENTS(calls); i++) {
		disk.fail = calls[i];
		disk.error = ENOSPC;
		disk.at_most = 2;
		if (write_watched(folder, "new one", &problem) != -ENOSPC)
			fail_msg("%s failed, and nobody noticed", calls[i]);
		assert_string_equal(problem.text, "No space left on device");
		expect_text(folder, "old");
		assert_false(exists(folder, STATE_FILE_NEW));
	}
	disk.fail = "fsync 2"; /* the new one is there, but not for certain */
	disk.error = EIO;
	assert_int_equal(write_watched(folder, "new one", &problem), -EIO);
	expect_text(folder, "new one");
	disk.fail = NULL;
	assert_int_equal(write_watched(folder, "newer", &problem), 0);
	expect_text(folder, "newer");
}

static void test_what_a_power_failure_left(void **state)
{
	struct folder *folder = *state;

	put(folder, STATE_FILE, "old");
	put(folder, STATE_FILE_NEW, "a text that is much longer than the ne");
	expect_text(folder, "old");
	assert_int_equal(write_watched(folder, "new", NULL), 0);
	expect_text(folder, "new");
}

static void test_one_process_a_folder(void **state)
{
	struct folder *folder = *state;
	struct problem problem;
	int fd = -1;

	assert_int_equal(state_directory_open(folder->path, &fd, &problem), -EBUSY);
	assert_string_equal(problem.text, "another roomd keeps its state there");
	assert_int_equal(state_directory_open("/tmp/roomd-test-none", &fd, &problem), -ENOENT);
	assert_string_equal(problem.text, "No such file or directory");
	assert_int_equal(fd, -1);
}

static void expect_unreadable(const struct folder *folder, int error, const char *words)
{
	struct problem problem = { 0 };
	char *text;
	size_t length;

	assert_int_equal(state_file_read(folder->fd, &text, &length, &problem), error);
	if (!strstr(problem.text, words))
		fail_msg("%s", problem.text);
}

static void test_what_is_no_file(void **state)
{
	struct folder *folder = *state;
	char name[STATE_DAMAGED_NAME_SIZE];

	expect_unreadable(folder, -ENOENT, "");
	assert_int_equal(mkdirat(folder->fd, STATE_FILE, 0700), 0);
	expect_unreadable(folder, -EISDIR, "is not a file");
	assert_int_equal(state_file_set_aside(folder->fd, name, NULL), 0);
	assert_int_equal(mkfifoat(folder->fd, STATE_FILE, 0600), 0);
	expect_unreadable(folder, -EISDIR, "is not a file");
	assert_int_equal(state_file_set_aside(folder->fd, name, NULL), 0);
	assert_int_equal(symlinkat("/etc/passwd", folder->fd, STATE_FILE), 0);
	expect_unreadable(folder, -ELOOP, "cannot be read: ");
	assert_int_equal(state_file_set_aside(folder->fd, name, NULL), 0);
	put(folder, STATE_FILE, "");
	expect_text(folder, "");
}

static void test_too_large_a_file(void **state)
{
	struct folder *folder = *state;
	int fd;

	put(folder, STATE_FILE, "");
	fd = openat(folder->fd, STATE_FILE, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	expect_unreadable(folder, -EFBIG, "is too long");
}

static void test_newest_few_are_kept(void **state)
{
	struct folder *folder = *state;
	char name[STATE_DAMAGED_NAME_SIZE], expected[STATE_DAMAGED_NAME_SIZE];
	struct problem problem;

	put(folder, "state.damaged-x", "not ours");
	put(folder, "state.damaged-", "not ours");
	put(folder, "state.damaged-1234567890", "not ours");
	assert_int_equal(mkdirat(folder->fd, "state.damaged-2", 0700), 0);
	put(folder, "state.damaged-2/x", "somebody's");
	for (int i = 3; i < 15; i++) {
		put(folder, STATE_FILE, "damaged");
		snprintf(expected, sizeof expected, "state.damaged-%d", i);
		assert_int_equal(state_file_set_aside(folder->fd, name, &problem), 0);
		assert_string_equal(name, expected);
		assert_false(exists(folder, STATE_FILE));
		for (int j = 3; j <= i; j++) {
			snprintf(expected, sizeof expected, "state.damaged-%d", j);
			assert_int_equal(exists(folder, expected), j > i - STATE_DAMAGED_MAX);
		}
	}
	assert_true(exists(folder, "state.damaged-x"));
	assert_true(exists(folder, "state.damaged-"));
	assert_true(exists(folder, "state.damaged-1234567890"));
	assert_true(exists(folder, "state.damaged-2/x"));
	assert_int_equal(state_file_set_aside(folder->fd, name, &problem), -ENOENT);
}

static void test_cannot_be_set_aside(void **state)
{
	struct folder *folder = *state;
	char name[STATE_DAMAGED_NAME_SIZE] = "unchanged";
	struct problem problem;

	put(folder, STATE_FILE, "damaged");
	disk.watching = true;
	disk.fail = "renameat";
	disk.error = EROFS;
	assert_int_equal(state_file_set_aside(folder->fd, name, &problem), -EROFS);
	disk.watching = false;
	assert_string_equal(problem.text, "it cannot be set aside: Read-only file system");
	assert_string_equal(name, "unchanged");
	expect_text(folder, "damaged");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_on_the_disk_before_it_has_the_name),
		TEST(test_written_in_pieces),
		TEST(test_every_call_fails_once),
		TEST(test_what_a_power_failure_left),
		TEST(test_one_process_a_folder),
		TEST(test_what_is_no_file),
		TEST(test_too_large_a_file),
		TEST(test_newest_few_are_kept),
		TEST(test_cannot_be_set_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
