/* A DHT11 that answers nothing (the kernel's own driver; a reading takes 1.1 s) beside the PIR: the light
 * does not wait for it. On virtual time, where any waiting would show. The chip and the DHT11 are in the
 * device tree. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define EDGES 10
#define EDGE_EVERY_MS 230 /* so that none falls on the end of a reading */
#define EDGE_SOON_MS \
	50 /* on a board, whose time is real: all of them within the readings, however busy it is */
#define SETS_MAX 64
#define READING_MS_MIN 1000

static const char hall[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			   "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=0\n"
			   "[TemperatureSensor attic]\nDevice=dht11\nIntervalSec=10ms\n";

static void test_light_does_not_wait_for_a_slow_sensor(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[SETS_MAX];
	uint64_t edges_ns[EDGES], start_ns, unavailable_ns;
	const struct process_event *event;

	unsigned long every_ms = kernel_is_uml() ? EDGE_EVERY_MS : EDGE_SOON_MS;

	process_start(&room->roomd, hall);
	start_ns = process_wait(&room->roomd, "motion_cleared", "hall")->monotonic_ns;
	room_expect_level(room, LIGHT_RELAY, false);
	trace_clear();
	for (unsigned i = 0; i < EDGES; i++) {
		process_let_pass_ms(&room->roomd, every_ms);
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		event = process_wait(&room->roomd, i % 2 == 0 ? "motion_detected" : "motion_cleared", "hall");
		edges_ns[i] = event->monotonic_ns;
	}
	/* All of them fell while the sensor was being read: three readings in a row fill this time. */
	event = process_wait(&room->roomd, "sensor_unavailable", "attic");
	unavailable_ns = event->monotonic_ns;
	assert_non_null(strstr(event->text, "timed out"));
	assert_true((unavailable_ns - start_ns) / 1000000 > 3 * READING_MS_MIN);
	assert_true(edges_ns[EDGES - 1] < unavailable_ns);

	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, SETS_MAX), EDGES);
	for (unsigned i = 0; i < EDGES; i++)
		trace_expect_time(&sets[i], edges_ns[i]);
}

/* Nor does another thermometer of the same machine: it is read every second, to the tick of the kernel's
 * timer. */
static void test_other_sensors_do_not_wait(void **state)
{
	struct room_fixture *room = *state;
	uint64_t last_ns;

	process_start(&room->roomd, "[TemperatureSensor attic]\nDevice=dht11\nIntervalSec=10ms\n"
	                            "[TemperatureSensor hall]\nDevice=tmp117\nIntervalSec=100ms\n");
	last_ns = process_wait(&room->roomd, "temperature_update", "hall")->monotonic_ns;
	for (int i = 0; i < 25; i++) {
		uint64_t next_ns = process_wait(&room->roomd, "temperature_update", "hall")->monotonic_ns;

		assert_in_range((next_ns - last_ns) / 1000000, 80, 120);
		last_ns = next_ns;
	}
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 0);
}

/* Readings that a stopped process has missed are not made up for, and have not failed; the others stay on
 * their times. Each one fails, so the fourth says when it was made: at 0 s, once late, at 63 s, at 66 s. */
static void test_stopped_for_a_while(void **state)
{
	struct room_fixture *room = *state;
	uint64_t start_ns, unavailable_ns;

	process_start(&room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                            "[TemperatureSensor attic]\nDevice=dht11\nIntervalSec=3\n"
	                            "ErrorsUntilUnavailable=4\n");
	start_ns = process_wait(&room->roomd, "motion_cleared", "hall")->monotonic_ns;
	process_let_pass_ms(&room->roomd, 2000);
	kill(room->roomd.pid, SIGSTOP);
	process_let_pass_ms(&room->roomd, 59500);
	kill(room->roomd.pid, SIGCONT);
	unavailable_ns = process_wait(&room->roomd, "sensor_unavailable", "attic")->monotonic_ns;
	assert_in_range((unavailable_ns - start_ns) / 1000000, 66000 + READING_MS_MIN, 66000 + 2000);
}

/* A worker that is in a reading does not hold up the end: the lines are free at once. */
static void test_ends_while_reading(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, hall);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_let_pass_ms(&room->roomd, 500);
	process_stop_at_once(&room->roomd);
}

static void expect_threads(const struct room_fixture *room, unsigned n)
{
	if (!PROCESS_IS_INSTRUMENTED)
		assert_int_equal(process_count_threads(&room->roomd), n);
}

/* Nor a reload, which leaves one thread to it, however often; that one ends when the reading does. */
static void test_reload_while_reading(void **state)
{
	static const char without[] = "[MotionSensor hall]\nLine=PIR_HALL\n";
	struct room_fixture *room = *state;
	uint64_t start_ns;
	unsigned threads, fds;

	process_start(&room->roomd, without);
	process_wait(&room->roomd, "motion_cleared", "hall");
	threads = process_count_threads(&room->roomd);
	fds = process_count_fds(&room->roomd);
	process_reload(&room->roomd, hall);
	process_let_pass_ms(&room->roomd, 300);
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < 4; i++) {
		process_reload(&room->roomd, without);
		expect_threads(room, threads + 1);
		process_reload(&room->roomd, hall);
		expect_threads(room, threads + 1);
	}
	process_reload(&room->roomd, without);
	expect_threads(room, threads + 1);
	if (kernel_is_uml())
		assert_in_range((clock_now_ns(CLOCK_MONOTONIC) - start_ns) / 1000000, 0, 500);
	process_let_pass_ms(&room->roomd, 2000);
	expect_threads(room, threads);
	assert_int_equal(process_count_fds(&room->roomd), fds);
}

static const struct CMUnitTest tests[] = {
	TREE_BOARD_TEST(test_light_does_not_wait_for_a_slow_sensor),
	TREE_ROOM_TEST(test_other_sensors_do_not_wait),
	TREE_ROOM_TEST(test_stopped_for_a_while),
	TREE_BOARD_TEST(test_ends_while_reading),
	TREE_BOARD_TEST(test_reload_while_reading),
};

static int setup_drivers(void **state)
{
	(void)state;
	run_program("modprobe", "dht11", NULL);
	thermometer_make();
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, setup_drivers)
