/* Schedules by the kernel's wall clock, on virtual time: to the second of the plan, over a night of a change of offset,
 * jumps of the clock, restarts; and unknown until the clock is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"
#include "util/clock.h"
#include "wall-clock.h"

#define MIN_S 60
#define HOUR_S (60 * MIN_S)
#define DAY_S (24 * HOUR_S)
/* 2026-01-10 17:50 UTC. */
#define EVENING_S UINT64_C(1768067400)
/* 2026-03-28 22:00 in Berlin; the clock goes from 2 to 3 o'clock in the night. */
#define SHORT_NIGHT_S UINT64_C(1774731600)

#define EVENING "[Schedule evening]\nFrom=18:00\nTo=19:00\n"
#define LAMP "[Switch porch]\nLine=PORCH_RELAY\nOnWhen=evening active\n"

/* Of virtual time, which a timer and what comes of it take. */
#define SOON_NS (NSEC_PER_SEC / 1000)

static void set_and_synchronize(uint64_t seconds)
{
	wall_clock_set(seconds);
	wall_clock_synchronize();
}

static const struct process_event *wait_for(struct room_fixture *room, const char *event, const char *cause)
{
	const struct process_event *seen = process_wait(&room->roomd, event, "evening");

	assert_string_equal(seen->text, cause);
	return seen;
}

static void expect_shown(const struct process_event *event, const char *realtime)
{
	assert_memory_equal(event->realtime, realtime, strlen(realtime));
}

static void start_at(struct room_fixture *room, uint64_t seconds, const char *config)
{
	set_and_synchronize(seconds);
	process_start(&room->roomd, config);
}

static void test_begins_and_ends(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	start_at(room, EVENING_S, EVENING LAMP);
	wait_for(room, "schedule_ended", "start");
	for (unsigned day = 10; day <= 12; day++) {
		char shown[64];

		process_let_pass_ms(&room->roomd, 9 * MIN_S * 1000);
		event = wait_for(room, "schedule_begun", "time");
		snprintf(shown, sizeof shown, "2026-01-%uT18:00:00.00", day);
		expect_shown(event, shown);
		assert_int_equal(process_wait(&room->roomd, "switch_on", "porch")->monotonic_ns, event->monotonic_ns);
		room_expect_level(room, PORCH_RELAY, true);
		process_let_pass_ms(&room->roomd, 59 * MIN_S * 1000);
		event = wait_for(room, "schedule_ended", "time");
		snprintf(shown, sizeof shown, "2026-01-%uT19:00:00.00", day);
		expect_shown(event, shown);
		process_wait(&room->roomd, "switch_off", "porch");
		room_expect_level(room, PORCH_RELAY, false);
		process_let_pass_ms(&room->roomd, (DAY_S - HOUR_S - 9 * MIN_S) * 1000UL);
	}
	assert_int_equal(process_count(&room->roomd, "schedule_begun", NULL), 3);
}

/* At 02:30, of which there is none, it is 03:00. */
static void test_skipped_hour(void **state)
{
	struct room_fixture *room = *state;

	start_at(room, SHORT_NIGHT_S, "[Schedule evening]\nFrom=02:30\nTo=04:00\n" LAMP);
	wait_for(room, "schedule_ended", "start");
	process_let_pass_ms(&room->roomd, (4 * HOUR_S - MIN_S) * 1000);
	assert_int_equal(process_count(&room->roomd, "schedule_begun", NULL), 0);
	expect_shown(wait_for(room, "schedule_begun", "time"), "2026-03-29T03:00:00.00");
	process_let_pass_ms(&room->roomd, 58 * MIN_S * 1000);
	expect_shown(wait_for(room, "schedule_ended", "time"), "2026-03-29T04:00:00.00");
}

static int setup_berlin(void **state)
{
	setenv("TZ", "Europe/Berlin", 1);
	return room_setup(state);
}

static int teardown_berlin(void **state)
{
	setenv("TZ", "UTC", 1);
	return room_teardown(state);
}

/* Until the kernel knows the time nobody knows what is to be. */
static void test_clock_is_not_known(void **state)
{
	struct room_fixture *room = *state;
	uint64_t synchronized_ns;

	wall_clock_set(EVENING_S + HOUR_S / 2);
	process_start(&room->roomd, EVENING LAMP "[Switch alarm]\nLine=LOCK_LED\nOnWhen=evening unavailable\n");
	assert_non_null(strstr(process_wait(&room->roomd, "sensor_unavailable", "evening")->text, "the clock is not set"));
	process_wait(&room->roomd, "switch_on", "alarm");
	process_let_pass_ms(&room->roomd, HOUR_S / 4 * 1000);
	assert_int_equal(process_count(&room->roomd, "switch_on", "porch"), 0);
	wall_clock_synchronize();
	synchronized_ns = clock_now_ns(CLOCK_MONOTONIC);
	process_wait(&room->roomd, "sensor_available", "evening");
	assert_in_range(wait_for(room, "schedule_begun", "clock set")->monotonic_ns - synchronized_ns, 0, 5 * NSEC_PER_SEC + SOON_NS);
	process_wait(&room->roomd, "switch_on", "porch");
	room_expect_level(room, LOCK_LED, false);
}

/* The hour of the last shutdown looks right. What it says is not taken, nor is what comes of it when the clock is put right. */
static void test_from_the_last_shutdown(void **state)
{
	struct room_fixture *room = *state;

	wall_clock_set(EVENING_S);
	process_start(&room->roomd, EVENING LAMP);
	process_wait(&room->roomd, "sensor_unavailable", "evening");
	process_let_pass_ms(&room->roomd, 30 * MIN_S * 1000);
	set_and_synchronize(EVENING_S + 12 * HOUR_S);
	wait_for(room, "schedule_ended", "clock set");
	assert_int_equal(process_count(&room->roomd, "schedule_begun", NULL), 0);
	assert_int_equal(process_count(&room->roomd, "switch_on", NULL), 0);
}

/* Followed at once; nothing is done of what is jumped over. */
static void test_jumps(void **state)
{
	struct room_fixture *room = *state;
	uint64_t jump_ns;

	start_at(room, EVENING_S, EVENING LAMP);
	wait_for(room, "schedule_ended", "start");
	wall_clock_set(EVENING_S + 3650 * DAY_S + 2 * HOUR_S);
	process_let_pass_ms(&room->roomd, 1000);
	wall_clock_set(EVENING_S);
	process_let_pass_ms(&room->roomd, 1000);
	assert_int_equal(process_count(&room->roomd, "schedule_begun", NULL), 0);
	wall_clock_set(EVENING_S + 3650 * DAY_S + HOUR_S / 2);
	jump_ns = clock_now_ns(CLOCK_MONOTONIC);
	assert_in_range(wait_for(room, "schedule_begun", "clock set")->monotonic_ns - jump_ns, 0, SOON_NS);
	process_wait(&room->roomd, "switch_on", "porch");
	wall_clock_set(EVENING_S);
	wait_for(room, "schedule_ended", "clock set");
	process_wait(&room->roomd, "switch_off", "porch");
	/* And it goes on by the new time. */
	process_let_pass_ms(&room->roomd, 9 * MIN_S * 1000);
	expect_shown(wait_for(room, "schedule_begun", "time"), "2026-01-10T18:00:00.00");
}

/* The clock goes on, and what is shown of it is another. */
static void test_time_zone(void **state)
{
	struct room_fixture *room = *state;
	uint64_t set_ns;

	wall_clock_zone(0);
	start_at(room, EVENING_S, EVENING LAMP);
	wait_for(room, "schedule_ended", "start");
	wall_clock_zone(1);
	set_ns = clock_now_ns(CLOCK_MONOTONIC);
	assert_in_range(wait_for(room, "schedule_begun", "clock set")->monotonic_ns - set_ns, 0, SOON_NS);
	process_let_pass_ms(&room->roomd, 9 * MIN_S * 1000);
	expect_shown(wait_for(room, "schedule_ended", "time"), "2026-01-10T19:00:00.00");
}

static int teardown_zone(void **state)
{
	wall_clock_zone_end();
	return room_teardown(state);
}

static struct service_manager manager;

/* It begins while nobody runs: as the plan says, once. */
static void test_restart(void **state)
{
	struct room_fixture *room = *state;
	const struct process_options options = { .manager = &manager };

	service_manager_start(&manager);
	set_and_synchronize(EVENING_S);
	process_start_with(&room->roomd, EVENING LAMP, &options);
	wait_for(room, "schedule_ended", "start");
	process_kill(&room->roomd);
	let_pass_ms(12 * MIN_S * 1000);
	process_start_successor(&room->roomd, NULL);
	expect_shown(wait_for(room, "schedule_begun", "start"), "2026-01-10T18:00:00.00");
	process_wait(&room->roomd, "switch_on", "porch");
	/* The clock is not synchronized for long: that is known once for all. */
	wall_clock_set(EVENING_S + HOUR_S / 2);
	process_let_pass_ms(&room->roomd, 1000);
	process_kill(&room->roomd);
	process_start_successor(&room->roomd, NULL);
	process_let_pass_ms(&room->roomd, 10 * MIN_S * 1000);
	assert_int_equal(process_count(&room->roomd, NULL, "evening"), 0);
	room_expect_level(room, PORCH_RELAY, true);
}

static int teardown_restart(void **state)
{
	room_teardown(state);
	service_manager_stop(&manager);
	return 0;
}

/* Another plan: what it makes of now. */
static void test_reload(void **state)
{
	struct room_fixture *room = *state;

	start_at(room, EVENING_S, EVENING LAMP);
	wait_for(room, "schedule_ended", "start");
	process_reload(&room->roomd, "[Schedule evening]\nFrom=17:00\nTo=19:00\n" LAMP);
	/* Not at five: then it was another plan. */
	expect_shown(process_wait(&room->roomd, "schedule_begun", "evening"), "2026-01-10T17:5");
	process_wait(&room->roomd, "switch_on", "porch");
	process_reload(&room->roomd, "[Schedule evening]\nFrom=sunset\nTo=sunrise\nLatitude=52.5\nLongitude=-100\n" LAMP);
	process_wait(&room->roomd, "schedule_ended", "evening");
	process_wait(&room->roomd, "switch_off", "porch");
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_begins_and_ends),
	cmocka_unit_test_setup_teardown(test_skipped_hour, setup_berlin, teardown_berlin),
	ROOM_TEST(test_clock_is_not_known),
	ROOM_TEST(test_from_the_last_shutdown),
	ROOM_TEST(test_jumps),
	cmocka_unit_test_setup_teardown(test_time_zone, room_setup, teardown_zone),
	cmocka_unit_test_setup_teardown(test_restart, room_setup, teardown_restart),
	ROOM_TEST(test_reload),
};

RUN_TESTS(tests)
