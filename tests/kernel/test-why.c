/* Why something is as it is: what Why() answers for each way in which a light or a switch can have come to its state,
 * compared with what was told. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bus-room.h"
#include "files.h"
#include "tap-main.h"
#include "util/clock.h"

#define MOTION ROOMD_PATH "/motion_sensor/hall"
#define HALL "MotionSensor/hall"
#define SENSOR "[MotionSensor hall]\nLine=PIR_HALL\n"
#define BUTTON "[Button wall]\nLine=LOCK_BUTTON\nDoubleSec=0\n"
#define LIGHT_OF(off_delay) "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=" off_delay "\n"
#define FAN_OF(keys) "[Switch fan]\nLine=PORCH_RELAY\nOnWhen=hall motion\n" keys

struct thing {
	const char *path, *kind, *name, *on, *off;
};

static const struct thing light = {
	ROOMD_PATH "/light_controller/hall", "LightController", "hall", "light_on", "light_off"
};
static const struct thing fan = { ROOMD_PATH "/switch/fan", "Switch", "fan", "switch_on", "switch_off" };

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

static struct client_why ask(const char *path, const char *kind)
{
	return client_ask_why(&it->client, path, kind);
}

static const struct process_event *told(const struct thing *thing, bool on)
{
	return process_wait(it->roomd, on ? thing->on : thing->off, thing->name);
}

/* A component has led to it, and no time or person. */
static bool is_by_a_component(const struct process_event *event)
{
	return strcmp(event->text, "condition") == 0 || strcmp(event->text, "relay available again") == 0;
}

/* Who was told is the same; else a switch says more, whom its condition is owed to. */
static void expect_by(const struct thing *thing, const struct process_event *event, const char *by)
{
	const char *name = strchr(by, '/');

	if (thing != &fan || event->by[0] || is_by_a_component(event))
		assert_string_equal(name ? name + 1 : "", event->by);
}

/* It is so since it was told, for that reason and by that component. */
static void expect_why(const struct thing *thing, const struct process_event *event, const char *because,
                       const char *by)
{
	struct client_why answer = ask(thing->path, thing->kind);

	assert_string_equal(event->text, because);
	assert_string_equal(answer.because, because);
	assert_int_equal(answer.since_usec, event->monotonic_ns / 1000);
	assert_string_equal(answer.by, by);
	expect_by(thing, event, by);
}

/* The next that is told is this, and is what it answers from then on. */
static uint64_t expect_told(const struct thing *thing, bool on, const char *because, const char *by)
{
	const struct process_event *event = told(thing, on);

	expect_why(thing, event, because, by);
	assert_int_equal(strncmp(ask(thing->path, thing->kind).state, on ? "on" : "off", on ? 2 : 3), 0);
	return event->monotonic_ns / 1000;
}

/* What comes then, and when, CLOCK_MONOTONIC; 0: at no certain time. */
static void expect_then(const struct thing *thing, const char *then, uint64_t at_usec)
{
	struct client_why answer = ask(thing->path, thing->kind);

	assert_string_equal(answer.then, then);
	assert_int_equal(answer.at_usec, at_usec);
}

/* Of the light: since this event, for this reason and by this component, and what comes then. */
static void expect(const char *state, const struct process_event *event, const char *because, const char *by,
                   const char *then)
{
	expect_why(&light, event, because, by);
	assert_string_equal(ask(light.path, light.kind).state, state);
	assert_string_equal(ask(light.path, light.kind).then, then);
}

static const struct process_event *move(bool active)
{
	sim_chip_pull(&it->room->chip, PIR_HALL, active);
	return process_wait(it->roomd, active ? "motion_detected" : "motion_cleared", "hall");
}

static void test_motion(void **state)
{
	const struct process_event *event;
	struct client_why answer;
	uint64_t since_usec;

	(void)state;
	start(SENSOR LIGHT_OF("2min"));
	assert_string_equal(ask(light.path, light.kind).because, "start");
	assert_string_equal(ask(light.path, light.kind).then, "on with the next motion");
	move(true);
	event = process_wait(it->roomd, "light_on", "hall");
	since_usec = event->monotonic_ns / 1000;
	expect("on", event, "motion", "MotionSensor/hall", "off when there has been no motion for 2min");
	answer = ask(MOTION, "MotionSensor");
	assert_string_equal(answer.state, "motion");
	assert_int_equal(answer.since_usec, since_usec);
	process_let_pass_ms(it->roomd, 5000);
	event = move(false);
	answer = ask(light.path, light.kind);
	assert_int_equal(answer.since_usec, since_usec);
	assert_string_equal(answer.then, "off, unless there is motion");
	assert_int_equal(answer.at_usec, event->monotonic_ns / 1000 + 120 * USEC_PER_SEC);
	event = process_wait(it->roomd, "light_off", "hall");
	expect("off", event, "off-delay", "", "on with the next motion");
}

static void call_of(const struct thing *thing, const char *method, const char *types, bool on, uint64_t usec)
{
	assert_int_equal(client_call(&it->client, thing->path, thing->kind, method, NULL, types, on, usec), 0);
}

static void call(const char *method, const char *types, bool on, uint64_t usec)
{
	call_of(&light, method, types, on, usec);
}

static void test_by_hand(void **state)
{
	const struct process_event *event;
	struct client_why answer;

	(void)state;
	start(SENSOR LIGHT_OF("2min"));
	call("SetOn", "b", true, 0);
	event = process_wait(it->roomd, "light_on", "hall");
	expect("on, manual", event, "manual", "", "it stays so until somebody makes it automatic again");
	call("SetOnFor", "bt", true, 60 * USEC_PER_SEC);
	answer = ask(light.path, light.kind);
	assert_string_equal(answer.then, "automatic again");
	assert_in_range(answer.at_usec, clock_now_ns(CLOCK_MONOTONIC) / 1000 + 59 * USEC_PER_SEC,
	                clock_now_ns(CLOCK_MONOTONIC) / 1000 + 60 * USEC_PER_SEC);
	event = process_wait(it->roomd, "light_off", "hall");
	expect("off", event, "manual time is over", "", "on with the next motion");
	move(true);
	process_wait(it->roomd, "light_on", "hall");
	call("SetOn", "b", false, 0);
	process_wait(it->roomd, "light_off", "hall");
	call("SetAutomatic", NULL, 0, 0);
	event = process_wait(it->roomd, "light_on", "hall");
	expect("on", event, "automatic again", "", "off when there has been no motion for 2min");
}

/* A light that is made anew knows why its predecessor switched it on. */
static void test_made_anew(void **state)
{
	const struct process_event *event;
	struct client_why answer;
	uint64_t since_usec;

	(void)state;
	start(SENSOR LIGHT_OF("2min"));
	move(true);
	event = process_wait(it->roomd, "light_on", "hall");
	since_usec = event->monotonic_ns / 1000;
	process_reload(it->roomd, SENSOR LIGHT_OF("3min"));
	answer = ask(light.path, light.kind);
	assert_string_equal(answer.because, "motion");
	assert_string_equal(answer.by, "MotionSensor/hall");
	assert_int_equal(answer.since_usec, since_usec);
	assert_string_equal(answer.then, "off when there has been no motion for 3min");
}

/* A sensor that has gone says where its line was looked for; the light says that it has gone. */
static void test_unavailable(void **state)
{
	const struct process_event *event;
	struct client_why answer;

	(void)state;
	start(SENSOR LIGHT_OF("0"));
	move(true);
	process_reload(it->roomd, "[MotionSensor hall]\nLine=NOWHERE\n" LIGHT_OF("0"));
	event = process_wait(it->roomd, "light_off", "hall");
	expect("off", event, "sensor unavailable", "MotionSensor/hall", "on with the next motion");
	answer = ask(MOTION, "MotionSensor");
	assert_string_equal(answer.state, "unavailable");
	assert_non_null(strstr(answer.because, "NOWHERE"));
}

/* --- ways that both have --------------------------------------------------------------------- */

static void press(unsigned long ms)
{
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(it->roomd, ms);
	sim_chip_pull(&it->room->chip, LOCK_BUTTON, false);
}

/* A switch says whom its condition is owed to, while that decides. */
static const char *by_then(const struct thing *thing)
{
	return thing == &fan ? HALL : "";
}

static void set_by_hand(const struct thing *thing)
{
	call_of(thing, "SetOn", "b", true, 0);
	expect_told(thing, true, "manual", "");
	call_of(thing, "SetOn", "b", false, 0);
	expect_told(thing, false, "manual", "");
	call_of(thing, "SetOnFor", "bt", true, 60 * USEC_PER_SEC);
	expect_told(thing, true, "manual", "");
	expect_told(thing, false, "manual time is over", by_then(thing));
	call_of(thing, "SetOn", "b", true, 0);
	expect_told(thing, true, "manual", "");
	call_of(thing, "SetAutomatic", NULL, 0, 0);
	expect_told(thing, false, "automatic again", by_then(thing));
}

static void set_by_button(const struct thing *thing)
{
	press(100);
	expect_told(thing, true, "button", "Button/wall");
	press(100);
	expect_told(thing, false, "button", "Button/wall");
	press(100);
	expect_told(thing, true, "button", "Button/wall");
	press(2000);
	expect_told(thing, false, "automatic again", "Button/wall");
}

static void test_hands(void **state)
{
	(void)state;
	start(SENSOR BUTTON LIGHT_OF("0") "Buttons=wall\n");
	set_by_hand(&light);
	set_by_button(&light);
	process_reload(it->roomd, SENSOR BUTTON FAN_OF("Buttons=wall\n"));
	set_by_hand(&fan);
	set_by_button(&fan);
}

/* What a person has set, and the power's loss has not ended. */
static void start_by_hand(const struct thing *thing)
{
	call_of(thing, "SetOn", "b", true, 0);
	told(thing, true);
	process_let_pass_ms(it->roomd, BUS_ROOM_WRITTEN_MS);
	bus_room_end(it, BUS_ROOM_POWER_LOST);
	bus_room_start_successor(it, NULL);
	expect_told(thing, true, "start", "");
}

static void test_start(void **state)
{
	(void)state;
	start(SENSOR LIGHT_OF("0") FAN_OF(""));
	start_by_hand(&light);
	start_by_hand(&fan);
}

/* It is stopped while there is motion, which has ended before the next one starts. */
static struct process_event stop(const struct thing *thing, const char *config)
{
	struct process_event event;

	start(config);
	move(true);
	told(thing, true);
	bus_room_end(it, BUS_ROOM_STOPPED);
	event = *told(thing, false);
	assert_string_equal(event.text, "the service is stopped");
	assert_string_equal(event.by, "");
	sim_chip_pull(&it->room->chip, PIR_HALL, false);
	sim_chip_settle();
	bus_room_start_successor(it, NULL);
	return event;
}

/* The next one goes on where it was: motion has ended since. */
static void test_light_is_stopped(void **state)
{
	const struct process_event *cleared;
	struct client_why answer;

	(void)state;
	stop(&light, SENSOR LIGHT_OF("0") "StopValue=off\n");
	cleared = process_wait(it->roomd, "motion_cleared", "hall");
	answer = ask(light.path, light.kind);
	assert_string_equal(answer.because, "no motion");
	assert_string_equal(answer.by, HALL);
	assert_int_equal(answer.since_usec, cleared->monotonic_ns / 1000);
}

/* The next one knows why the one before has switched it off. */
static void test_switch_is_stopped(void **state)
{
	struct process_event event;

	(void)state;
	event = stop(&fan, SENSOR FAN_OF("StopValue=off\n"));
	expect_why(&fan, &event, "the service is stopped", HALL);
}

/* A relay that is on another board, which is pulled out and put back. */
static struct sim_chip shed;

static int setup_shed(void **state)
{
	static const char *const names[] = { "SHED_RELAY", NULL };

	setup(state);
	sim_chip_make(&shed, "shed", names);
	return 0;
}

static int teardown_shed(void **state)
{
	bus_room_teardown(state);
	sim_chip_remove(&shed);
	return 0;
}

static void put_back(const struct thing *thing, const char *config)
{
	start(config);
	move(true);
	told(thing, true);
	sim_chip_unplug(&shed);
	process_wait(it->roomd, "output_unavailable", thing->name);
	process_let_pass_ms(it->roomd, 5000);
	sim_chip_plug(&shed);
	expect_told(thing, true, "relay available again", HALL);
}

static void test_light_is_put_back(void **state)
{
	(void)state;
	put_back(&light, SENSOR "[LightController hall]\nLine=SHED_RELAY\n");
}

static void test_switch_is_put_back(void **state)
{
	(void)state;
	put_back(&fan, SENSOR "[Switch fan]\nLine=SHED_RELAY\nOnWhen=hall motion\n");
}

/* --- ways of lights -------------------------------------------------------------------------- */

static void test_no_motion(void **state)
{
	(void)state;
	start(SENSOR LIGHT_OF("0"));
	move(true);
	expect_told(&light, true, "motion", HALL);
	move(false);
	expect_told(&light, false, "no motion", HALL);
}

static void test_suspect(void **state)
{
	(void)state;
	start(SENSOR "StuckSec=1min\n" LIGHT_OF("0") "IgnoreSuspect=yes\n");
	move(true);
	expect_told(&light, true, "motion", HALL);
	expect_told(&light, false, "sensor suspect", HALL);
}

/* It gets dark while somebody is there. */
static void test_only_when(void **state)
{
	(void)state;
	start(SENSOR "[ContactSensor door]\nLine=PIR_DOOR\n" LIGHT_OF("0") "OnlyWhen=door open\n");
	move(true);
	expect_then(&light, "on with motion when OnlyWhen= holds: door open is not so", 0);
	sim_chip_pull(&it->room->chip, PIR_DOOR, true);
	expect_told(&light, true, "condition", "ContactSensor/door");
}

/* Cut, and what it takes to be on again. */
static void test_light_max_on(void **state)
{
	uint64_t on_usec;

	(void)state;
	start(SENSOR LIGHT_OF("2min") "MaxOnSec=1min\n");
	move(true);
	on_usec = expect_told(&light, true, "motion", HALL);
	expect_then(&light, "off: MaxOnSec= is over then", on_usec + 60 * USEC_PER_SEC);
	expect_told(&light, false, "MaxOnSec= is over", "");
	expect_then(&light, "on when all sensors have cleared and motion begins anew: MaxOnSec= has switched it off", 0);
}

static void test_light_of_an_absent_sensor(void **state)
{
	(void)state;
	start("[MotionSensor hall]\nLine=NOWHERE\n" LIGHT_OF("2min") "WhenUnknown=on\n");
	expect_told(&light, true, "sensor unavailable", HALL);
}

/* --- ways of switches ------------------------------------------------------------------------ */

static void test_condition(void **state)
{
	(void)state;
	start(SENSOR FAN_OF(""));
	expect_then(&fan, "on when OnWhen= holds; hall motion is not so", 0);
	move(true);
	expect_told(&fan, true, "condition", HALL);
	expect_then(&fan, "off when OnWhen= has ended; hall motion is so", 0);
	move(false);
	expect_told(&fan, false, "condition", HALL);
}

static void test_off_delay(void **state)
{
	uint64_t cleared_usec;

	(void)state;
	start(SENSOR FAN_OF("OffDelaySec=1min\n"));
	move(true);
	told(&fan, true);
	cleared_usec = move(false)->monotonic_ns / 1000;
	expect_then(&fan, "off: OffDelaySec= is not over yet", cleared_usec + 60 * USEC_PER_SEC);
	expect_told(&fan, false, "off-delay", HALL);
}

/* It is held on, and then off, against what is wanted. */
static void test_waited_for(void **state)
{
	uint64_t usec;

	(void)state;
	start(SENSOR FAN_OF("MinOnSec=1min\nMinOffSec=2min\n"));
	move(true);
	usec = told(&fan, true)->monotonic_ns / 1000;
	move(false);
	expect_then(&fan, "off: MinOnSec= holds it on until then", usec + 60 * USEC_PER_SEC);
	usec = expect_told(&fan, false, "what it waited for is over", HALL);
	move(true);
	expect_then(&fan, "on: MinOffSec= holds it off until then", usec + 120 * USEC_PER_SEC);
	expect_told(&fan, true, "what it waited for is over", HALL);
}

/* On for long enough: until when, and what follows. */
static void time_is_over(const char *config, uint64_t usec, const char *cause, const char *then)
{
	uint64_t on_usec;

	start(config);
	move(true);
	on_usec = expect_told(&fan, true, "condition", HALL);
	expect_then(&fan, "off: it has been on for long enough then", on_usec + usec);
	expect_told(&fan, false, cause, HALL);
	expect_then(&fan, then, 0);
	bus_room_end(it, BUS_ROOM_KILLED);
	bus_room_start_successor(it, NULL);
	assert_string_equal(ask(fan.path, fan.kind).because, cause);
	expect_then(&fan, then, 0);
}

static void test_max_on(void **state)
{
	(void)state;
	time_is_over(SENSOR FAN_OF("MaxOnSec=1min\n"), 60 * USEC_PER_SEC, "MaxOnSec= is over",
	             "on when what wants it on begins anew: MaxOnSec= has switched it off");
}

static void test_pulse(void **state)
{
	(void)state;
	time_is_over(SENSOR FAN_OF("PulseSec=2s\n"), 2 * USEC_PER_SEC, "PulseSec= is over",
	             "on when what wants it on begins anew: PulseSec= is over");
}

/* It yields to what begins later. */
static void test_excluded(void **state)
{
	(void)state;
	start(SENSOR FAN_OF("Excludes=heater\n") "[ContactSensor door]\nLine=PIR_DOOR\n[Switch heater]\nLine=DEHUMIDIFIER_RELAY\n"
	      "OnWhen=door open\nExcludes=fan\n");
	move(true);
	expect_told(&fan, true, "condition", HALL);
	sim_chip_pull(&it->room->chip, PIR_DOOR, true);
	expect_told(&fan, false, "Excludes=: another one is to be on", "Switch/heater");
	expect_then(&fan, "on when what wants it on begins anew: one that it excludes (Excludes=) is to be on instead", 0);
}

#define WHY_TEST(test) cmocka_unit_test_setup_teardown(test, setup, bus_room_teardown)
#define SHED_TEST(test) cmocka_unit_test_setup_teardown(test, setup_shed, teardown_shed)

static const struct CMUnitTest tests[] = {
	WHY_TEST(test_motion),
	WHY_TEST(test_by_hand),
	WHY_TEST(test_made_anew),
	WHY_TEST(test_unavailable),
	WHY_TEST(test_hands),
	WHY_TEST(test_start),
	WHY_TEST(test_light_is_stopped),
	WHY_TEST(test_switch_is_stopped),
	SHED_TEST(test_light_is_put_back),
	SHED_TEST(test_switch_is_put_back),
	WHY_TEST(test_no_motion),
	WHY_TEST(test_suspect),
	WHY_TEST(test_only_when),
	WHY_TEST(test_condition),
	WHY_TEST(test_off_delay),
	WHY_TEST(test_waited_for),
	WHY_TEST(test_max_on),
	WHY_TEST(test_pulse),
	WHY_TEST(test_light_max_on),
	WHY_TEST(test_light_of_an_absent_sensor),
	WHY_TEST(test_excluded),
};

RUN_TESTS(tests)
