/* Motion and light on real lines, on virtual time: what is on when, to the millisecond. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"

#define RECORDS 64
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

static const char hall[] = "[MotionSensor hall]\n"
			   "Line=PIR_HALL\n"
			   "Location=Hall\n"
			   "[LightController hall]\n"
			   "Line=LIGHT_RELAY\n"
			   "OffDelaySec=2min\n";

/* Starts roomd and waits for the first level. */
static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	process_wait(&room->roomd, NULL, NULL);
}

/* Somebody moves, or nobody any more; returns the kernel's time of it. */
static uint64_t motion_ns(struct room_fixture *room, enum room_line line, const char *sensor, bool active)
{
	sim_chip_pull(&room->chip, line, active);
	return process_wait(&room->roomd, active ? "motion_detected" : "motion_cleared", sensor)
	        ->monotonic_ns;
}

static void test_edge_switches_relay(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];
	const struct process_event *event;
	uint64_t edge_ns;

	start(room, hall);
	trace_clear();
	sim_chip_pull(&room->chip, PIR_HALL, true);
	event = process_wait(&room->roomd, "motion_detected", "hall");
	edge_ns = event->monotonic_ns;
	assert_string_equal(event->location, "Hall");
	assert_string_equal(event->kind, "MotionSensor");
	event = process_wait(&room->roomd, "light_on", "hall");
	assert_int_equal(event->monotonic_ns, edge_ns);
	assert_string_equal(event->by, "hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 1);
	trace_expect_time(&sets[0], edge_ns);
	assert_string_equal(sets[0].task, "roomd");
}

static void test_off_after_delay(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(room, hall);
	motion_ns(room, PIR_HALL, "hall", true);
	process_let_pass_ms(&room->roomd, 7654);
	cleared_ns = motion_ns(room, PIR_HALL, "hall", false);
	trace_clear();
	process_wait(&room->roomd, "light_off", "hall");
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 0);
	trace_expect_time(&sets[0], cleared_ns + 120 * NS_PER_S);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
}

static void test_motion_restarts_delay(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(room, hall);
	trace_clear();
	motion_ns(room, PIR_HALL, "hall", true);
	motion_ns(room, PIR_HALL, "hall", false);
	process_let_pass_ms(&room->roomd, 119500);
	motion_ns(room, PIR_HALL, "hall", true);
	process_let_pass_ms(&room->roomd, 500000);
	cleared_ns = motion_ns(room, PIR_HALL, "hall", false);
	process_wait(&room->roomd, "light_off", "hall");
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, RECORDS), 2);
	assert_int_equal(sets[0].value, 1);
	assert_int_equal(sets[1].value, 0);
	trace_expect_time(&sets[1], cleared_ns + 120 * NS_PER_S);
	assert_int_equal(process_count(&room->roomd, "light_on", NULL), 1);
}

static void test_two_sensors_on_one_light(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[MotionSensor door]\nLine=PIR_DOOR\n"
	            "[LightController hall]\nLine=LIGHT_RELAY\nMotion=hall door\nOffDelaySec=30\n");
	trace_clear();
	motion_ns(room, PIR_HALL, "hall", true);
	motion_ns(room, PIR_DOOR, "door", true);
	motion_ns(room, PIR_HALL, "hall", false);
	process_let_pass_ms(&room->roomd, 3600000);
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	cleared_ns = motion_ns(room, PIR_DOOR, "door", false);
	process_wait(&room->roomd, "light_off", "hall");
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, RECORDS), 2);
	trace_expect_time(&sets[1], cleared_ns + 30 * NS_PER_S);
}

static void test_light_of_its_own_sensor_only(void **state)
{
	struct room_fixture *room = *state;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[MotionSensor door]\nLine=PIR_DOOR\n"
	            "[LightController porch]\nLine=PORCH_RELAY\nMotion=door\n"
	            "[LightController hall]\nLine=LIGHT_RELAY\nMotion=hall\n");
	motion_ns(room, PIR_DOOR, "door", true);
	process_wait(&room->roomd, "light_on", "porch");
	assert_true(sim_chip_level(&room->chip, PORCH_RELAY));
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
}

/* The relay's request itself has the right value: there is no moment in which it is off. */
static void test_active_at_start(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];

	sim_chip_pull(&room->chip, PIR_HALL, true);
	trace_clear();
	start(room, hall);
	process_wait(&room->roomd, "light_on", "hall");
	room_expect_level(room, LIGHT_RELAY, true);
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 1);
}

static void test_warmup(void **state)
{
	struct room_fixture *room = *state;
	char config[512], uptime[64];
	double boot_s, end_s;

	/* Counted from boot, so that a minute from now depends on how long ago that was. */
	file_read(uptime, sizeof uptime, "/proc/uptime");
	boot_s = strtod(uptime, NULL);
	end_s = floor(boot_s) + 60;
	snprintf(config, sizeof config, "%s[MotionSensor hall]\nWarmupSec=%.0f\n", hall, end_s);
	process_start(&room->roomd, config);
	for (int i = 0; i < 10; i++) {
		process_let_pass_ms(&room->roomd, 1700);
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
	}
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(room->roomd.events_n, 0);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));

	process_wait(&room->roomd, "motion_detected", "hall");
	/* CLOCK_BOOTTIME and CLOCK_MONOTONIC are the same in a machine that never slept. */
	assert_int_equal(room->roomd.events[0].monotonic_ns / NS_PER_MS, (uint64_t)end_s * 1000);
	process_wait(&room->roomd, "light_on", "hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
}

static void test_warmup_is_over_long_after_boot(void **state)
{
	struct room_fixture *room = *state;
	char config[512];

	let_pass_ms(61000);
	snprintf(config, sizeof config, "%s[MotionSensor hall]\nWarmupSec=60\n", hall);
	start(room, config);
	motion_ns(room, PIR_HALL, "hall", true);
	process_wait(&room->roomd, "light_on", "hall");
}

static void test_active_low(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];

	sim_chip_pull(&room->chip, PIR_HALL, true); /* nobody there */
	trace_clear();
	start(room, "[MotionSensor hall]\nLine=PIR_HALL\nActiveLow=yes\n"
	            "[LightController hall]\nLine=LIGHT_RELAY\nActiveLow=yes\nOffDelaySec=5\n");
	assert_string_equal(room->roomd.events[0].event, "motion_cleared");
	room_expect_level(room, LIGHT_RELAY, true);
	sim_chip_pull(&room->chip, PIR_HALL, false);
	process_wait(&room->roomd, "light_on", "hall");
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_off", "hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	/* Requested inactive (high), on, off: no level in between. */
	assert_int_equal(room_sets(room, LIGHT_RELAY, sets, RECORDS), 3);
	assert_int_equal(sets[0].value, 1);
	assert_int_equal(sets[1].value, 0);
	assert_int_equal(sets[2].value, 1);
}

/* --- a lamp that the sensor sees going off ------------------------------------------------------ */

#define LAMP_MS 300

static void see_lamp(struct room_fixture *room)
{
	process_let_pass_ms(&room->roomd, LAMP_MS);
	motion_ns(room, PIR_HALL, "hall", true);
	process_let_pass_ms(&room->roomd, 2000);
	motion_ns(room, PIR_HALL, "hall", false);
}

/* It is said once, with what helps. */
static void test_lamp_that_triggers_the_sensor(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=10\n");
	see_lamp(room);
	for (int i = 0; i < 49; i++) {
		process_wait(&room->roomd, "light_off", "hall");
		see_lamp(room);
		if (i == 18)
			assert_int_equal(process_count(&room->roomd, "light_loop", NULL), 0);
	}
	assert_int_equal(process_count(&room->roomd, "light_on", "hall"), 50);
	assert_int_equal(process_count(&room->roomd, "light_loop", "hall"), 1);
	room->roomd.next = 0;
	event = process_wait(&room->roomd, "light_loop", "hall");
	assert_string_equal(event->by, "hall");
	assert_non_null(strstr(event->text, "20 times in a row, motion was seen within 2s of its going off"));
	assert_non_null(strstr(event->text, "set IgnoreMotionAfterSwitchSec="));
	assert_non_null(strstr(process_messages(&room->roomd),
	                       "warning: LightController hall: switches itself on again and again: "));
}

/* By hand or by the off-delay; and somebody who comes later is seen. */
static void test_motion_after_a_switch_is_ignored(void **state)
{
	struct room_fixture *room = *state;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=10\n"
	            "IgnoreMotionAfterSwitchSec=5s\n");
	see_lamp(room);
	process_wait(&room->roomd, "light_off", "hall");
	see_lamp(room);
	process_let_pass_ms(&room->roomd, 3600 * 1000);
	assert_int_equal(process_count(&room->roomd, "light_on", "hall"), 1);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	see_lamp(room);
	assert_int_equal(process_count(&room->roomd, "light_on", "hall"), 2);
	process_wait(&room->roomd, "light_off", "hall");
	process_let_pass_ms(&room->roomd, 5000);
	motion_ns(room, PIR_HALL, "hall", true);
	assert_int_equal(process_count(&room->roomd, "light_on", "hall"), 3);
}

static void test_debounce(void **state)
{
	struct room_fixture *room = *state;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\nDebounceSec=200ms\n");
	for (int i = 0; i < 6; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, i % 2 == 0);
		process_let_pass_ms(&room->roomd, 50);
	}
	assert_int_equal(process_count(&room->roomd, "motion_detected", NULL), 0);
	motion_ns(room, PIR_HALL, "hall", true);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(process_count(&room->roomd, "motion_detected", NULL), 1);
}

/* Nothing is wired to the line, and the simulator takes the pull resistor that is asked for. */
static void test_bias(void **state)
{
	static const char *const biases[] = { "as-is", "pull-up", "pull-down", "pull-up" };
	struct room_fixture *room = *state;

	for (size_t i = 0; i < ELEMENTS(biases); i++) {
		char config[128];

		snprintf(config, sizeof config, "[MotionSensor hall]\nLine=PIR_HALL\nBias=%s\n", biases[i]);
		start(room, config);
		assert_string_equal(room->roomd.events[0].event,
		                    i % 2 ? "motion_detected" : "motion_cleared");
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

/* The chip goes, as a USB one would, and comes back under the same names. */
static void test_chip_unplugged(void **state)
{
	struct room_fixture *room = *state;
	uint64_t gone_ns, off_ns, most_ns;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=5\n");
	motion_ns(room, PIR_HALL, "hall", true);
	process_wait(&room->roomd, "light_on", "hall");
	sim_chip_unplug(&room->chip);
	gone_ns = process_wait(&room->roomd, "sensor_unavailable", "hall")->monotonic_ns;
	process_wait(&room->roomd, "output_unavailable", "hall");
	process_let_pass_ms(&room->roomd, 2000);
	sim_chip_plug(&room->chip);
	process_wait(&room->roomd, "sensor_available", "hall");
	process_wait(&room->roomd, "output_available", "hall");
	/* Motion was last known when the sensor went: the light, still to be on, goes off as if it had
	 * cleared. */
	room_expect_level(room, LIGHT_RELAY, true);
	off_ns = process_wait(&room->roomd, "light_off", "hall")->monotonic_ns;
	most_ns = kernel_is_uml() ? gone_ns + 5 * NS_PER_S + NS_PER_MS : UINT64_MAX;
	assert_in_range(off_ns, gone_ns + 5 * NS_PER_S, most_ns);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 1);
}

static const struct CMUnitTest tests[] = {
	BOARD_TEST(test_edge_switches_relay),
	ROOM_TEST(test_off_after_delay),
	ROOM_TEST(test_motion_restarts_delay),
	ROOM_TEST(test_two_sensors_on_one_light),
	ROOM_TEST(test_light_of_its_own_sensor_only),
	BOARD_TEST(test_active_at_start),
	ROOM_TEST(test_warmup),
	ROOM_TEST(test_warmup_is_over_long_after_boot),
	BOARD_TEST(test_active_low),
	ROOM_TEST(test_lamp_that_triggers_the_sensor),
	ROOM_TEST(test_motion_after_a_switch_is_ignored),
	ROOM_TEST(test_debounce),
	BOARD_TEST(test_bias),
	BOARD_TEST(test_chip_unplugged),
};

RUN_TESTS(tests)
