/* What limits a light: MaxOnSec=, whoever keeps it on, over a kill and a reload; and sensors that are not there, WhenUnknown=.
 * On real lines, on virtual time. */
#include <stdio.h>
#include <string.h>

#include "bus-room.h"
#include "files.h"
#include "tap-main.h"
#include "util/clock.h"

#define LIGHT ROOMD_PATH "/light_controller/hall"
#define HALL "[MotionSensor hall]\nLine=PIR_HALL\n"
#define NOWHERE "[MotionSensor hall]\nLine=NOWHERE\n"
#define LAMP "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=10s\n"
#define SOON_NS (NSEC_PER_SEC / 1000)

static struct bus_room *it;

static int setup(void **state)
{
	bus_room_setup(state);
	it = *state;
	return 0;
}

static void start(const char *config)
{
	bus_room_start(it, config);
}

static void motion(bool active)
{
	sim_chip_pull(&it->room->chip, PIR_HALL, active);
	process_wait(it->roomd, active ? "motion_detected" : "motion_cleared", "hall");
}

static const struct process_event *light(bool on)
{
	return process_wait(it->roomd, on ? "light_on" : "light_off", "hall");
}

static void set_on(bool on)
{
	assert_int_equal(client_call(&it->client, LIGHT, "LightController", "SetOn", NULL, "b", on), 0);
}

/* So long after that, and because of that. */
static void expect_cut(uint64_t on_ns, unsigned seconds)
{
	const struct process_event *event = light(false);

	assert_string_equal(event->text, "MaxOnSec= is over");
	assert_in_range(event->monotonic_ns - on_ns, seconds * NSEC_PER_SEC, seconds * NSEC_PER_SEC + SOON_NS);
	room_expect_level(it->room, LIGHT_RELAY, false);
}

static void test_max_on(void **state)
{
	uint64_t on_ns;

	(void)state;
	start(HALL LAMP "MaxOnSec=1min\n");
	motion(true);
	expect_cut(light(true)->monotonic_ns, 60);
	/* What is seen goes on: nothing. Begun anew: on. */
	process_let_pass_ms(it->roomd, 600000);
	room_expect_level(it->room, LIGHT_RELAY, false);
	motion(false);
	motion(true);
	on_ns = light(true)->monotonic_ns;
	motion(false);
	assert_string_equal(light(false)->text, "off-delay");
	/* By hand: cut, and automatic again. */
	set_on(true);
	on_ns = light(true)->monotonic_ns;
	expect_cut(on_ns, 60);
	motion(true);
	light(true);
}

/* Somebody asks while it is cut: for as long again. */
static void test_asked_again(void **state)
{
	(void)state;
	start(HALL LAMP "MaxOnSec=1min\n");
	motion(true);
	expect_cut(light(true)->monotonic_ns, 60);
	set_on(true);
	expect_cut(light(true)->monotonic_ns, 60);
}

static void test_over_lives(void **state)
{
	uint64_t on_ns;

	(void)state;
	start(HALL LAMP "MaxOnSec=1min\n");
	motion(true);
	on_ns = light(true)->monotonic_ns;
	process_let_pass_ms(it->roomd, 20000);
	process_kill(it->roomd);
	let_pass_ms(10000);
	process_start_successor(it->roomd, NULL);
	room_expect_level(it->room, LIGHT_RELAY, true);
	expect_cut(on_ns, 60);
	/* And stays off for the next one, too. */
	process_kill(it->roomd);
	process_start_successor(it->roomd, NULL);
	process_let_pass_ms(it->roomd, 50000);
	assert_int_equal(process_count(it->roomd, "light_on", NULL), 0);
	room_expect_level(it->room, LIGHT_RELAY, false);
	motion(false);
	motion(true);
	on_ns = light(true)->monotonic_ns;
	process_reload(it->roomd, HALL LAMP "MaxOnSec=2min\n");
	expect_cut(on_ns, 120);
}

/* --- sensors that are not there -------------------------------------------------------------- */

static void test_unknown_is_on(void **state)
{
	(void)state;
	start(NOWHERE LAMP "WhenUnknown=on\n");
	process_settle(it->roomd);
	room_expect_level(it->room, LIGHT_RELAY, true);
	process_let_pass_ms(it->roomd, 60000);
	room_expect_level(it->room, LIGHT_RELAY, true);
	/* A light that is made anew asks. */
	process_reload(it->roomd, NOWHERE LAMP "WhenUnknown=on\nLocation=Stairs\n");
	process_let_pass_ms(it->roomd, 60000);
	room_expect_level(it->room, LIGHT_RELAY, true);
	assert_int_equal(process_count(it->roomd, "light_off", NULL), 0);
	/* It is there: what it sees counts. */
	process_reload(it->roomd, HALL LAMP "WhenUnknown=on\nLocation=Stairs\n");
	light(false);
}

/* A button is no sensor. */
static void test_button_is_unavailable(void **state)
{
	(void)state;
	start(HALL "[Button wall]\nLine=NOWHERE\n" LAMP "WhenUnknown=on\nButtons=wall\n");
	process_wait(it->roomd, "sensor_unavailable", "wall");
	process_let_pass_ms(it->roomd, 1000);
	room_expect_level(it->room, LIGHT_RELAY, false);
}

static void test_unknown_is_off(void **state)
{
	(void)state;
	start(HALL LAMP);
	motion(true);
	light(true);
	process_reload(it->roomd, NOWHERE LAMP);
	assert_string_equal(light(false)->text, "off-delay");
}

static void test_unknown_is_as_it_was(void **state)
{
	static const char lost[] = NOWHERE LAMP "WhenUnknown=keep\n", found[] = HALL LAMP "WhenUnknown=keep\n";

	(void)state;
	start(found);
	motion(true);
	light(true);
	sim_chip_pull(&it->room->chip, PIR_HALL, false); /* of which nobody hears */
	process_reload(it->roomd, lost);
	process_let_pass_ms(it->roomd, 60000);
	room_expect_level(it->room, LIGHT_RELAY, true);
	process_reload(it->roomd, NOWHERE LAMP "WhenUnknown=keep\nLocation=Stairs\n");
	process_let_pass_ms(it->roomd, 60000);
	room_expect_level(it->room, LIGHT_RELAY, true);
	process_reload(it->roomd, found);
	light(false);
	process_reload(it->roomd, lost);
	process_let_pass_ms(it->roomd, 60000);
	room_expect_level(it->room, LIGHT_RELAY, false);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, bus_room_teardown)

static const struct CMUnitTest tests[] = {
	test(test_max_on),         test(test_asked_again),    test(test_over_lives),
	test(test_button_is_unavailable), test(test_unknown_is_on),  test(test_unknown_is_off), test(test_unknown_is_as_it_was),
};

RUN_TESTS(tests)
