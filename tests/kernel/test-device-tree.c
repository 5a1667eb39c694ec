/* The room of dts-overlays/roomd-testbed.dtso, with which the kernel has booted: its lines by their names and
 * by the chip's label, its thermometer by its label. What each part does is tested beside this file, on chips
 * that the tests make; here it is that all of them work together on what a device tree has made, and that
 * nothing moves that should not. */
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"

#define RECORDS 256
#define NS_PER_S UINT64_C(1000000000)
#define BLINK_NS UINT64_C(250000000)
#define READING_NS_MIN NS_PER_S

/* Lines by their names, then by the chip's label and their offsets. */
static const char *const by_name[] = { "PIR_HALL",    "LIGHT_RELAY", "LOCK_LED",
	                               "LOCK_BUTTON", "PIR_DOOR",    "PORCH_RELAY" };
static const char *const by_label[] = { "room:0", "room:1", "room:2", "room:3", "room:4", "room:5" };

/* The whole room; every first level has been said when this returns. */
static void start(struct room_fixture *room, const char *const *lines)
{
	char config[1024];

	snprintf(config, sizeof config,
	         "[MotionSensor hall]\nLine=%s\nLocation=Hall\n"
	         "[MotionSensor door]\nLine=%s\nLocation=Front door\n"
	         "[LightController hall]\nLine=%s\nMotion=hall\nOffDelaySec=2min\n"
	         "[LightController porch]\nLine=%s\nMotion=door\nOffDelaySec=30\n"
	         "[DoorLock front]\nLedLine=%s\nButtonLine=%s\nMotion=door\n"
	         "[TemperatureSensor attic]\nDevice=attic\nIntervalSec=10\n",
	         lines[PIR_HALL], lines[PIR_DOOR], lines[LIGHT_RELAY], lines[PORCH_RELAY], lines[LOCK_LED],
	         lines[LOCK_BUTTON]);
	trace_clear();
	process_start(&room->roomd, config);
	process_wait(&room->roomd, "motion_cleared", "hall");
	process_wait(&room->roomd, "motion_cleared", "door");
	room_expect_level(room, LOCK_LED, true);
}

/* The line was set to these values since the last trace_clear(): "10" is on, then off. */
static void expect_sets(const struct room_fixture *room, enum room_line line, const char *values,
                        struct trace_record *sets)
{
	size_t n = room_sets(room, line, sets, RECORDS);

	assert_int_equal(n, strlen(values));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sets[i].value, values[i] - '0');
}

static uint64_t motion_ns(struct room_fixture *room, enum room_line line, bool active)
{
	sim_chip_pull(&room->chip, line, active);
	return process_wait(&room->roomd, active ? "motion_detected" : "motion_cleared",
	                    line == PIR_HALL ? "hall" : "door")
	        ->monotonic_ns;
}

static void press(struct room_fixture *room, const char *event)
{
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_wait(&room->roomd, event, "front");
	process_let_pass_ms(&room->roomd, 100);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, 100);
}

static void expect_motion_in_the_hall_lights_it(struct room_fixture *room)
{
	struct trace_record sets[RECORDS];
	uint64_t detected_ns, cleared_ns;

	trace_clear();
	detected_ns = motion_ns(room, PIR_HALL, true);
	process_let_pass_ms(&room->roomd, 4321);
	cleared_ns = motion_ns(room, PIR_HALL, false);
	process_wait(&room->roomd, "light_off", "hall");
	expect_sets(room, LIGHT_RELAY, "10", sets);
	trace_expect_time(&sets[0], detected_ns);
	trace_expect_time(&sets[1], cleared_ns + 120 * NS_PER_S);
	expect_sets(room, PORCH_RELAY, "", sets);
	expect_sets(room, LOCK_LED, "", sets);
}

static void expect_motion_at_the_door_alerts(struct room_fixture *room)
{
	struct trace_record sets[RECORDS];
	const struct process_event *alert;
	uint64_t detected_ns, cleared_ns;
	size_t n;

	trace_clear();
	detected_ns = motion_ns(room, PIR_DOOR, true);
	alert = process_wait(&room->roomd, "lock_alert", "front");
	assert_int_equal(alert->monotonic_ns, detected_ns);
	assert_string_equal(alert->by, "door");
	assert_string_equal(alert->location, "Front door");
	process_let_pass_ms(&room->roomd, 10000);
	cleared_ns = motion_ns(room, PIR_DOOR, false);
	n = room_sets(room, LOCK_LED, sets, RECORDS);
	assert_in_range(n, 40, 42); /* four a second */
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sets[i].value, i % 2);
		trace_expect_time(&sets[i], detected_ns + i * BLINK_NS);
	}
	press(room, "lock_acknowledged");
	room_expect_level(room, LOCK_LED, true);
	process_wait(&room->roomd, "light_off", "porch");
	expect_sets(room, PORCH_RELAY, "10", sets);
	trace_expect_time(&sets[0], detected_ns);
	trace_expect_time(&sets[1], cleared_ns + 30 * NS_PER_S);
	expect_sets(room, LIGHT_RELAY, "", sets);

	trace_clear();
	press(room, "unlocked");
	expect_sets(room, LOCK_LED, "0", sets);
	process_let_pass_ms(&room->roomd, 60000);
	motion_ns(room, PIR_DOOR, true);
	motion_ns(room, PIR_DOOR, false);
	process_wait(&room->roomd, "light_off", "porch");
	expect_sets(room, LOCK_LED, "0", sets);
	assert_int_equal(process_count(&room->roomd, "lock_alert", NULL), 1);
}

static void test_room_by_names(void **state)
{
	start(*state, by_name);
	expect_motion_in_the_hall_lights_it(*state);
	expect_motion_at_the_door_alerts(*state);
}

static void test_room_by_label(void **state)
{
	start(*state, by_label);
	expect_motion_in_the_hall_lights_it(*state);
	expect_motion_at_the_door_alerts(*state);
}

/* Each output is requested once, with the value that is right, and nothing moves while nobody does. */
static void test_nothing_moves_by_itself(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];

	start(room, by_name);
	process_let_pass_ms(&room->roomd, 600000);
	expect_sets(room, LIGHT_RELAY, "0", sets);
	expect_sets(room, PORCH_RELAY, "0", sets);
	expect_sets(room, LOCK_LED, "1", sets);
	/* Each sensor's first level, and that the thermometer does not answer. */
	assert_int_equal(room->roomd.events_n, 3);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", "attic"), 1);
}

/* Nothing answers at the DHT11, so each reading takes a second and fails. The third says so, once; the light
 * is switched at the edge meanwhile. */
static void test_thermometer_that_does_not_answer(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];
	const struct process_event *event;
	uint64_t start_ns, detected_ns, unavailable_ns;

	start(room, by_name);
	start_ns = room->roomd.events[0].monotonic_ns;
	process_let_pass_ms(&room->roomd, 20300); /* into the third reading */
	trace_clear();
	detected_ns = motion_ns(room, PIR_HALL, true);
	expect_sets(room, LIGHT_RELAY, "1", sets);
	trace_expect_time(&sets[0], detected_ns);
	event = process_wait(&room->roomd, "sensor_unavailable", NULL);
	unavailable_ns = event->monotonic_ns;
	assert_string_equal(event->source, "attic");
	assert_non_null(strstr(event->text, "device attic (iio:device"));
	assert_non_null(strstr(event->text, "reading failed: Connection timed out"));
	assert_in_range(unavailable_ns - start_ns, 20 * NS_PER_S + READING_NS_MIN, 22 * NS_PER_S);
	assert_true(detected_ns < unavailable_ns);
	process_let_pass_ms(&room->roomd, 60000);
	assert_int_equal(process_count(&room->roomd, NULL, "attic"), 1);
	expect_sets(room, LIGHT_RELAY, "1", sets);
}

/* Pins that a board keeps for itself: the tree says so of line 14. */
static void test_line_that_the_board_keeps(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	process_start(&room->roomd, "[MotionSensor hall]\nLine=room:14\n"
	                            "[LightController hall]\nLine=LIGHT_RELAY\n");
	event = process_wait(&room->roomd, "sensor_unavailable", "hall");
	assert_non_null(strstr(event->text, "label room) cannot be requested: "
	                                    "the chip or its board uses this pin for something else"));
}

static const struct CMUnitTest tests[] = {
	TREE_ROOM_TEST(test_room_by_names),
	TREE_ROOM_TEST(test_room_by_label),
	TREE_ROOM_TEST(test_nothing_moves_by_itself),
	TREE_ROOM_TEST(test_thermometer_that_does_not_answer),
	TREE_ROOM_TEST(test_line_that_the_board_keeps),
};

static int load_driver(void **state)
{
	(void)state;
	run_program("modprobe", "dht11", NULL);
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, load_driver)
