/* What a door lock does: each row is a course of motion and presses with what comes of each. */
#include "rules/lock-rules.h"

#include "helpers.h"

#define STEPS_MAX 12

enum step_kind {
	END,
	MOTION,
	PRESS,
	LOCK,
	UNLOCK,
	ACKNOWLEDGE,
};

struct course {
	const char *name;
	bool locked;
	uint64_t alert_interval_ns;
	struct {
		enum step_kind kind;
		uint64_t at_ns; /* of motion */
		enum lock_outcome outcome;
		bool locked, alert;
	} steps[STEPS_MAX + 1];
};

static const struct course table[] = {
	{ "at most one alert in the interval",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 1001, LOCK_NOTHING, true, true },
		  { MOTION, 1099, LOCK_NOTHING, true, true },
		  { MOTION, 1100, LOCK_ALERT, true, true },
		  { MOTION, 1199, LOCK_NOTHING, true, true },
		  { MOTION, 5000, LOCK_ALERT, true, true },
	  } },
	{ "by hand: locking and unlocking what is so already is nothing",
	  true,
	  100,
	  {
		  { LOCK, 0, LOCK_NOTHING, true, false },
		  { ACKNOWLEDGE, 0, LOCK_NOTHING, true, false },
		  { UNLOCK, 0, LOCK_UNLOCKED, false, false },
		  { UNLOCK, 0, LOCK_NOTHING, false, false },
		  { LOCK, 0, LOCK_LOCKED, true, false },
	  } },
	{ "by hand: an alert ends by being acknowledged or unlocked, not by being locked",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { LOCK, 0, LOCK_NOTHING, true, true },
		  { ACKNOWLEDGE, 0, LOCK_ACKNOWLEDGED, true, false },
		  { ACKNOWLEDGE, 0, LOCK_NOTHING, true, false },
		  { MOTION, 2000, LOCK_ALERT, true, true },
		  { UNLOCK, 0, LOCK_UNLOCKED, false, false },
		  { MOTION, 3000, LOCK_NOTHING, false, false },
	  } },
	{ "the first alert needs no interval before it",
	  true,
	  1000000,
	  { { MOTION, 1, LOCK_ALERT, true, true } } },
	{ "a press acknowledges, the next one unlocks, the next one locks",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { PRESS, 0, LOCK_ACKNOWLEDGED, true, false },
		  { PRESS, 0, LOCK_UNLOCKED, false, false },
		  { PRESS, 0, LOCK_LOCKED, true, false },
		  { PRESS, 0, LOCK_UNLOCKED, false, false },
	  } },
	{ "acknowledging does not shorten the interval",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { PRESS, 0, LOCK_ACKNOWLEDGED, true, false },
		  { MOTION, 1050, LOCK_NOTHING, true, false },
		  { MOTION, 1099, LOCK_NOTHING, true, false },
		  { MOTION, 1100, LOCK_ALERT, true, true },
	  } },
	{ "nor does unlocking and locking",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { PRESS, 0, LOCK_ACKNOWLEDGED, true, false },
		  { PRESS, 0, LOCK_UNLOCKED, false, false },
		  { PRESS, 0, LOCK_LOCKED, true, false },
		  { MOTION, 1099, LOCK_NOTHING, true, false },
		  { MOTION, 1100, LOCK_ALERT, true, true },
	  } },
	/* Motion that raises no alert does not lengthen it either. */
	{ "the interval counts from the alert",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 1090, LOCK_NOTHING, true, true },
		  { MOTION, 1100, LOCK_ALERT, true, true },
	  } },
	{ "no alert while unlocked",
	  false,
	  100,
	  {
		  { MOTION, 1000, LOCK_NOTHING, false, false },
		  { MOTION, 2000, LOCK_NOTHING, false, false },
		  { PRESS, 0, LOCK_LOCKED, true, false },
		  { MOTION, 2001, LOCK_ALERT, true, true },
	  } },
	{ "no interval",
	  true,
	  0,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 1001, LOCK_ALERT, true, true },
		  { PRESS, 0, LOCK_ACKNOWLEDGED, true, false },
		  { MOTION, 1002, LOCK_ALERT, true, true },
	  } },
	/* Sensors are read one after the other. */
	{ "motion of before the alert, heard of behind it",
	  true,
	  100,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 900, LOCK_NOTHING, true, true },
		  { MOTION, 1100, LOCK_ALERT, true, true },
	  } },
	{ "an interval that ends after all time",
	  true,
	  UINT64_MAX - 10,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 1001, LOCK_NOTHING, true, true },
		  { MOTION, UINT64_MAX - 1, LOCK_NOTHING, true, true },
	  } },
	{ "one press acknowledges several alerts",
	  true,
	  10,
	  {
		  { MOTION, 1000, LOCK_ALERT, true, true },
		  { MOTION, 1010, LOCK_ALERT, true, true },
		  { MOTION, 1020, LOCK_ALERT, true, true },
		  { PRESS, 0, LOCK_ACKNOWLEDGED, true, false },
		  { PRESS, 0, LOCK_UNLOCKED, false, false },
	  } },
};

static enum lock_outcome take(struct lock_rules *rules, enum step_kind kind, uint64_t at_ns)
{
	switch (kind) {
	case MOTION:
		return lock_rules_motion(rules, at_ns);
	case PRESS:
		return lock_rules_press(rules);
	case ACKNOWLEDGE:
		return lock_rules_acknowledge(rules);
	default:
		return lock_rules_set(rules, kind == LOCK);
	}
}

static unsigned run(const struct course *course)
{
	struct lock_rules rules;
	unsigned failures = 0;

	lock_rules_init(&rules, course->locked, course->alert_interval_ns);
	if (rules.locked != course->locked || rules.alert)
		failures += row_fails("%s: wrong at first", course->name);
	for (size_t i = 0; course->steps[i].kind != END; i++) {
		__typeof__(&course->steps[i]) step = &course->steps[i];
		enum lock_outcome outcome = take(&rules, step->kind, step->at_ns);

		if (outcome != step->outcome || rules.locked != step->locked || rules.alert != step->alert)
			failures += row_fails("%s: step %zu: outcome %d, locked %d, alert %d", course->name,
			                      i + 1, (int)outcome, rules.locked, rules.alert);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
