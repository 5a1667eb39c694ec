/* From wake-up to the relay's ioctl: epoll_wait, read, ioctl, and nothing between them but sd-event's three
 * clocks before the read, as strace sees the running service. A clock is no system call where the kernel's
 * vDSO answers it, as on a board. */
#include <string.h>

#include "message-bus.h"
#include "room-fixture.h"
#include "strace.h"
#include "tap-main.h"

#define STRACE_OUTPUT "/tmp/strace"
#define LINES_MAX 512
#define CLOCKS_MAX 3 /* sd-event's, at each wake-up */

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
	static char calls[LINES_MAX][STRACE_NAME_SIZE];
	size_t n, first = 0, clocks;
	pid_t strace;

	strace = strace_start(room->roomd.pid, STRACE_OUTPUT, NULL);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	strace_stop(strace);

	n = strace_read(STRACE_OUTPUT, calls, LINES_MAX);
	while (first < n && strcmp(calls[first], "set") != 0)
		first++;
	assert_in_range(first, 2 + CLOCKS_MAX, n - 2);
	assert_string_equal(calls[first - 1], "read-edges");
	assert_string_equal(calls[first], "set"); /* the relay */
	for (clocks = 0; strcmp(calls[first - 2 - clocks], "clock_gettime") == 0;)
		clocks++;
	assert_string_equal(calls[first - 2 - clocks], "epoll_wait");
	assert_true(clocks <= CLOCKS_MAX);
	assert_string_equal(calls[first + 1], "set"); /* the LED */
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
