/* --check-config and a start with a wrong configuration: the message, the exit status, and nothing touched.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "bad-configs.h"
#include "daemon/daemon.h"
#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "util/log.h"

#define CONFIG "/tmp/check.conf"
#define OUTPUT "/tmp/check.out"
#define MESSAGES "/tmp/check.err"
#define EX_CONFIG_STATUS 78
/* Every so many-th bad configuration is given to the program, too. */
#define STARTED 32

static void redirect_to_files(void)
{
	int output = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
	    messages = open(MESSAGES, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	dup2(output, STDOUT_FILENO);
	dup2(messages, STDERR_FILENO);
	close(output);
	close(messages);
}

static int run_roomd(const char *const *arguments)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		redirect_to_files();
		execv(getenv("ROOMD"), (char *const *)arguments);
		_exit(127);
	}
	assert_return_code(waitpid(pid, &status, 0), errno);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void write_config(const char *text)
{
	FILE *file = fopen(CONFIG, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char *const check[] = { "roomd", "--check-config", CONFIG, NULL };

/* One line of the table as it should be said: the file stands where the table has FILE. */
static void expected_message(const char *line, size_t length, char *buffer, size_t size)
{
	size_t n = (size_t)snprintf(buffer, size, "error: ");

	for (const char *end = line + length; line < end && n < size;) {
		if (strncmp(line, "FILE", 4) == 0) {
			n += (size_t)snprintf(buffer + n, size - n, "%s", CONFIG);
			line += 4;
		} else {
			n += (size_t)snprintf(buffer + n, size - n, "%c", *line++);
		}
	}
	snprintf(buffer + n, size - n, "\n");
}

/* Every message of the table is there, with this file and its line. */
static void expect_messages(const struct bad_config *bad, const char *messages)
{
	char expected[1024];

	for (const char *line = bad->messages; *line; line += strcspn(line, "\n") + 1) {
		expected_message(line, strcspn(line, "\n"), expected, sizeof expected);
		if (!strstr(messages, expected))
			fail_msg("%s: not said: %s\nbut: %s", bad->name, expected, messages);
	}
}

/* From now on, whoever opens the chip is noticed. */
static int watch_chip(const struct room_fixture *room)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", room->chip.device);
	assert_true(inotify_add_watch(fd, path, IN_OPEN) >= 0);
	return fd;
}

static void expect_untouched(int opened)
{
	char event[512];

	assert_int_equal(read(opened, event, sizeof event), -1);
	assert_int_equal(errno, EAGAIN);
	close(opened);
}

static void expect_said(const struct bad_config *bad)
{
	char messages[8192];

	file_read(messages, sizeof messages - 1, MESSAGES);
	strcat(messages, "\n");
	expect_messages(bad, messages);
	file_read(messages, sizeof messages, OUTPUT);
	assert_string_equal(messages, "");
}

/* What --check-config does, in this process: to start a program takes this kernel longer than all else of it. */
static int check_here(void)
{
	int output = dup(STDOUT_FILENO), messages = dup(STDERR_FILENO), r;

	fflush(NULL);
	redirect_to_files();
	r = daemon_check_config(CONFIG);
	log_drain();
	fflush(NULL);
	dup2(output, STDOUT_FILENO);
	dup2(messages, STDERR_FILENO);
	close(output);
	close(messages);
	return r;
}

static void test_every_bad_configuration(void **state)
{
	int opened = watch_chip(*state);

	log_open(LOG_INFO);
	for (size_t i = 0; i < bad_configs_n; i++) {
		write_config(bad_configs[i].text);
		if (check_here() != -EBADMSG)
			fail_msg("%s: is not refused", bad_configs[i].name);
		expect_said(&bad_configs[i]);
	}
	expect_untouched(opened);
}

static void test_the_program_says_so_too(void **state)
{
	int opened = watch_chip(*state);

	for (size_t i = 0; i < bad_configs_n; i += STARTED) {
		write_config(bad_configs[i].text);
		if (run_roomd(check) != EX_CONFIG_STATUS)
			fail_msg("%s: exit status is not 78", bad_configs[i].name);
		expect_said(&bad_configs[i]);
	}
	expect_untouched(opened);
}

static void test_starts_nothing_with_an_error(void **state)
{
	static const char *const run[] = { "roomd", "--config", CONFIG, NULL };
	char messages[4096];
	int opened = watch_chip(*state);

	write_config("[MotionSensor hall]\nLine=PIR_HALL\n"
	             "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=soon\n");
	assert_int_equal(run_roomd(run), EX_CONFIG_STATUS);
	file_read(messages, sizeof messages, MESSAGES);
	assert_non_null(
		strstr(messages, CONFIG ":5: [LightController hall] OffDelaySec=soon: expected a time span"));
	assert_non_null(strstr(messages, "nothing was started"));
	expect_untouched(opened);
}

/* That the chip is opened would be seen. */
static void test_a_run_touches_the_chip(void **state)
{
	struct room_fixture *room = *state;
	int opened = watch_chip(room);
	char event[512];

	process_start(&room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n");
	process_wait(&room->roomd, "motion_cleared", "hall");
	assert_true(read(opened, event, sizeof event) > 0);
	close(opened);
}

/* What it prints is a configuration, and the same one. */
static void test_prints_the_effective_configuration(void **state)
{
	char first[4096], second[4096], *body;

	(void)state;
	write_config("[MotionSensor hall]\nLine=PIR_HALL\nWarmupSec=90\n"
	             "[LightController hall]\nLine=LIGHT_RELAY\n");
	assert_int_equal(run_roomd(check), 0);
	file_read(first, sizeof first, OUTPUT);
	assert_non_null(strstr(first, "\nWarmupSec=1min 30s\n"));
	assert_non_null(strstr(first, "\nOffDelaySec=2min"));
	body = strchr(first, '\n');
	write_config(first);
	assert_int_equal(run_roomd(check), 0);
	file_read(second, sizeof second, OUTPUT);
	assert_string_equal(body, strchr(second, '\n'));
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_every_bad_configuration),
	ROOM_TEST(test_the_program_says_so_too),
	ROOM_TEST(test_starts_nothing_with_an_error),
	ROOM_TEST(test_a_run_touches_the_chip),
	ROOM_TEST(test_prints_the_effective_configuration),
};

RUN_TESTS(tests)
