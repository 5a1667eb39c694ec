/* A button at the wall, and a light that it switches by hand: on virtual time. */
#include <string.h>

#include "room-fixture.h"
#include "tap-main.h"

#define WALL "[Button wall]\nLine=LOCK_BUTTON\n"
#define LIGHT "[LightController hall]\nLine=LIGHT_RELAY\nButtons=wall\nOffDelaySec=10s\n"
#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"

static void press(struct room_fixture *room, unsigned long held_ms, unsigned long pause_ms)
{
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, held_ms);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, pause_ms);
}

static void expect_press(struct room_fixture *room, const char *meaning)
{
	const struct process_event *event = process_wait(&room->roomd, "button_pressed", "wall");

	assert_string_equal(event->text, meaning);
	assert_string_equal(event->kind, "Button");
}

static void start(struct room_fixture *room, const char *config)
{
	process_start(&room->roomd, config);
	process_let_pass_ms(&room->roomd, 100);
}

static void test_three_ways_to_press(void **state)
{
	struct room_fixture *room = *state;

	start(room, WALL);
	press(room, 100, 1000);
	expect_press(room, "single");
	press(room, 100, 100);
	press(room, 100, 1000);
	expect_press(room, "double");
	press(room, 2000, 1000);
	expect_press(room, "long");
	assert_int_equal(process_count(&room->roomd, "button_pressed", NULL), 3);
}

/* Nobody has pressed it: it was held, or its plug was pulled. */
static void test_held_at_the_start(void **state)
{
	struct room_fixture *room = *state;

	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	sim_chip_settle();
	start(room, WALL);
	process_let_pass_ms(&room->roomd, 5000);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	process_let_pass_ms(&room->roomd, 5000);
	assert_int_equal(process_count(&room->roomd, "button_pressed", NULL), 0);
	press(room, 100, 1000);
	expect_press(room, "single");
}

/* It was pressed before a reload, and released after it. */
static void test_over_a_reload(void **state)
{
	struct room_fixture *room = *state;

	start(room, WALL);
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 100);
	process_reload(&room->roomd, WALL "LongSec=3s\n");
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(process_count(&room->roomd, "button_pressed", NULL), 0);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
	expect_press(room, "single");
}

static void test_light_by_hand(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	start(room, HALL WALL LIGHT);
	press(room, 100, 0);
	event = process_wait(&room->roomd, "light_on", "hall");
	assert_string_equal(event->text, "button");
	assert_string_equal(event->by, "wall");
	room_expect_level(room, LIGHT_RELAY, true);
	process_let_pass_ms(&room->roomd, 3600 * 1000);
	room_expect_level(room, LIGHT_RELAY, true);
	press(room, 100, 0);
	process_wait(&room->roomd, "light_off", "hall");
	/* By hand: motion does nothing, until it is automatic again. */
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, LIGHT_RELAY, false);
	press(room, 1500, 0);
	process_wait(&room->roomd, "light_on", "hall");
	sim_chip_pull(&room->chip, PIR_HALL, false);
	process_wait(&room->roomd, "light_off", "hall");
}

/* Unset, no button is meant, though all motion sensors are. */
static void test_no_button_is_named(void **state)
{
	struct room_fixture *room = *state;

	start(room, HALL WALL "[LightController hall]\nLine=LIGHT_RELAY\n");
	press(room, 100, 1000);
	expect_press(room, "single");
	room_expect_level(room, LIGHT_RELAY, false);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_three_ways_to_press), ROOM_TEST(test_held_at_the_start), ROOM_TEST(test_over_a_reload),
	ROOM_TEST(test_light_by_hand),       ROOM_TEST(test_no_button_is_named),
};

RUN_TESTS(tests)
