/* When a light is on: each row is a course of events with what is decided after each of them. */
#include "controller/light-rules.h"

#include "helpers.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_resume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
