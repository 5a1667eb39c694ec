/* A thermometer behind a remote iiod, which hangs, goes and comes back, beside a local one: the local one
 * does not notice. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define IIOD_PORT 30431
#define CONNECT_STEPS 1000

static const char both[] = "[TemperatureSensor near]\nDevice=tmp117\nIntervalSec=1\n"
			   "[TemperatureSensor far]\nDevice=tmp117\nUri=ip:127.0.0.1\nIntervalSec=1\n"
			   "ErrorsUntilUnavailable=1\n";

static bool is_listening(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons(IIOD_PORT),
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool listening = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

	close(fd);
	return listening;
}

static pid_t iiod_start(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null,
		     STDOUT_FILENO); /* standard output is TAP; it complains there that there is no Avahi */
		dup2(null, STDERR_FILENO);
		execlp("iiod", "iiod", (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < CONNECT_STEPS; i++) {
		if (is_listening())
			return pid;
		let_pass_ms(10);
	}
	fail_msg("iiod does not listen");
	return -1;
}

static void iiod_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* How many readings the local sensor makes in so many seconds. */
static size_t near_readings_in(struct room_fixture *room, unsigned long seconds)
{
	size_t before;

	process_let_pass_ms(&room->roomd, 0);
	before = process_count(&room->roomd, "temperature_update", "near");
	process_let_pass_ms(&room->roomd, seconds * 1000);
	return process_count(&room->roomd, "temperature_update", "near") - before;
}

static void test_remote_that_hangs(void **state)
{
	struct room_fixture *room = *state;
	pid_t iiod = iiod_start();

	thermometer_set(22);
	process_start(&room->roomd, both);
	assert_true(process_wait(&room->roomd, "temperature_update", "far")->value == 22);
	kill(iiod, SIGSTOP);
	assert_in_range(near_readings_in(room, 4), 3, 5);
	process_wait(&room->roomd, "sensor_unavailable", "far");
	assert_in_range(near_readings_in(room, 4), 3, 5);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", "near"), 0);
	kill(iiod, SIGCONT);
	process_wait(&room->roomd, "sensor_available", "far");
	assert_true(process_wait(&room->roomd, "temperature_update", "far")->value == 22);
	iiod_kill(iiod);
}

static void test_remote_that_goes_and_comes_back(void **state)
{
	struct room_fixture *room = *state;
	pid_t iiod = iiod_start();

	process_start(&room->roomd, both);
	process_wait(&room->roomd, "temperature_update", "far");
	iiod_kill(iiod);
	process_wait(&room->roomd, "sensor_unavailable", "far");
	assert_in_range(near_readings_in(room, 3), 2, 4);
	iiod = iiod_start();
	process_wait(&room->roomd, "sensor_available", "far");
	process_wait(&room->roomd, "temperature_update", "far");
	iiod_kill(iiod);
}

/* A context that hangs for ever (a description of devices that is read from a pipe without a writer) is
 * noticed. */
static void test_reading_that_never_comes_back(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;
	uint64_t start_ns = clock_now_ns(CLOCK_MONOTONIC);

	unlink("/tmp/pipe");
	assert_return_code(mkfifo("/tmp/pipe", 0600), errno);
	process_start(&room->roomd, "[TemperatureSensor near]\nDevice=tmp117\nIntervalSec=1\n"
	                            "[TemperatureSensor far]\nDevice=tmp117\nUri=xml:/tmp/pipe\n");
	event = process_wait(&room->roomd, "sensor_unavailable", "far");
	assert_non_null(strstr(event->text, "has not come back for 50 s"));
	assert_in_range((event->monotonic_ns - start_ns) / 1000000, 49900, 50100);
	assert_in_range(process_count(&room->roomd, "temperature_update", "near"), 49, 52);
	process_stop_at_once(&room->roomd);
}

/* A reading that never ends does not hold up the end. */
static void test_ends_while_remote_hangs(void **state)
{
	struct room_fixture *room = *state;
	pid_t iiod = iiod_start();

	process_start(&room->roomd, both);
	process_wait(&room->roomd, "temperature_update", "far");
	kill(iiod, SIGSTOP);
	assert_in_range(near_readings_in(room, 2), 1, 3);
	process_stop_at_once(&room->roomd);
	iiod_kill(iiod);
}

static int setup(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_remote_that_hangs),
	ROOM_TEST(test_remote_that_goes_and_comes_back),
	ROOM_TEST(test_reading_that_never_comes_back),
	ROOM_TEST(test_ends_while_remote_hangs),
};

RUN_TESTS_WITH_SETUP(tests, setup)
