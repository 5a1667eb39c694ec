/* Why something is as it is: what Why() answers for each way in which a light can have come to its state, compared with
 * what happened. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message-bus.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define MOTION ROOMD_PATH "/motion_sensor/hall"
#define LIGHT ROOMD_PATH "/light_controller/hall"
#define SENSOR "[MotionSensor hall]\nLine=PIR_HALL\n"
#define LIGHT_OF(off_delay) "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=" off_delay "\n"

struct why_room {
	struct room_fixture *room;
	struct message_bus bus;
	struct client client;
};

static struct why_room it;

static int setup(void **state)
{
	room_setup(state);
	it = (struct why_room){ .room = *state };
	message_bus_start(&it.bus);
	return 0;
}

static int teardown(void **state)
{
	if (it.client.bus)
		client_stop(&it.client);
	room_teardown(state);
	message_bus_stop(&it.bus);
	return 0;
}

static void start(const char *config)
{
	process_start(&it.room->roomd, config);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	client_start(&it.client);
}

static struct client_why ask(const char *path, const char *kind)
{
	return client_ask_why(&it.client, path, kind);
}

/* Of the light: since this event, for this reason and by this component, and what comes then, `in_usec` after the event
 * (0: at no certain time). */
static void expect(const char *state, const struct process_event *event, const char *because, const char *by,
                   const char *then)
{
	struct client_why answer = ask(LIGHT, "LightController");

	assert_string_equal(answer.state, state);
	assert_int_equal(answer.since_usec, event->monotonic_ns / 1000);
	assert_string_equal(answer.because, because);
	assert_string_equal(answer.by, by);
	assert_string_equal(answer.then, then);
}

static const struct process_event *move(bool active)
{
	sim_chip_pull(&it.room->chip, PIR_HALL, active);
	return process_wait(&it.room->roomd, active ? "motion_detected" : "motion_cleared", "hall");
}

static void test_motion(void **state)
{
	const struct process_event *event;
	struct client_why answer;
	uint64_t since_usec;

	(void)state;
	start(SENSOR LIGHT_OF("2min"));
	assert_string_equal(ask(LIGHT, "LightController").because, "start");
	assert_string_equal(ask(LIGHT, "LightController").then, "on with the next motion");
	move(true);
	event = process_wait(&it.room->roomd, "light_on", "hall");
	since_usec = event->monotonic_ns / 1000;
	expect("on", event, "motion", "MotionSensor/hall", "off when there has been no motion for 2min");
	answer = ask(MOTION, "MotionSensor");
	assert_string_equal(answer.state, "motion");
	assert_int_equal(answer.since_usec, since_usec);
	process_let_pass_ms(&it.room->roomd, 5000);
	event = move(false);
	answer = ask(LIGHT, "LightController");
	assert_int_equal(answer.since_usec, since_usec);
	assert_string_equal(answer.then, "off, unless there is motion");
	assert_int_equal(answer.at_usec, event->monotonic_ns / 1000 + 120 * USEC_PER_SEC);
	event = process_wait(&it.room->roomd, "light_off", "hall");
	expect("off", event, "off-delay", "", "on with the next motion");
}

static void call(const char *method, const char *types, bool on, uint64_t usec)
{
	assert_int_equal(client_call(&it.client, LIGHT, "LightController", method, NULL, types, on, usec), 0);
}

static void test_by_hand(void **state)
{
	const struct process_event *event;
	struct client_why answer;

	(void)state;
	start(SENSOR LIGHT_OF("2min"));
	call("SetOn", "b", true, 0);
	event = process_wait(&it.room->roomd, "light_on", "hall");
	expect("on, manual", event, "manual", "", "it stays so until somebody makes it automatic again");
	call("SetOnFor", "bt", true, 60 * USEC_PER_SEC);
	answer = ask(LIGHT, "LightController");
	assert_string_equal(answer.then, "automatic again");
	assert_in_range(answer.at_usec, clock_now_ns(CLOCK_MONOTONIC) / 1000 + 59 * USEC_PER_SEC,
	                clock_now_ns(CLOCK_MONOTONIC) / 1000 + 60 * USEC_PER_SEC);
	event = process_wait(&it.room->roomd, "light_off", "hall");
	expect("off", event, "manual time is over", "", "on with the next motion");
	move(true);
	process_wait(&it.room->roomd, "light_on", "hall");
	call("SetOn", "b", false, 0);
	process_wait(&it.room->roomd, "light_off", "hall");
	call("SetAutomatic", NULL, 0, 0);
	event = process_wait(&it.room->roomd, "light_on", "hall");
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
	event = process_wait(&it.room->roomd, "light_on", "hall");
	since_usec = event->monotonic_ns / 1000;
	process_reload(&it.room->roomd, SENSOR LIGHT_OF("3min"));
	answer = ask(LIGHT, "LightController");
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
	process_reload(&it.room->roomd, "[MotionSensor hall]\nLine=NOWHERE\n" LIGHT_OF("0"));
	event = process_wait(&it.room->roomd, "light_off", "hall");
	expect("off", event, "sensor unavailable", "MotionSensor/hall", "on with the next motion");
	answer = ask(MOTION, "MotionSensor");
	assert_string_equal(answer.state, "unavailable");
	assert_non_null(strstr(answer.because, "NOWHERE"));
}

#define WHY_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	WHY_TEST(test_motion),
	WHY_TEST(test_by_hand),
	WHY_TEST(test_made_anew),
	WHY_TEST(test_unavailable),
};

RUN_TESTS(tests)
