/* The door lock on real lines, on virtual time: one alert in the interval, a blinking LED, a button. */
#include <signal.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"

#define RECORDS 256
#define BLINK_NS UINT64_C(250000000)

static const char front[] = "[MotionSensor hall]\n"
			    "Line=PIR_HALL\n"
			    "Location=Hall\n"
			    "[DoorLock front]\n"
			    "LedLine=LOCK_LED\n"
			    "AlertIntervalSec=30\n"
			    "ButtonLine=LOCK_BUTTON\n";

static void move_ms(struct room_fixture *room, unsigned long ms)
{
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	process_let_pass_ms(&room->roomd, ms);
	sim_chip_pull(&room->chip, PIR_HALL, false);
	process_wait(&room->roomd, "motion_cleared", "hall");
}

static void press(struct room_fixture *room)
{
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 100);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, 100);
}

static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	process_wait(&room->roomd, "motion_cleared", "hall");
}

static void test_alert_blinks_until_acknowledged(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];
	const struct process_event *alert;
	uint64_t alert_ns;
	size_t n;

	start(room, front);
	room_expect_level(room, LOCK_LED, true);
	trace_clear();
	for (int i = 0; i < 5; i++)
		move_ms(room, 4000);
	assert_int_equal(process_count(&room->roomd, "lock_alert", "front"), 1);
	alert = &room->roomd.events[2];
	assert_string_equal(alert->event, "lock_alert");
	assert_string_equal(alert->location, "Hall");
	assert_string_equal(alert->by, "hall");
	alert_ns = alert->monotonic_ns;

	n = room_sets(room, LOCK_LED, sets, RECORDS);
	assert_true(n >= 80); /* 20 s */
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sets[i].value, i % 2);
		trace_expect_time(&sets[i], alert_ns + i * BLINK_NS);
	}

	press(room);
	assert_int_equal(process_count(&room->roomd, "lock_acknowledged", "front"), 1);
	room_expect_level(room, LOCK_LED, true);
	trace_clear();
	process_let_pass_ms(&room->roomd, 5000);
	assert_int_equal(room_sets(room, LOCK_LED, sets, RECORDS), 0);

	press(room);
	assert_int_equal(process_count(&room->roomd, "unlocked", "front"), 1);
	assert_false(sim_chip_level(&room->chip, LOCK_LED));
	process_let_pass_ms(&room->roomd, 60000);
	move_ms(room, 1000);
	assert_int_equal(process_count(&room->roomd, "lock_alert", "front"), 1);
}

/* A relay board must not chatter to catch up with what was slept through. */
static void test_blinking_is_not_made_up_for(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];

	start(room, front);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	kill(room->roomd.pid, SIGSTOP);
	process_let_pass_ms(&room->roomd, 3600 * 1000 + 100);
	trace_clear();
	kill(room->roomd.pid, SIGCONT);
	process_let_pass_ms(&room->roomd, 1000);
	/* Four a second, one at once, and one at the very end. */
	assert_in_range(room_sets(room, LOCK_LED, sets, RECORDS), 4, 6);
}

static void test_alerts_again_after_interval(void **state)
{
	struct room_fixture *room = *state;
	uint64_t first_ns, second_ns;

	start(room, front);
	move_ms(room, 1000);
	first_ns = room->roomd.events[2].monotonic_ns;
	process_let_pass_ms(&room->roomd, 27000);
	move_ms(room, 1000);
	assert_int_equal(process_count(&room->roomd, "lock_alert", NULL), 1);
	process_let_pass_ms(&room->roomd, 1000);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	second_ns = process_wait(&room->roomd, "lock_alert", "front")->monotonic_ns;
	assert_true(second_ns - first_ns >= UINT64_C(30000000000));
}

static void test_button_locks_and_unlocks(void **state)
{
	struct room_fixture *room = *state;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=unlocked\nButtonLine=LOCK_BUTTON\n");
	room_expect_level(room, LOCK_LED, false);
	press(room);
	assert_int_equal(process_count(&room->roomd, "locked", "front"), 1);
	assert_true(sim_chip_level(&room->chip, LOCK_LED));
	press(room);
	assert_int_equal(process_count(&room->roomd, "unlocked", "front"), 1);
	assert_false(sim_chip_level(&room->chip, LOCK_LED));
}

static void test_initial_state_last_is_locked(void **state)
{
	struct room_fixture *room = *state;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[DoorLock front]\nLedLine=LOCK_LED\nInitialState=last\n");
	room_expect_level(room, LOCK_LED, true);
}

static void test_bouncing_button(void **state)
{
	struct room_fixture *room = *state;

	start(room, front);
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 10);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, 10);
	press(room);
	assert_int_equal(process_count(&room->roomd, "unlocked", "front"), 1);
	assert_int_equal(process_count(&room->roomd, "locked", "front"), 0);
}

/* A worn contact: at both ends of a press it chatters for longer than the default ignores. */
static void chatter(struct room_fixture *room, bool to)
{
	for (int i = 0; i < 3; i++) {
		sim_chip_pull(&room->chip, LOCK_BUTTON, to);
		process_let_pass_ms(&room->roomd, 60);
		sim_chip_pull(&room->chip, LOCK_BUTTON, !to);
		process_let_pass_ms(&room->roomd, 60);
	}
	sim_chip_pull(&room->chip, LOCK_BUTTON, to);
	process_let_pass_ms(&room->roomd, 500);
}

static void test_button_that_chatters_for_longer(void **state)
{
	struct room_fixture *room = *state;

	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nButtonDebounceSec=100ms\n");
	chatter(room, true);
	assert_int_equal(process_count(&room->roomd, NULL, "front"), 1);
	assert_int_equal(process_count(&room->roomd, "unlocked", "front"), 1);
	chatter(room, false);
	assert_int_equal(process_count(&room->roomd, NULL, "front"), 1);
}

/* With nothing wired to it that would hold it high. */
static void test_button_to_ground_without_a_resistor(void **state)
{
	struct room_fixture *room = *state;

	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nButtonActiveLow=yes\n"
	            "ButtonBias=pull-up\n");
	assert_true(sim_chip_level(&room->chip, LOCK_BUTTON));
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_wait(&room->roomd, "unlocked", "front");
}

/* Something leans on the button while the service starts: the door must stay locked. */
static void test_button_held_at_start(void **state)
{
	struct room_fixture *room = *state;

	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	start(room, front);
	process_let_pass_ms(&room->roomd, 1000);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(process_count(&room->roomd, NULL, "front"), 0);
	assert_true(sim_chip_level(&room->chip, LOCK_LED));
	press(room);
	assert_int_equal(process_count(&room->roomd, "unlocked", "front"), 1);
}

static void test_active_low_led_and_button(void **state)
{
	struct room_fixture *room = *state;
	struct trace_record sets[RECORDS];

	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	trace_clear();
	start(room, "[MotionSensor hall]\nLine=PIR_HALL\n"
	            "[DoorLock "
	            "front]\nLedLine=LOCK_LED\nActiveLow=yes\nButtonLine=LOCK_BUTTON\nButtonActiveLow=yes\n");
	room_expect_level(room, LOCK_LED, false);
	assert_int_equal(room_sets(room, LOCK_LED, sets, RECORDS), 1);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_wait(&room->roomd, "unlocked", "front");
	assert_true(sim_chip_level(&room->chip, LOCK_LED));
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_alert_blinks_until_acknowledged),
	ROOM_TEST(test_blinking_is_not_made_up_for),
	ROOM_TEST(test_alerts_again_after_interval),
	ROOM_TEST(test_button_locks_and_unlocks),
	ROOM_TEST(test_initial_state_last_is_locked),
	ROOM_TEST(test_bouncing_button),
	ROOM_TEST(test_button_that_chatters_for_longer),
	ROOM_TEST(test_button_to_ground_without_a_resistor),
	ROOM_TEST(test_button_held_at_start),
	ROOM_TEST(test_active_low_led_and_button),
};

RUN_TESTS(tests)
