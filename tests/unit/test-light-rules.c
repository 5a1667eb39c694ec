/* When a light is on: each row is a course of events with what is decided after each of them. */
#include "rules/light-rules.h"

#include "helpers.h"
#include "fixture/random.h"
#include "util/clock.h"

#define SENSORS 3
#define STEPS_MAX 12

enum step_kind {
	END,
	MOTION, /* the sensor sees motion */
	CLEAR,  /* it sees none any more */
	TIME,   /* the timer */
};

struct course {
	const char *name;
	uint64_t off_delay_ns;
	struct {
		enum step_kind kind;
		unsigned sensor;
		uint64_t at_ns;
		bool changed, on;
		uint64_t off_at_ns;
	} steps[STEPS_MAX + 1];
};

static const struct course table[] = {
	{ "on, off exactly at the last clear and the delay",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { CLEAR, 0, 1500, false, true, 1600 },
		  { TIME, 0, 1599, false, true, 1600 },
		  { TIME, 0, 1600, true, false, NEVER_NS },
		  { TIME, 0, 1700, false, false, NEVER_NS },
	  } },
	{ "on again after off",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { CLEAR, 0, 1001, false, true, 1101 },
		  { TIME, 0, 5000, true, false, NEVER_NS },
		  { MOTION, 0, 6000, true, true, NEVER_NS },
		  { CLEAR, 0, 6001, false, true, 6101 },
		  { TIME, 0, 6101, true, false, NEVER_NS },
	  } },
	{ "motion within the delay starts it anew",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { CLEAR, 0, 1010, false, true, 1110 },
		  { MOTION, 0, 1109, false, true, NEVER_NS },
		  { TIME, 0, 1110, false, true, NEVER_NS },
		  { CLEAR, 0, 1200, false, true, 1300 },
		  { TIME, 0, 1299, false, true, 1300 },
		  { TIME, 0, 1300, true, false, NEVER_NS },
	  } },
	{ "several sensors: the last one to clear counts",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { MOTION, 1, 1010, false, true, NEVER_NS },
		  { MOTION, 2, 1020, false, true, NEVER_NS },
		  { CLEAR, 1, 1030, false, true, NEVER_NS },
		  { CLEAR, 0, 1040, false, true, NEVER_NS },
		  { TIME, 0, 9000, false, true, NEVER_NS },
		  { CLEAR, 2, 9500, false, true, 9600 },
		  { TIME, 0, 9600, true, false, NEVER_NS },
	  } },
	{ "another sensor within the delay",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { CLEAR, 0, 1010, false, true, 1110 },
		  { MOTION, 1, 1050, false, true, NEVER_NS },
		  { CLEAR, 1, 1060, false, true, 1160 },
		  { TIME, 0, 1110, false, true, 1160 },
		  { TIME, 0, 1160, true, false, NEVER_NS },
	  } },
	{ "the one to clear last is heard of first",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { MOTION, 1, 1000, false, true, NEVER_NS },
		  { CLEAR, 0, 2000, false, true, NEVER_NS },
		  { CLEAR, 1, 1500, false, true, 2100 },
		  { TIME, 0, 1600, false, true, 2100 },
		  { TIME, 0, 2100, true, false, NEVER_NS },
	  } },
	{ "motion of before the clear, heard of behind it",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { CLEAR, 0, 2000, false, true, 2100 },
		  { MOTION, 1, 1900, false, true, NEVER_NS },
		  { CLEAR, 1, 1950, false, true, 2100 },
		  { TIME, 0, 2099, false, true, 2100 },
		  { TIME, 0, 2100, true, false, NEVER_NS },
	  } },
	{ "no delay",
	  0,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { MOTION, 1, 1001, false, true, NEVER_NS },
		  { CLEAR, 0, 1002, false, true, NEVER_NS },
		  { CLEAR, 1, 1003, true, false, NEVER_NS },
		  { TIME, 0, 1004, false, false, NEVER_NS },
	  } },
	{ "no delay, out of order: not before the last clear",
	  0,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { MOTION, 1, 1000, false, true, NEVER_NS },
		  { CLEAR, 0, 2000, false, true, NEVER_NS },
		  { CLEAR, 1, 1500, false, true, 2000 },
		  { TIME, 0, 2000, true, false, NEVER_NS },
	  } },
	{ "a level that is said again changes nothing",
	  100,
	  {
		  { CLEAR, 0, 500, false, false, NEVER_NS },
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { MOTION, 0, 1010, false, true, NEVER_NS },
		  { CLEAR, 0, 1020, false, true, 1120 },
		  { CLEAR, 0, 1100, false, true, 1120 },
		  { TIME, 0, 1120, true, false, NEVER_NS },
		  { CLEAR, 0, 1130, false, false, NEVER_NS },
	  } },
	{ "motion that is said twice is over when it is said once",
	  100,
	  {
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { MOTION, 0, 1010, false, true, NEVER_NS },
		  { CLEAR, 0, 1020, false, true, 1120 },
		  { TIME, 0, 1120, true, false, NEVER_NS },
	  } },
	{ "no motion of one sensor is not that of another",
	  100,
	  {
		  { CLEAR, 1, 500, false, false, NEVER_NS },
		  { MOTION, 0, 1000, true, true, NEVER_NS },
		  { CLEAR, 1, 1010, false, true, NEVER_NS },
		  { CLEAR, 0, 1020, false, true, 1120 },
		  { CLEAR, 1, 1110, false, true, 1120 },
		  { TIME, 0, 1120, true, false, NEVER_NS },
	  } },
	{ "a delay that ends after all time",
	  UINT64_MAX - 1000,
	  {
		  { MOTION, 0, 900, true, true, NEVER_NS },
		  { CLEAR, 0, 1001, false, true, NEVER_NS },
		  { TIME, 0, UINT64_MAX - 1, false, true, NEVER_NS },
		  { MOTION, 0, UINT64_MAX - 1, false, true, NEVER_NS },
	  } },
	{ "the longest delay that ends",
	  UINT64_MAX - 1001,
	  {
		  { MOTION, 0, 900, true, true, NEVER_NS },
		  { CLEAR, 0, 1000, false, true, UINT64_MAX - 1 },
		  { TIME, 0, UINT64_MAX - 2, false, true, UINT64_MAX - 1 },
		  { TIME, 0, UINT64_MAX - 1, true, false, NEVER_NS },
	  } },
	{ "the timer before anything happened", 100, { { TIME, 0, 1000, false, false, NEVER_NS } } },
};

static unsigned run(const struct course *course)
{
	struct light_rules rules;
	bool active[SENSORS] = { false };
	unsigned failures = 0;

	light_rules_init(&rules, course->off_delay_ns);
	if (rules.on || rules.off_at_ns != NEVER_NS)
		failures += row_fails("%s: not off at first", course->name);
	for (size_t i = 0; course->steps[i].kind != END; i++) {
		__typeof__(&course->steps[i]) step = &course->steps[i];
		bool changed = step->kind == TIME ? light_rules_time(&rules, step->at_ns)
		                                  : light_rules_motion(&rules, &active[step->sensor],
		                                                       step->kind == MOTION, step->at_ns);

		if (changed != step->changed || rules.on != step->on || rules.off_at_ns != step->off_at_ns)
			failures += row_fails("%s: step %zu: changed %d, on %d, off at %ju", course->name,
			                      i + 1, changed, rules.on, (uintmax_t)rules.off_at_ns);
	}
	return failures;
}

static void test_table(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++)
		failures += run(&table[i]);
	assert_int_equal(failures, 0);
}

/* Motion within 50 of a switch, whoever it was, does not switch it on. */
static void test_ignored_after_a_switch(void **state)
{
	static const struct {
		const char *name;
		uint64_t ignore_ns, switched_ns, at_ns;
		bool on;
	} rows[] = {
		{ "nothing is ignored", 0, 1000, 1000, true },
		{ "at the same time", 50, 1000, 1000, false },
		{ "at the end of it", 50, 1000, 1049, false },
		{ "after it", 50, 1000, 1050, true },
		{ "before it: somebody who was there first", 50, 1000, 999, true },
		{ "never switched", 50, 0, 10, true },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct light_rules rules;
		bool active = false, changed;

		light_rules_init(&rules, 100);
		rules.ignore_ns = rows[i].ignore_ns;
		if (rows[i].switched_ns > 0)
			light_rules_switched(&rules, rows[i].switched_ns);
		changed = light_rules_motion(&rules, &active, true, rows[i].at_ns);
		if (changed != rows[i].on || rules.on != rows[i].on || rules.active != 1)
			failures += row_fails("%s: changed %d, on %d, %u active", rows[i].name, changed,
			                      rules.on, rules.active);
	}
	assert_int_equal(failures, 0);
}

static void test_ignored_motion_ends_and_is_seen_again(void **state)
{
	struct light_rules rules;
	bool active = false, other = false;

	(void)state;
	light_rules_init(&rules, 100);
	rules.ignore_ns = 50;
	light_rules_switched(&rules, 1000);
	assert_false(light_rules_motion(&rules, &active, true, 1010));
	assert_false(light_rules_motion(&rules, &active, false, 1080));
	assert_true(rules.off_at_ns == NEVER_NS);
	assert_true(light_rules_motion(&rules, &active, true, 1090));
	light_rules_switched(&rules, 1090);
	/* While it is on all motion counts. */
	assert_false(light_rules_motion(&rules, &other, true, 1100));
	assert_false(light_rules_motion(&rules, &active, false, 1110));
	assert_false(light_rules_time(&rules, 1250));
	assert_false(light_rules_motion(&rules, &other, false, 1300));
	assert_true(rules.off_at_ns == 1400);
}

/* After a restart sensors say again what they said; by then it may have been switched by hand. */
static void test_ignored_motion_that_is_said_again(void **state)
{
	struct light_rules rules;
	bool active = false;

	(void)state;
	light_rules_init(&rules, 100);
	rules.ignore_ns = 50;
	light_rules_switched(&rules, 1000);
	assert_false(light_rules_motion(&rules, &active, true, 1010));
	light_rules_switched(&rules, 2000);
	active = false;
	rules.active = 0;
	light_rules_go_on(&rules, &active);
	assert_false(rules.on);
	assert_int_equal(rules.active, 1);
	assert_false(light_rules_motion(&rules, &active, true, 2060));
	assert_false(light_rules_motion(&rules, &active, false, 2070));
	assert_true(light_rules_motion(&rules, &active, true, 2080));
}

/* --- a lamp that triggers the sensor ----------------------------------------------------------- */

#define MS UINT64_C(1000000)

struct room {
	struct light_rules rules;
	uint64_t now_ns;
	bool active;
	unsigned said;
};

static void init_room(struct room *room, uint64_t off_delay_ms)
{
	*room = (struct room){ .now_ns = 1000 * MS };
	light_rules_init(&room->rules, off_delay_ms * MS);
}

/* As light.c does it. */
static void sense(struct room *room, bool active)
{
	bool changed = light_rules_motion(&room->rules, &room->active, active, room->now_ns);

	if (changed)
		light_rules_switched(&room->rules, room->now_ns);
	if (active)
		room->said += light_rules_loops(&room->rules, changed, room->now_ns);
}

/* So much later; if the light goes off meanwhile, it stops there, and returns true. */
static bool pass(struct room *room, uint64_t ms)
{
	uint64_t until_ns = room->now_ns + ms * MS;

	if (room->rules.off_at_ns > until_ns) {
		room->now_ns = until_ns;
		return false;
	}
	room->now_ns = room->rules.off_at_ns;
	assert_true(light_rules_time(&room->rules, room->now_ns));
	light_rules_switched(&room->rules, room->now_ns);
	return true;
}

static void pulse(struct room *room, uint64_t ms)
{
	sense(room, true);
	room->now_ns += ms * MS;
	sense(room, false);
}

/* Each time it goes off, the lamp is seen so much later. */
static void loop(struct room *room, unsigned times, uint64_t latency_ms)
{
	for (unsigned i = 0; i < times; i++) {
		assert_true(pass(room, UINT64_MAX / MS / 4));
		room->now_ns += latency_ms * MS;
		pulse(room, 2000);
	}
}

static void test_lamp_that_triggers_the_sensor(void **state)
{
	static const struct {
		const char *name;
		uint64_t off_delay_ms, latency_ms;
		unsigned times, said;
	} rows[] = {
		{ "not yet", 10000, 300, LIGHT_LOOP_TIMES - 1, 0 },
		{ "that often", 10000, 300, LIGHT_LOOP_TIMES, 1 },
		{ "once, whatever comes", 10000, 300, 500, 1 },
		{ "a lamp that cools down slowly", 120000, 1900, LIGHT_LOOP_TIMES, 1 },
		{ "at once", 5000, 0, LIGHT_LOOP_TIMES, 1 },
		{ "too late to be the lamp", 10000, 2000, 500, 0 },
		{ "an off-delay as short as the sensor's own pauses", 3000, 300, 500, 0 },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct room room;

		init_room(&room, rows[i].off_delay_ms);
		pulse(&room, 2000);
		loop(&room, rows[i].times, rows[i].latency_ms);
		if (room.said != rows[i].said)
			failures += row_fails("%s: said %u times", rows[i].name, room.said);
	}
	assert_int_equal(failures, 0);
}

/* Somebody who moves in between, or switches by hand, begins the count anew. */
static void test_loop_with_somebody_in_it(void **state)
{
	struct room room;

	(void)state;
	init_room(&room, 10000);
	pulse(&room, 2000);
	for (int i = 0; i < 20; i++) {
		loop(&room, LIGHT_LOOP_TIMES - 1, 300);
		assert_false(pass(&room, 4000));
		pulse(&room, 2000);
	}
	for (int i = 0; i < 20; i++) {
		loop(&room, LIGHT_LOOP_TIMES - 1, 300);
		assert_true(pass(&room, 20000));
		light_rules_switched(&room.rules, room.now_ns + 100 * MS);
		room.now_ns += 300 * MS;
		pulse(&room, 2000);
	}
	assert_int_equal(room.said, 0);
	loop(&room, LIGHT_LOOP_TIMES, 300);
	assert_int_equal(room.said, 1);
}

static void test_ignoring_ends_the_loop(void **state)
{
	struct room room;

	(void)state;
	init_room(&room, 10000);
	room.rules.ignore_ns = 5000 * MS;
	pulse(&room, 2000);
	assert_true(pass(&room, 20000));
	room.now_ns += 300 * MS;
	pulse(&room, 2000);
	assert_false(room.rules.on);
	assert_false(pass(&room, 3600 * 1000));
}

/* For a month somebody walks about: pauses of all lengths, among them those that are worst for the off-delay.
 */
static void test_somebody_who_walks_about(void **state)
{
	static const struct {
		uint64_t off_delay_ms, pause_min_ms, pause_max_ms;
	} rows[] = {
		{ 4000, 2500, 10000 },  { 4000, 3000, 8000 },   { 5000, 2500, 10000 },
		{ 10000, 2500, 20000 }, { 10000, 5000, 15000 }, { 120000, 2500, 240000 },
		{ 0, 100, 3000 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		uint64_t seed = i + 1;
		struct room room;

		init_room(&room, rows[i].off_delay_ms);
		while (room.now_ns < UINT64_C(30) * 86400 * 1000 * MS) {
			uint64_t pause_ms = random_between(&seed, rows[i].pause_min_ms, rows[i].pause_max_ms);
			uint64_t next_ns = room.now_ns + pause_ms * MS;

			pass(&room, pause_ms);
			room.now_ns = next_ns;
			pulse(&room, random_between(&seed, 2000, 4000));
		}
		if (room.said)
			fail_msg("delay %ju: said", (uintmax_t)rows[i].off_delay_ms);
	}
}

/* What was decided before a restart or reload, and what comes of it with the delay that is set now. */
static void test_resume(void **state)
{
	static const struct {
		const char *name;
		bool on;
		unsigned active;
		uint64_t last_clear_ns, off_at_ns, off_delay_ns, now_ns;
		bool changed, still_on;
		uint64_t then_off_at_ns;
	} rows[] = {
		{ "off stays off", false, 0, 500, NEVER_NS, 100, 1000, false, false, NEVER_NS },
		{ "a running delay keeps its deadline", true, 0, 950, 1050, 100, 1000, false, true, 1050 },
		{ "a longer delay", true, 0, 950, 1050, 300, 1000, false, true, 1250 },
		{ "a shorter one", true, 0, 950, 1050, 60, 1000, false, true, 1010 },
		{ "one that is over by now", true, 0, 950, 1050, 20, 1000, true, false, NEVER_NS },
		{ "a deadline that has passed meanwhile", true, 0, 950, 1050, 100, 2000, true, false,
		  NEVER_NS },
		{ "motion goes on", true, 1, 500, NEVER_NS, 100, 1000, false, true, NEVER_NS },
		{ "motion has begun in the delay", true, 1, 950, 1050, 100, 1000, false, true, NEVER_NS },
		{ "whoever kept it on has gone", true, 0, 500, NEVER_NS, 100, 1000, false, true, 1100 },
		{ "a delay without end", true, 0, 500, NEVER_NS, UINT64_MAX, 1000, false, true, NEVER_NS },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct light_rules rules = { .on = rows[i].on,
			                     .active = rows[i].active,
			                     .last_clear_ns = rows[i].last_clear_ns,
			                     .off_at_ns = rows[i].off_at_ns,
			                     .off_delay_ns = rows[i].off_delay_ns };
		bool changed = light_rules_resume(&rules, rows[i].now_ns);

		if (changed != rows[i].changed || rules.on != rows[i].still_on ||
		    rules.off_at_ns != rows[i].then_off_at_ns)
			failures += row_fails("%s: changed %d, on %d, off at %ju", rows[i].name, changed,
			                      rules.on, (uintmax_t)rules.off_at_ns);
	}
	assert_int_equal(failures, 0);
}

/* MaxOnSec= is over: what the sensors see does not switch it on before all are clear and motion begins anew. */
static void test_cut(void **state)
{
	struct light_rules rules;
	bool active[2] = { false, false };

	(void)state;
	light_rules_init(&rules, 100);
	assert_true(light_rules_motion(&rules, &active[0], true, 1000));
	light_rules_cut(&rules);
	assert_false(rules.on);
	assert_false(light_rules_motion(&rules, &active[1], true, 1100));
	assert_false(light_rules_motion(&rules, &active[0], false, 1200));
	assert_false(light_rules_motion(&rules, &active[0], true, 1300));
	assert_false(light_rules_allow(&rules, true));
	assert_false(light_rules_motion(&rules, &active[0], false, 1400));
	assert_false(light_rules_motion(&rules, &active[1], false, 1500));
	assert_int_equal(rules.off_at_ns, NEVER_NS);
	assert_true(light_rules_motion(&rules, &active[1], true, 1600));
	/* Within the off-delay nobody is there: the next motion counts. */
	light_rules_motion(&rules, &active[1], false, 1700);
	light_rules_cut(&rules);
	assert_int_equal(rules.off_at_ns, NEVER_NS);
	assert_true(light_rules_motion(&rules, &active[1], true, 1750));
	/* Over a restart, after which nobody is there any more. */
	light_rules_cut(&rules);
	rules.active = 0;
	assert_false(light_rules_resume(&rules, 1800));
	active[1] = false;
	assert_true(light_rules_motion(&rules, &active[1], true, 1900));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_ignored_after_a_switch),
		cmocka_unit_test(test_ignored_motion_ends_and_is_seen_again),
		cmocka_unit_test(test_ignored_motion_that_is_said_again),
		cmocka_unit_test(test_lamp_that_triggers_the_sensor),
		cmocka_unit_test(test_loop_with_somebody_in_it),
		cmocka_unit_test(test_ignoring_ends_the_loop),
		cmocka_unit_test(test_somebody_who_walks_about),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
