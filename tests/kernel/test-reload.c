/* Another configuration while the room works: what is touched, and what is not. */
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "line-watch.h"
#include "room-fixture.h"
#include "tap-main.h"

#define RECORDS 64
#define LINES 6
#define NS_PER_S UINT64_C(1000000000)

#define SENSOR "[MotionSensor hall]\nLine=PIR_HALL\n"
#define LIGHT "[LightController hall]\nLine=LIGHT_RELAY\n"
#define LOCK "[DoorLock front]\nLedLine=LOCK_LED\nAlertIntervalSec=1\n"

struct reload_fixture {
	struct room_fixture *room;
	struct process *roomd;
	struct line_watch watch;
};

static struct reload_fixture fixture;

static struct reload_fixture *start(void **state, const char *config)
{
	fixture.room = *state;
	fixture.roomd = &fixture.room->roomd;
	process_start(fixture.roomd, config);
	process_wait(fixture.roomd, "motion_cleared", "hall");
	process_let_pass_ms(fixture.roomd, 100);
	line_watch_start(&fixture.watch, &fixture.room->chip, LINES);
	trace_clear();
	return &fixture;
}

static int teardown(void **state)
{
	line_watch_end(&fixture.watch);
	return room_teardown(state);
}

/* Nothing was requested, released, reconfigured, set. */
static void expect_untouched(struct reload_fixture *f)
{
	struct trace_record sets[RECORDS];

	line_watch_take(&f->watch);
	assert_int_equal(f->watch.requested + f->watch.released + f->watch.reconfigured, 0);
	assert_int_equal(trace_read(TRACE_SET, sets, RECORDS), 0);
}

static uint64_t motion_ns(struct reload_fixture *f, enum room_line line, const char *sensor, bool active)
{
	sim_chip_pull(&f->room->chip, line, active);
	return process_wait(f->roomd, active ? "motion_detected" : "motion_cleared", sensor)->monotonic_ns;
}

static void expect_message(struct reload_fixture *f, const char *words)
{
	if (!strstr(process_messages(f->roomd), words))
		fail_msg("\"%s\" is not in:\n%s", words, process_messages(f->roomd));
}

/* With the delay running: it counts from where it began, with its new length. */
static void test_other_off_delay(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=10min\n");
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	motion_ns(f, PIR_HALL, "hall", true);
	cleared_ns = motion_ns(f, PIR_HALL, "hall", false);
	process_let_pass_ms(f->roomd, 60000);
	trace_clear();
	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=2min\n");
	expect_untouched(f);
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	trace_expect_time(&sets[0], cleared_ns + 120 * NS_PER_S);
	assert_int_equal(process_count(f->roomd, "light_on", NULL), 1);
	assert_int_equal(process_count(f->roomd, "light_off", NULL), 1);
}

/* With motion, when no delay runs. */
static void test_other_off_delay_while_there_is_motion(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=10min\n");
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	motion_ns(f, PIR_HALL, "hall", true);
	trace_clear();
	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=5\n");
	process_let_pass_ms(f->roomd, 3600000);
	expect_untouched(f);
	cleared_ns = motion_ns(f, PIR_HALL, "hall", false);
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	trace_expect_time(&sets[0], cleared_ns + 5 * NS_PER_S);
}

/* The delay that is set now is over already: off at once, and once. */
static void test_off_delay_that_is_over(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=10min\n");
	struct trace_record sets[RECORDS];

	motion_ns(f, PIR_HALL, "hall", true);
	motion_ns(f, PIR_HALL, "hall", false);
	process_let_pass_ms(f->roomd, 60000);
	trace_clear();
	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=5\n");
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 0);
}

static void test_same_configuration(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT LOCK);

	for (int i = 0; i < 20; i++)
		process_reload(f->roomd, SENSOR LIGHT LOCK);
	expect_untouched(f);
	motion_ns(f, PIR_HALL, "hall", true);
	process_wait(f->roomd, "light_on", "hall");
	assert_int_equal(process_count(f->roomd, "motion_detected", NULL), 1);
}

static void test_error(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=1\n");
	struct trace_record sets[RECORDS];
	uint64_t cleared_ns;

	motion_ns(f, PIR_HALL, "hall", true);
	cleared_ns = motion_ns(f, PIR_HALL, "hall", false);
	trace_clear();
	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=soon\n");
	expect_message(f, "roomd.conf:5: [LightController hall] OffDelaySec=soon: expected a time span");
	expect_message(f, "1 error; the one before stays in force");
	expect_untouched(f);
	process_wait(f->roomd, "light_off", "hall");
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 1);
	trace_expect_time(&sets[0], cleared_ns + NS_PER_S);
}

/* The power has failed while it was written, an editor is at work: nobody has asked for an empty room. */
static void test_emptied_by_chance(void **state)
{
	static const char *const texts[] = { "", "\n", ("# " SENSOR), "# [Empty room]\n" };
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=5\n");

	motion_ns(f, PIR_HALL, "hall", true);
	process_wait(f->roomd, "light_on", "hall");
	process_let_pass_ms(f->roomd, 100);
	trace_clear();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		process_reload(f->roomd, texts[i]);
	expect_message(f, "roomd.conf: no component is configured any more, and the room would lose all it "
	                  "has: expected a component at least, or the section [Empty room] if that is meant");
	expect_message(f, "1 error; the one before stays in force");
	expect_untouched(f);
	/* Any change is taken as before. */
	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=1min\n");
	expect_message(f, "the configuration was read again: 2 components");
}

static void test_emptied_as_meant(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT);

	process_reload(f->roomd, "# Being painted.\n[Empty room]\n");
	expect_message(f, "the configuration was read again: 0 components");
	line_watch_take(&f->watch);
	assert_int_equal(f->watch.released, 2);
	/* There is nothing left to lose. */
	process_reload(f->roomd, "");
	process_reload(f->roomd, SENSOR LIGHT);
	process_wait(f->roomd, "motion_cleared", "hall");
}

/* The new one is started, with what the others know already; the others notice nothing. */
static void test_added(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "Motion=hall\n");
	struct trace_record sets[RECORDS];

	motion_ns(f, PIR_HALL, "hall", true);
	process_wait(f->roomd, "light_on", "hall");
	trace_clear();
	process_reload(f->roomd,
	               SENSOR LIGHT "Motion=hall\n"
	                            "[MotionSensor door]\nLine=PIR_DOOR\n"
	                            "[LightController porch]\nLine=PORCH_RELAY\nMotion=hall door\n");
	process_wait(f->roomd, "light_on", "porch");
	line_watch_take(&f->watch);
	assert_int_equal(f->watch.requested, 2);
	assert_int_equal(f->watch.released + f->watch.reconfigured, 0);
	assert_int_equal(room_sets(f->room, LIGHT_RELAY, sets, RECORDS), 0);
	assert_int_equal(room_sets(f->room, PORCH_RELAY, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 1);
	assert_int_equal(process_count(f->roomd, "motion_detected", NULL), 1);
}

/* A light that watches all sensors watches the new one too. */
static void test_added_sensor_of_all(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=5\n");

	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=5\n[MotionSensor door]\nLine=PIR_DOOR\n");
	motion_ns(f, PIR_DOOR, "door", true);
	process_wait(f->roomd, "light_on", "hall");
}

/* Its line is released; a light that it alone kept on goes off after its delay. */
static void test_removed(void **state)
{
	struct reload_fixture *f =
		start(state, SENSOR "[MotionSensor door]\nLine=PIR_DOOR\n" LIGHT "OffDelaySec=1\n" LOCK);

	motion_ns(f, PIR_DOOR, "door", true);
	process_wait(f->roomd, "light_on", "hall");
	process_reload(f->roomd, SENSOR LIGHT "OffDelaySec=1\n");
	line_watch_take(&f->watch);
	assert_int_equal(f->watch.released, 2);
	assert_int_equal(f->watch.requested + f->watch.reconfigured, 0);
	process_wait(f->roomd, "light_off", "hall");
	/* And comes back, as new. */
	process_reload(f->roomd, SENSOR "[MotionSensor door]\nLine=PIR_DOOR\n" LIGHT "OffDelaySec=1\n" LOCK);
	process_wait(f->roomd, "light_on", "hall");
}

/* A setting of a line is changed in place. */
static void test_reconfigured(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT "OffDelaySec=5\n");

	process_reload(f->roomd, SENSOR "ActiveLow=yes\n" LIGHT "OffDelaySec=5\n");
	process_wait(f->roomd, "light_on", "hall");
	line_watch_take(&f->watch);
	assert_int_equal(f->watch.reconfigured, 1);
	assert_int_equal(f->watch.requested + f->watch.released, 0);
}

/* From one line to another, and from one component to another. */
static void test_other_lines(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LIGHT);

	motion_ns(f, PIR_HALL, "hall", true);
	process_wait(f->roomd, "light_on", "hall");
	process_reload(f->roomd, SENSOR "[LightController hall]\nLine=PORCH_RELAY\n");
	room_expect_level(f->room, PORCH_RELAY, true);
	process_reload(f->roomd, SENSOR "[LightController other]\nLine=PORCH_RELAY\n");
	process_wait(f->roomd, "light_on", "other");
	room_expect_level(f->room, PORCH_RELAY, true);
}

/* An open alert stays open over any reload, and the LED keeps its rhythm. */
static void test_alert_stays(void **state)
{
	struct reload_fixture *f = start(state, SENSOR LOCK);
	struct trace_record sets[RECORDS];
	uint64_t alert_ns;
	size_t n;

	motion_ns(f, PIR_HALL, "hall", true);
	alert_ns = process_wait(f->roomd, "lock_alert", "front")->monotonic_ns;
	process_let_pass_ms(f->roomd, 1100);
	process_reload(f->roomd, SENSOR LOCK "ButtonLine=LOCK_BUTTON\n");
	trace_clear();
	process_let_pass_ms(f->roomd, 5000);
	n = room_sets(f->room, LOCK_LED, sets, RECORDS);
	assert_in_range(n, 19, 21);
	for (size_t i = 0; i < n; i++)
		assert_in_range((sets[i].monotonic_us - alert_ns / 1000) % 250000, 0, 5);
	assert_int_equal(process_count(f->roomd, "lock_alert", NULL), 1);
	sim_chip_pull(&f->room->chip, LOCK_BUTTON, true);
	process_wait(f->roomd, "lock_acknowledged", "front");
}

/* Motion every two seconds, `times`; returns how many alerts there were. */
static size_t alerts_of_motion(struct reload_fixture *f, unsigned times)
{
	size_t before = process_count(f->roomd, "lock_alert", NULL);

	for (unsigned i = 0; i < times; i++) {
		motion_ns(f, PIR_HALL, "hall", true);
		process_let_pass_ms(f->roomd, 1000);
		motion_ns(f, PIR_HALL, "hall", false);
		process_let_pass_ms(f->roomd, 1000);
	}
	return process_count(f->roomd, "lock_alert", NULL) - before;
}

/* The interval that is set now counts from the last alert, whatever it was then: shorter, and longer. */
static void test_other_alert_interval(void **state)
{
	static const char minutes[] = SENSOR "[DoorLock front]\nLedLine=LOCK_LED\nAlertIntervalSec=10min\n";
	struct reload_fixture *f = start(state, minutes);

	assert_int_equal(alerts_of_motion(f, 5), 1);
	process_reload(f->roomd, SENSOR LOCK);
	assert_int_equal(alerts_of_motion(f, 5), 5);
	process_reload(f->roomd, minutes);
	assert_int_equal(alerts_of_motion(f, 5), 0);
	process_let_pass_ms(f->roomd, 600 * 1000UL);
	assert_int_equal(alerts_of_motion(f, 1), 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, room_setup, teardown)
#define board_test(name) BOARD_TEST_WITH(name, room_setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_other_off_delay),
	test(test_other_off_delay_while_there_is_motion),
	test(test_off_delay_that_is_over),
	board_test(test_same_configuration),
	board_test(test_error),
	test(test_emptied_by_chance),
	test(test_emptied_as_meant),
	board_test(test_added),
	board_test(test_added_sensor_of_all),
	board_test(test_removed),
	board_test(test_reconfigured),
	board_test(test_other_lines),
	test(test_alert_stays),
	test(test_other_alert_interval),
};

RUN_TESTS(tests)
