/* From wake-up to the relay's ioctl: epoll_wait, read, ioctl, and nothing between them, as strace sees the
 * running service: also no reading of a clock, which is no system call where the kernel's vDSO answers it,
 * but one on the test kernel, and on a board without a timer that user space may read. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "message-bus.h"
#include "room-fixture.h"
#include "tap-main.h"

#define STRACE_OUTPUT "/tmp/strace"
#define LINES_MAX 512

static pid_t strace_start(pid_t target)
{
	char pid[16], status[4096];
	pid_t strace;

	snprintf(pid, sizeof pid, "%d", (int)target);
	strace = fork();
	if (strace == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execlp("strace", "strace", "-q", "-o", STRACE_OUTPUT, "-p", pid, (char *)NULL);
		_exit(127);
	}
	do {
		let_pass_ms(10);
		file_read(status, sizeof status, "/proc/%s/status", pid);
	} while (strstr(status, "TracerPid:\t0\n") && waitpid(strace, NULL, WNOHANG) == 0);
	return strace;
}

static void strace_stop(pid_t strace)
{
	kill(strace, SIGINT);
	waitpid(strace, NULL, 0);
}

/* The names of the system calls in the order they were made. */
static size_t read_calls(char calls[][32])
{
	FILE *file = fopen(STRACE_OUTPUT, "r");
	char line[1024];
	size_t n = 0;

	assert_non_null(file);
	while (n < LINES_MAX && fgets(line, sizeof line, file)) {
		if (strstr(line, "resuming interrupted") || strncmp(line, "restart_syscall", 15) == 0)
			snprintf(line, sizeof line, "epoll_wait(");
		if (strstr(line, "GPIO_V2_LINE_SET_VALUES_IOCTL"))
			snprintf(line, sizeof line, "set(");
		sscanf(line, "%31[^( ]", calls[n++]);
	}
	fclose(file);
	return n;
}

static void start(struct room_fixture *room)
{
	process_start(&room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                            "[LightController hall]\nLine=LIGHT_RELAY\n"
	                            "[DoorLock front]\nLedLine=LOCK_LED\n");
	process_wait(&room->roomd, "motion_cleared", "hall");
	room_expect_level(room, LOCK_LED, true);
}

/* One wake-up for both lines that one edge concerns. */
static void expect_wake_up_read_set(struct room_fixture *room)
{
	static char calls[LINES_MAX][32];
	size_t n, first = 0;
	pid_t strace;

	strace = strace_start(room->roomd.pid);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	strace_stop(strace);

	n = read_calls(calls);
	while (first < n && strcmp(calls[first], "set") != 0)
		first++;
	assert_in_range(first, 2, n - 2);
	assert_string_equal(calls[first - 2], "epoll_wait");
	assert_string_equal(calls[first - 1], "read");
	assert_string_equal(calls[first], "set"); /* the relay */
	first++;
	if (strcmp(calls[first], "clock_gettime") == 0) /* when the LED's blinking began */
		first++;
	assert_string_equal(calls[first], "set"); /* the LED */
}

static void test_wake_up_read_set(void **state)
{
	start(*state);
	expect_wake_up_read_set(*state);
}

/* Somebody on D-Bus hears of everything, but later. */
static void test_with_a_listener(void **state)
{
	struct message_bus bus;
	struct client client;

	message_bus_start(&bus);
	start(*state);
	client_start(&client);
	expect_wake_up_read_set(*state);
	client_expect(&client, ROOMD_PATH "/light_controller/hall", "light_on");
	client_stop(&client);
	message_bus_stop(&bus);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_wake_up_read_set),
	ROOM_TEST(test_with_a_listener),
};

RUN_TESTS(tests)
