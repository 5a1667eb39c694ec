/* The wall clock is set while a light is on for some time: people are shown the right end, and the power may
 * fail at each point. The time zone is changed. Virtual time; the wall clock is the test kernel's own, and
 * root's to set. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/state-file.h"
#include "files.h"
#include "message-bus.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"
#include "util/clock.h"
#include "wall-clock.h"

#define FOLDER "/tmp/clock-set-state"
#define CONFIG "[MotionSensor hall]\nLine=PIR_HALL\n[LightController hall]\nLine=LIGHT_RELAY\n"
#define LIGHT "/org/roomd1/light_controller/hall"

#define MIN_S 60
#define HOUR_S (60 * MIN_S)
#define DAY_S (24 * HOUR_S)
#define NOW_S UINT64_C(1767225600)          /* 2026-01-01 */
#define SINCE_1970_S (UINT64_C(10) * DAY_S) /* the kernel does not take less than it has run for */

/* The first change is written after 3 s. */
#define WRITTEN_MS 3300

static struct {
	struct room_fixture *room;
	struct process *roomd;
	struct message_bus bus;
	struct client client;
	struct service_manager manager; /* of a test that has one */
	struct process_options options;
} it;

static const struct {
	const char *name;
	uint64_t from_s, to_s; /* ten minutes after from_s */
} settings[] = {
	{ "from 1970 to now", SINCE_1970_S, NOW_S },
	{ "a day back", NOW_S, NOW_S - DAY_S },
	{ "an hour forward", NOW_S, NOW_S + HOUR_S },
};

#define SETTINGS (sizeof settings / sizeof *settings)

static int setup(void **state)
{
	setenv("STATE_DIRECTORY", FOLDER, 1);
	message_bus_start(&it.bus);
	room_setup(state);
	it.room = *state;
	it.roomd = &it.room->roomd;
	return 0;
}

static int teardown(void **state)
{
	if (it.client.bus)
		client_stop(&it.client);
	room_teardown(state);
	service_manager_stop(&it.manager);
	message_bus_stop(&it.bus);
	return 0;
}

static void start(void)
{
	process_start_with(it.roomd, CONFIG, &it.options);
	process_wait(it.roomd, "motion_cleared", "hall");
	client_start(&it.client);
}

static void lose_power(void)
{
	client_stop(&it.client);
	process_clean_up(it.roomd);
}

/* On for half an hour, of which ten minutes have passed. */
static void begin(uint64_t from_s)
{
	run_program("rm", "-rf", FOLDER, NULL);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	wall_clock_set(from_s);
	start();
	assert_int_equal(client_call(&it.client, LIGHT, "LightController", "SetOnFor", NULL, "bt", true,
	                             UINT64_C(30) * MIN_S * USEC_PER_SEC),
	                 0);
	process_let_pass_ms(it.roomd, 10 * MIN_S * 1000);
}

/* In seconds; what is shown. */
static int64_t shown_left_s(void)
{
	uint64_t until_usec;

	client_get(&it.client, LIGHT, "LightController", "ManualUntil", 't', &until_usec);
	return ((int64_t)until_usec - (int64_t)(clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC)) /
	       (int64_t)USEC_PER_SEC;
}

static void expect_shown_left(const char *name, int64_t seconds)
{
	int64_t left_s = shown_left_s();

	if (left_s < seconds - 10 || left_s > seconds + 10)
		fail_msg("%s: ManualUntil is in %" PRId64 " s and not in %" PRId64 " s", name, left_s,
		         seconds);
}

/* And no longer. */
static void expect_on_for(const char *name, unsigned long seconds)
{
	if (seconds > 0) {
		process_let_pass_ms(it.roomd, (seconds - 10) * 1000);
		if (!sim_chip_level(&it.room->chip, LIGHT_RELAY))
			fail_msg("%s: off too early", name);
	}
	process_let_pass_ms(it.roomd, 20 * 1000);
	if (sim_chip_level(&it.room->chip, LIGHT_RELAY))
		fail_msg("%s: on too long", name);
}

/* --- the points ------------------------------------------------------------------------------ */

static void test_no_power_loss(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTINGS; i++) {
		begin(settings[i].from_s);
		wall_clock_set(settings[i].to_s);
		process_let_pass_ms(it.roomd, 1);
		expect_shown_left(settings[i].name, 20 * MIN_S);
		expect_on_for(settings[i].name, 20 * MIN_S);
		lose_power();
	}
}

/* Whoever watches the bus is told, each time. */
static void test_change_is_told(void **state)
{
	static const uint64_t to_s[] = { NOW_S - DAY_S, NOW_S + HOUR_S, NOW_S };
	uint64_t until_usec;

	(void)state;
	begin(NOW_S);
	client_process(&it.client);
	for (size_t i = 0; i < sizeof to_s / sizeof *to_s; i++) {
		it.client.next = it.client.signals_n;
		wall_clock_set(to_s[i]);
		client_expect_change(&it.client, LIGHT, "ManualUntil", 't', &until_usec);
		assert_in_range(until_usec / USEC_PER_SEC, to_s[i] + 20 * MIN_S - 1,
		                to_s[i] + 20 * MIN_S + 1);
	}
}

static void test_power_loss_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTINGS; i++) {
		begin(settings[i].from_s);
		lose_power();
		start();
		expect_shown_left(settings[i].name, 20 * MIN_S);
		expect_on_for(settings[i].name, 20 * MIN_S);
		lose_power();
	}
}

/* What it has changed is not written yet, as any change in the last three seconds may be lost. By the time
 * that is kept it is over, or was never so long: then it lasts as long as was asked for at most. */
static void test_power_loss_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTINGS; i++) {
		begin(settings[i].from_s);
		wall_clock_set(settings[i].to_s);
		lose_power();
		start();
		expect_on_for(settings[i].name, settings[i].to_s < settings[i].from_s ? 30 * MIN_S : 0);
		lose_power();
	}
}

static void test_power_loss_after(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTINGS; i++) {
		begin(settings[i].from_s);
		wall_clock_set(settings[i].to_s);
		process_let_pass_ms(it.roomd, WRITTEN_MS);
		lose_power();
		start();
		expect_shown_left(settings[i].name, 20 * MIN_S);
		expect_on_for(settings[i].name, 20 * MIN_S);
		lose_power();
	}
}

/* A machine without a battery goes on with the time of the power's end, and has it put right later. */
static void test_put_right_after_power_loss(void **state)
{
	(void)state;
	begin(NOW_S);
	lose_power();
	start();
	process_let_pass_ms(it.roomd, MIN_S * 1000);
	wall_clock_set(NOW_S + 16 * MIN_S); /* it was off for five minutes */
	process_let_pass_ms(it.roomd, 1);
	expect_shown_left("after five minutes", 14 * MIN_S);
	expect_on_for("after five minutes", 14 * MIN_S);
	lose_power();

	begin(NOW_S);
	lose_power();
	start();
	wall_clock_set(NOW_S + DAY_S);
	expect_on_for("after a day", 0);
	lose_power();

	/* It begins in 1970: as long as was asked for at most, and then as it should be. */
	begin(NOW_S);
	lose_power();
	wall_clock_set(SINCE_1970_S);
	start();
	expect_shown_left("in 1970", 30 * MIN_S);
	wall_clock_set(NOW_S + 12 * MIN_S);
	process_let_pass_ms(it.roomd, 1);
	expect_shown_left("after 1970", 18 * MIN_S);
	expect_on_for("after 1970", 18 * MIN_S);
}

/* Killed, and what it knew is there: the successor finds that the clock is another. */
static void test_set_while_nobody_runs(void **state)
{
	(void)state;
	service_manager_start(&it.manager);
	it.options.manager = &it.manager;
	for (size_t i = 0; i < SETTINGS; i++) {
		begin(settings[i].from_s);
		client_stop(&it.client);
		process_kill(it.roomd);
		wall_clock_set(settings[i].to_s);
		process_start_successor(it.roomd, NULL);
		service_manager_wait_ready(&it.manager, 2);
		client_start(&it.client);
		expect_shown_left(settings[i].name, 20 * MIN_S);
		expect_on_for(settings[i].name, 20 * MIN_S);
		lose_power();
		service_manager_stop(&it.manager);
		service_manager_start(&it.manager);
	}
}

/* It is never put right. */
static void test_1970_for_ever(void **state)
{
	(void)state;
	begin(NOW_S);
	lose_power();
	wall_clock_set(SINCE_1970_S);
	start();
	expect_on_for("in 1970", 30 * MIN_S);
}

/* Nothing is on for some time, and nobody is woken up for long. */
static void test_nothing_to_follow(void **state)
{
	unsigned long switches;

	(void)state;
	run_program("rm", "-rf", FOLDER, NULL);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	wall_clock_set(NOW_S);
	start();
	process_let_pass_ms(it.roomd, 10000);
	switches = process_count_switches(it.roomd);
	process_let_pass_ms(it.roomd, 3600 * 1000);
	assert_int_equal(process_count_switches(it.roomd), switches);
	wall_clock_set(NOW_S + DAY_S);
	process_let_pass_ms(it.roomd, 1000);
	assert_in_range(process_count_switches(it.roomd), switches, switches + 2);
	assert_int_equal(process_count(it.roomd, "light_on", NULL), 0);
}

/* --- the time zone --------------------------------------------------------------------------- */

static const char *offset_of_next(void)
{
	static bool active;

	active = !active;
	sim_chip_pull(&it.room->chip, PIR_HALL, active);
	return process_wait(it.roomd, active ? "motion_detected" : "motion_cleared", "hall")->realtime +
	       strlen("2026-01-01T00:00:00.000000");
}

static void test_time_zone(void **state)
{
	(void)state;
	wall_clock_zone(2);
	process_start(it.roomd, CONFIG);
	process_wait(it.roomd, "motion_cleared", "hall");
	assert_string_equal(offset_of_next(), "+02:00");
	wall_clock_zone(5);
	assert_string_equal(offset_of_next(), "+05:00");
	wall_clock_zone_rules(5, 6); /* as when its package is upgraded */
	assert_string_equal(offset_of_next(), "+06:00");
}

static int teardown_zone(void **state)
{
	wall_clock_zone_end();
	return teardown(state);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	test(test_no_power_loss),
	test(test_change_is_told),
	test(test_power_loss_before),
	test(test_power_loss_at_once),
	test(test_power_loss_after),
	test(test_put_right_after_power_loss),
	test(test_set_while_nobody_runs),
	test(test_1970_for_ever),
	test(test_nothing_to_follow),
	cmocka_unit_test_setup_teardown(test_time_zone, setup, teardown_zone),
};

RUN_TESTS(tests)
