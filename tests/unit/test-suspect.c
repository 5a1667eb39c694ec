/* On/off sensors that can be believed, and that cannot: days and weeks of them. */
#include "rules/suspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "helpers.h"
#include "fixture/random.h"
#include "util/clock.h"

#define MS UINT64_C(1000000)
#define MINUTE (60 * NSEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The HC-SR501's shortest output, and how long it is blind after it. */
#define HOLD (3 * NSEC_PER_SEC)
#define BLIND (2500 * MS)

static const struct suspect_settings defaults = {
	.stuck_ns = SUSPECT_STUCK_DEFAULT_NS,
	.changes_max = SUSPECT_CHANGES_MAX_DEFAULT,
	.hours = SUSPECT_HOURS_DEFAULT,
};

/* A sensor, a clock, and somebody who asks when there is something to be said. */
struct world {
	struct suspect suspect;
	const struct suspect_settings *settings;
	uint64_t now_ns;
	unsigned stuck, stuck_no_more, changes, changes_no_more;
	uint64_t said_ns; /* when there was something last */
	unsigned asked;
};

static void begin(struct world *world, const struct suspect_settings *settings)
{
	*world = (struct world){ .settings = settings, .now_ns = 1000 * NSEC_PER_SEC };
}

static void take(struct world *world, unsigned outcome)
{
	world->stuck += !!(outcome & SUSPECT_STUCK);
	world->stuck_no_more += !!(outcome & SUSPECT_STUCK_NO_MORE);
	world->changes += !!(outcome & SUSPECT_CHANGES);
	world->changes_no_more += !!(outcome & SUSPECT_CHANGES_NO_MORE);
	if (outcome != SUSPECT_NOTHING)
		world->said_ns = world->now_ns;
}

static void pass_until(struct world *world, uint64_t until_ns)
{
	for (;;) {
		uint64_t next_ns = suspect_next_ns(&world->suspect, world->settings);

		if (next_ns > until_ns)
			break;
		assert_true(next_ns >= world->now_ns);
		world->now_ns = next_ns;
		take(world, suspect_time(&world->suspect, world->settings, next_ns));
		assert_true(suspect_next_ns(&world->suspect, world->settings) > next_ns);
		world->asked++;
	}
	world->now_ns = until_ns;
}

static void level(struct world *world, bool active)
{
	take(world, suspect_input(&world->suspect, world->settings, active, world->now_ns));
}

static void pulse(struct world *world, uint64_t active_ns, uint64_t inactive_ns)
{
	level(world, true);
	pass_until(world, world->now_ns + active_ns);
	level(world, false);
	pass_until(world, world->now_ns + inactive_ns);
}

static void pulses(struct world *world, uint64_t for_ns, uint64_t active_ns, uint64_t inactive_ns)
{
	uint64_t until_ns = world->now_ns + for_ns;

	while (world->now_ns < until_ns)
		pulse(world, active_ns, inactive_ns);
}

static void rest(struct world *world, uint64_t for_ns)
{
	pass_until(world, world->now_ns + for_ns);
}

static unsigned said(const struct world *world)
{
	return world->stuck + world->stuck_no_more + world->changes + world->changes_no_more;
}

/* Somebody is in front of it for 18 hours without a pause, and goes through the room three times a night. */
static void test_healthy_and_busy(void **state)
{
	struct world world;

	(void)state;
	begin(&world, &defaults);
	for (int day = 0; day < 30; day++) {
		pulses(&world, 18 * HOUR, HOLD, BLIND);
		for (int visit = 0; visit < 3; visit++) {
			pulses(&world, 2 * MINUTE, HOLD, BLIND);
			rest(&world, 118 * MINUTE);
		}
	}
	assert_int_equal(said(&world), 0);
}

/* Bursts of all lengths by day, few by night, at a sensor that holds its output as long as somebody moves. */
static void test_healthy_year(void **state)
{
	uint64_t seed = 1;
	struct world world;

	(void)state;
	begin(&world, &defaults);
	while (world.now_ns < 365 * DAY) {
		bool night = world.now_ns % DAY < 6 * HOUR;
		unsigned bursts = (unsigned)random_between(&seed, 1, night ? 3 : 200);

		while (bursts-- > 0)
			pulse(&world, HOLD + random_between(&seed, 0, 60) * NSEC_PER_SEC,
			      BLIND + random_between(&seed, 0, 20) * NSEC_PER_SEC);
		rest(&world, random_between(&seed, 1, 120) * MINUTE);
	}
	assert_int_equal(said(&world), 0);
}

/* By itself, every 6.4 s: said once, after a day. It goes on for a week. Then it is put right. */
static void test_runs_by_itself(void **state)
{
	struct world world;
	uint64_t from_ns;

	(void)state;
	begin(&world, &defaults);
	pulses(&world, 5 * HOUR, 10 * NSEC_PER_SEC, 50 * MINUTE);
	from_ns = world.now_ns;
	pulses(&world, 7 * DAY, HOLD, 3400 * MS);
	assert_int_equal(world.changes, 1);
	assert_true(world.said_ns > from_ns + 23 * HOUR && world.said_ns <= from_ns + 25 * HOUR);
	assert_int_equal(said(&world), 1);
	/* Once an hour it is asked whether it is over. */
	assert_true(world.asked <= 7 * 24);
	from_ns = world.now_ns;
	pulses(&world, 3 * DAY, 10 * NSEC_PER_SEC, 5 * MINUTE);
	assert_int_equal(world.changes_no_more, 1);
	assert_true(world.said_ns > from_ns + HOUR / 2 && world.said_ns <= from_ns + 2 * HOUR);
	assert_int_equal(said(&world), 2);
}

/* It runs by itself, whatever its output is set to, up to a minute. */
static void test_runs_by_itself_slowly(void **state)
{
	(void)state;
	for (uint64_t hold_s = 3; hold_s <= 56; hold_s++) {
		struct world world;

		begin(&world, &defaults);
		pulses(&world, 25 * HOUR, hold_s * NSEC_PER_SEC, 3000 * MS);
		if (world.changes != 1 || said(&world) != 1)
			fail_msg("with %ju s: %u", (uintmax_t)hold_s, said(&world));
	}
}

/* Two hours a day in which hardly anybody is there, whenever they begin. */
static void test_two_quiet_hours_are_enough(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int run = 0; run < 100; run++) {
		struct world world;

		begin(&world, &defaults);
		rest(&world, random_between(&seed, 0, 3600) * NSEC_PER_SEC);
		for (int day = 0; day < 5; day++) {
			pulses(&world, 20 * HOUR, HOLD, BLIND);
			rest(&world, random_between(&seed, 0, 60) * MINUTE);
			pulses(&world, 5 * MINUTE, HOLD, BLIND);
			rest(&world, 115 * MINUTE);
		}
		if (said(&world))
			fail_msg("run %d: said", run);
	}
}

static void test_each_hour_counts(void **state)
{
	static const struct suspect_settings settings = { .changes_max = 4, .hours = 3 };
	static const struct {
		unsigned pulses[6];
		char what; /* 'c'hanges or '-' */
	} rows[] = {
		{ { 3, 3, 3, 0, 0, 0 }, 'c' }, { { 3, 3, 2, 3, 3, 2 }, '-' }, { { 3, 3, 0, 3, 3, 0 }, '-' },
		{ { 2, 2, 2, 2, 2, 2 }, '-' }, { { 2, 3, 3, 3, 0, 0 }, 'c' }, { { 9, 9, 0, 0, 9, 9 }, '-' },
		{ { 0, 0, 9, 9, 9, 0 }, 'c' }, { { 9, 0, 9, 0, 9, 0 }, '-' },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct world world;

		begin(&world, &settings);
		for (size_t hour = 0; hour < ELEMENTS(rows[i].pulses); hour++) {
			uint64_t end_ns = (hour + 1) * HOUR + 1000 * NSEC_PER_SEC;

			for (unsigned n = rows[i].pulses[hour]; n > 0; n--)
				pulse(&world, NSEC_PER_SEC, NSEC_PER_SEC);
			pass_until(&world, end_ns);
		}
		if (world.changes != (rows[i].what == 'c'))
			fail_msg("row %zu: said %u times", i, world.changes);
	}
}

/* At the very change, and over with the hour that had fewer than half. */
static void test_within_an_hour(void **state)
{
	static const struct suspect_settings settings = { .changes_max = 100, .hours = 1 };
	struct world world;
	uint64_t from_ns;

	(void)state;
	begin(&world, &settings);
	rest(&world, 90 * MINUTE);
	from_ns = world.now_ns;
	for (int i = 0; i < 50; i++)
		pulse(&world, NSEC_PER_SEC, NSEC_PER_SEC);
	assert_int_equal(said(&world), 0);
	level(&world, true);
	assert_int_equal(world.changes, 1);
	level(&world, false);
	pass_until(&world, from_ns + HOUR);
	assert_int_equal(said(&world), 1);
	for (int i = 0; i < 25; i++)
		pulse(&world, NSEC_PER_SEC, NSEC_PER_SEC);
	pass_until(&world, from_ns + 2 * HOUR);
	assert_int_equal(said(&world), 1);
	for (int i = 0; i < 24; i++)
		pulse(&world, NSEC_PER_SEC, NSEC_PER_SEC);
	pass_until(&world, from_ns + 3 * HOUR - 1);
	assert_int_equal(said(&world), 1);
	pass_until(&world, from_ns + 3 * HOUR);
	assert_int_equal(world.changes_no_more, 1);
	assert_true(suspect_next_ns(&world.suspect, &settings) == NEVER_NS);
}

/* Nobody asks until the next edge: the hours are over all the same. */
static void test_asked_late(void **state)
{
	static const struct suspect_settings settings = { .changes_max = 4, .hours = 1 };

	(void)state;
	for (uint64_t hours = 1; hours < 5; hours++) {
		struct world world;
		uint64_t from_ns;

		begin(&world, &settings);
		from_ns = world.now_ns;
		for (int i = 0; i < 3; i++)
			pulse(&world, 1, 1);
		assert_int_equal(world.changes, 1);
		world.now_ns = from_ns + hours * HOUR;
		level(&world, true);
		assert_int_equal(world.changes_no_more, hours > 1);
	}
}

static void test_ends_of_the_limit(void **state)
{
	static const struct suspect_settings never = { .changes_max = UINT64_MAX },
					     one = { .changes_max = 1, .hours = 0 }, off = { .hours = 1 };
	struct world world;

	(void)state;
	begin(&world, &never);
	world.suspect =
		(struct suspect){ .hour_ns = world.now_ns, .changes = UINT64_MAX - 3, .hours = UINT64_MAX };
	pulse(&world, 1, 1);
	assert_int_equal(said(&world), 0);
	begin(&world, &off);
	pulses(&world, HOUR, 1 * MS, 99 * MS);
	assert_int_equal(said(&world), 0);
	begin(&world, &one);
	pulse(&world, 1, 1);
	assert_int_equal(world.changes, 1);
	pulses(&world, 3 * HOUR, MINUTE, 50 * MINUTE);
	assert_int_equal(said(&world), 1);
	rest(&world, 2 * HOUR);
	assert_int_equal(world.changes_no_more, 1);
}

static void test_same_level_is_no_change(void **state)
{
	static const struct suspect_settings settings = { .stuck_ns = 100, .changes_max = 4, .hours = 1 };
	struct world world;

	(void)state;
	begin(&world, &settings);
	for (int i = 0; i < 100; i++)
		level(&world, false);
	level(&world, true);
	rest(&world, 60);
	for (int i = 0; i < 100; i++)
		level(&world, true);
	rest(&world, 40);
	assert_int_equal(world.stuck, 1);
	assert_int_equal(said(&world), 1);
}

/* For a week: said once, to the nanosecond, and once more when it is over. Then it may happen again. */
static void test_stuck_for_a_week(void **state)
{
	struct world world;

	(void)state;
	begin(&world, &defaults);
	for (unsigned times = 1; times <= 2; times++) {
		uint64_t from_ns = world.now_ns;

		level(&world, true);
		pass_until(&world, from_ns + DAY - 1);
		assert_int_equal(world.stuck, times - 1);
		pass_until(&world, from_ns + DAY);
		assert_int_equal(world.stuck, times);
		pass_until(&world, from_ns + 7 * DAY);
		assert_int_equal(world.stuck, times);
		assert_int_equal(world.asked, times);
		level(&world, false);
		assert_int_equal(world.stuck_no_more, times);
		rest(&world, DAY);
	}
	assert_int_equal(said(&world), 4);
}

static void test_stuck_ends(void **state)
{
	static const struct suspect_settings off = { 0 }, never = { .stuck_ns = NEVER_NS - 5 };
	struct world world;

	(void)state;
	begin(&world, &off);
	level(&world, true);
	assert_true(suspect_next_ns(&world.suspect, &off) == NEVER_NS);
	assert_int_equal(suspect_time(&world.suspect, &off, NEVER_NS), SUSPECT_NOTHING);
	assert_true(suspect_next_ns(&world.suspect, &never) == NEVER_NS);
	assert_int_equal(suspect_time(&world.suspect, &never, NEVER_NS), SUSPECT_NOTHING);
	/* Over before anybody asked. */
	assert_int_equal(suspect_input(&world.suspect, &defaults, false, 30 * DAY), SUSPECT_NOTHING);
}

/* Stuck after it ran by itself: each is said, and both can be over at once. */
static void test_both(void **state)
{
	struct world world;

	(void)state;
	begin(&world, &defaults);
	pulses(&world, 25 * HOUR, HOLD, BLIND);
	level(&world, true);
	assert_int_equal(suspect_time(&world.suspect, &defaults, world.now_ns + 5 * DAY),
	                 SUSPECT_STUCK | SUSPECT_CHANGES_NO_MORE);
	begin(&world, &defaults);
	world.suspect = (struct suspect){ .active = true, .stuck = true, .too_many = true, .hour_ns = 1 };
	assert_int_equal(suspect_input(&world.suspect, &defaults, false, 5 * HOUR),
	                 SUSPECT_STUCK_NO_MORE | SUSPECT_CHANGES_NO_MORE);
}

/* The row goes on over a restart. */
static void test_kept(void **state)
{
	struct suspect suspect;
	struct world world;

	(void)state;
	begin(&world, &defaults);
	pulses(&world, 23 * HOUR, HOLD, BLIND);
	suspect = (struct suspect){ .active = world.suspect.active,
		                    .since_ns = world.suspect.since_ns,
		                    .hour_ns = world.suspect.hour_ns,
		                    .changes = world.suspect.changes,
		                    .hours = world.suspect.hours };
	suspect_restored(&suspect, &defaults, world.now_ns);
	world.suspect = suspect;
	pulses(&world, HOUR, HOLD, BLIND);
	assert_int_equal(world.changes, 1);
}

static void test_restored(void **state)
{
	static const struct suspect_settings off = { 0 };
	const struct suspect kept = {
		.active = true, .since_ns = 500, .hour_ns = 600, .stuck = true, .too_many = true
	};
	struct suspect suspect = kept;

	(void)state;
	suspect_restored(&suspect, &defaults, 1000);
	assert_memory_equal(&suspect, &kept, sizeof kept);
	/* What nobody asks for any more. */
	suspect_restored(&suspect, &off, 1000);
	assert_false(suspect.stuck || suspect.too_many);
	/* Times that are still to come, a sensor that is stuck and inactive, and one without an hour to
	 * recover in. */
	suspect = (struct suspect){ .since_ns = 1001, .hour_ns = NEVER_NS, .stuck = true };
	suspect_restored(&suspect, &defaults, 1000);
	assert_true(suspect.since_ns == 1000 && suspect.hour_ns == 1000 && !suspect.stuck);
	suspect = (struct suspect){ .too_many = true };
	suspect_restored(&suspect, &defaults, 1000);
	assert_true(suspect.hour_ns == 1000);
	assert_int_equal(suspect_time(&suspect, &defaults, 1000 + HOUR), SUSPECT_CHANGES_NO_MORE);
}

static void test_describe(void **state)
{
	static const struct suspect_settings hour = { .changes_max = 100, .hours = 1 };
	char text[SUSPECT_TEXT_SIZE];
	struct world world;

	(void)state;
	begin(&world, &defaults);
	pulses(&world, 25 * HOUR, HOLD, 3400 * MS);
	assert_string_equal(
		suspect_describe(&world.suspect, &defaults, SUSPECT_CHANGES, text),
		"it has changed more than 120 times in each of 24 hours in a row, 1126 times in the "
		"last whole one");
	assert_string_equal(suspect_describe(&world.suspect, &hour, SUSPECT_CHANGES, text),
	                    "it has changed more than 100 times within an hour");
	pulses(&world, 3 * HOUR, NSEC_PER_SEC, 4 * MINUTE - NSEC_PER_SEC);
	assert_string_equal(suspect_describe(&world.suspect, &defaults, SUSPECT_CHANGES_NO_MORE, text),
	                    "it has changed 30 times in the last hour");
	level(&world, true);
	rest(&world, 26 * HOUR + 90 * NSEC_PER_SEC + 5 * MS);
	assert_string_equal(suspect_describe(&world.suspect, &defaults, SUSPECT_STUCK, text),
	                    "it has been active for longer than 1d");
	level(&world, false);
	assert_string_equal(suspect_describe(&world.suspect, &defaults, SUSPECT_STUCK_NO_MORE, text),
	                    "it is inactive again, after 1d 2h 1min 30s");
}

/* The longest there is. */
static void test_describe_has_room(void **state)
{
	static const struct suspect_settings settings = { NEVER_NS, UINT64_MAX, UINT32_MAX };
	struct suspect suspect = { .changes_before = UINT64_MAX, .lasted_ns = NEVER_NS };
	char text[SUSPECT_TEXT_SIZE];

	(void)state;
	for (unsigned i = SUSPECT_STUCK; i <= SUSPECT_CHANGES_NO_MORE; i <<= 1)
		assert_true(strlen(suspect_describe(&suspect, &settings, i, text)) < sizeof text - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy_and_busy),
		cmocka_unit_test(test_healthy_year),
		cmocka_unit_test(test_runs_by_itself),
		cmocka_unit_test(test_runs_by_itself_slowly),
		cmocka_unit_test(test_two_quiet_hours_are_enough),
		cmocka_unit_test(test_each_hour_counts),
		cmocka_unit_test(test_within_an_hour),
		cmocka_unit_test(test_asked_late),
		cmocka_unit_test(test_ends_of_the_limit),
		cmocka_unit_test(test_same_level_is_no_change),
		cmocka_unit_test(test_stuck_for_a_week),
		cmocka_unit_test(test_stuck_ends),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_describe_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
