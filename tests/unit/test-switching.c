/* What a switched output does in time: rows of what is wanted and when, and what it does then. */
#include "rules/switching.h"

#include <stdio.h>
#include <stdlib.h>

#include "helpers.h"
#include "util/clock.h"

#define S NSEC_PER_SEC
#define T TRUTH_TRUE
#define U TRUTH_UNKNOWN
#define F TRUTH_FALSE

struct step {
	uint64_t at_s;
	enum truth condition;
	enum switching_hand hand;
	bool on;
	uint64_t next_s; /* 0: never */
	enum switching_why why;
};

#define STEPS_MAX 16

static const struct {
	const char *name;
	struct switching_settings settings;
	struct step steps[STEPS_MAX];
} rows[] = {
	{ "as the condition is", { 0 }, { { 10, F, 0, false, 0, 0 }, { 11, T, 0, true, 0, 0 }, { 12, F, 0, false, 0, 0 } } },
	{ "off-delay",
	  { .off_delay_ns = 10 * S },
	  { { 10, T, 0, true, 0, 0 },
	    { 20, F, 0, true, 30, SWITCHING_OFF_DELAY },
	    { 25, T, 0, true, 0, 0 },
	    { 26, F, 0, true, 36, SWITCHING_OFF_DELAY },
	    { 36, F, 0, false, 0, 0 } } },
	{ "unknown: off", { 0 }, { { 10, T, 0, true, 0, 0 }, { 11, U, 0, false, 0, 0 }, { 12, T, 0, true, 0, 0 } } },
	{ "unknown: on",
	  { .when_unknown = SWITCHING_UNKNOWN_ON },
	  { { 10, U, 0, true, 0, 0 }, { 11, F, 0, false, 0, 0 }, { 12, U, 0, true, 0, 0 } } },
	{ "unknown: as it was",
	  { .when_unknown = SWITCHING_UNKNOWN_KEEP },
	  { { 10, U, 0, false, 0, 0 },
	    { 11, T, 0, true, 0, 0 },
	    { 12, U, 0, true, 0, 0 },
	    { 13, F, 0, false, 0, 0 },
	    { 14, U, 0, false, 0, 0 } } },
	{ "not before it has been on for long enough",
	  { .min_on_ns = 10 * S },
	  { { 10, T, 0, true, 0, 0 },
	    { 12, F, 0, true, 20, SWITCHING_MIN_ON },
	    { 13, U, 0, true, 20, SWITCHING_MIN_ON },
	    { 20, F, 0, false, 0, 0 } } },
	{ "not before it has been off for long enough, from the start on",
	  { .min_off_ns = 10 * S },
	  { { 2, T, 0, false, 11, SWITCHING_MIN_OFF },
	    { 11, T, 0, true, 0, 0 },
	    { 12, F, 0, false, 0, 0 },
	    { 13, T, 0, false, 22, SWITCHING_MIN_OFF },
	    { 14, U, 0, false, 0, 0 },
	    { 15, T, 0, false, 22, SWITCHING_MIN_OFF },
	    { 22, T, 0, true, 0, 0 } } },
	{ "a person waits, too",
	  { .min_on_ns = 10 * S, .min_off_ns = 20 * S },
	  { { 5, F, SWITCHING_ON_BY_HAND, false, 21, SWITCHING_MIN_OFF },
	    { 21, F, SWITCHING_ON_BY_HAND, true, 0, 0 },
	    { 22, F, SWITCHING_OFF_BY_HAND, true, 31, SWITCHING_MIN_ON },
	    { 31, F, SWITCHING_OFF_BY_HAND, false, 0, 0 } } },
	{ "no longer than it may, and then not before it begins anew",
	  { .max_on_ns = 10 * S },
	  { { 10, T, 0, true, 20, 0 },
	    { 20, T, 0, false, 0, SWITCHING_MAX_ON },
	    { 21, T, 0, false, 0, SWITCHING_MAX_ON },
	    { 22, F, 0, false, 0, 0 },
	    { 23, T, 0, true, 33, 0 } } },
	{ "by hand no longer either",
	  { .max_on_ns = 10 * S },
	  { { 10, F, SWITCHING_ON_BY_HAND, true, 20, 0 }, { 20, F, SWITCHING_ON_BY_HAND, false, 0, SWITCHING_MAX_ON } } },
	{ "the longest time is stronger than the shortest",
	  { .min_on_ns = 20 * S, .max_on_ns = 10 * S },
	  { { 10, T, 0, true, 20, 0 }, { 12, F, 0, true, 20, SWITCHING_MIN_ON }, { 20, F, 0, false, 0, 0 } } },
	{ "a pulse each time",
	  { .pulse_ns = 1 * S },
	  { { 10, T, 0, true, 11, 0 },
	    { 11, T, 0, false, 0, SWITCHING_PULSE },
	    { 15, F, 0, false, 0, 0 },
	    { 16, T, 0, true, 17, 0 },
	    { 17, F, 0, false, 0, 0 } } },
	{ "what is asked late is what it was",
	  { .off_delay_ns = 10 * S, .min_off_ns = 5 * S },
	  { { 20, T, 0, true, 0, 0 }, { 30, F, 0, true, 40, SWITCHING_OFF_DELAY }, { 50, F, 0, false, 0, 0 } } },
	{ "off by hand, whatever the condition is",
	  { 0 },
	  { { 10, T, 0, true, 0, 0 },
	    { 11, T, SWITCHING_OFF_BY_HAND, false, 0, 0 },
	    { 12, T, 0, true, 0, 0 } } },
};

static void check(const char *name, const struct switching *switching, const struct step *step)
{
	uint64_t next_ns = step->next_s ? step->next_s * S : NEVER_NS;

	if (switching->on != step->on || switching->next_ns != next_ns || switching->why != step->why)
		fail_msg("%s, at %d s: on %d, next at %.1f s, why %d; not %d, %d, %d", name, (int)step->at_s, switching->on,
		         switching->next_ns == NEVER_NS ? 0.0 : (double)switching->next_ns / S, (int)switching->why, step->on,
		         (int)step->next_s, (int)step->why);
}

/* All start at 1 s. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct switching switching = { 0 };
		enum truth before = F;
		uint64_t at_ns = 0;

		switching_start(&switching, S);
		for (const struct step *step = rows[i].steps; step->at_s; step++) {
			if (step->condition != before)
				at_ns = step->at_s * S;
			before = step->condition;
			switching_update(&switching, &rows[i].settings, step->condition, at_ns, step->hand, step->at_s * S);
			check(rows[i].name, &switching, step);
		}
	}
}

/* A person who asks again has it on again, whatever was asked before. */
static void test_asked_again(void **state)
{
	const struct switching_settings settings = { .pulse_ns = S };
	struct switching switching = { 0 };

	(void)state;
	switching_start(&switching, S);
	assert_true(switching_update(&switching, &settings, F, 0, SWITCHING_ON_BY_HAND, 2 * S));
	assert_true(switching_update(&switching, &settings, F, 0, SWITCHING_ON_BY_HAND, 3 * S));
	assert_false(switching.on);
	assert_false(switching_update(&switching, &settings, F, 0, SWITCHING_ON_BY_HAND, 4 * S));
	switching_asked(&switching);
	assert_true(switching_update(&switching, &settings, F, 0, SWITCHING_ON_BY_HAND, 5 * S));
	assert_true(switching.on);
}

/* It was switched off by something else: its times count from then, and only if it was on. */
static void test_switched(void **state)
{
	const struct switching_settings settings = { .min_off_ns = 10 * S };
	struct switching switching = { 0 };

	(void)state;
	switching_start(&switching, S);
	switching_update(&switching, &settings, T, 20 * S, 0, 20 * S);
	switching_switched(&switching, false, 30 * S);
	switching_switched(&switching, false, 35 * S);
	assert_false(switching_update(&switching, &settings, T, 20 * S, 0, 36 * S));
	assert_int_equal(switching.next_ns, 40 * S);
	assert_true(switching_update(&switching, &settings, T, 20 * S, 0, 40 * S));
}

/* Other settings count from what happened, as if it had been so from the beginning. */
static void test_other_settings(void **state)
{
	struct switching_settings settings = { .max_on_ns = 100 * S };
	struct switching switching = { 0 };

	(void)state;
	switching_start(&switching, S);
	switching_update(&switching, &settings, T, 10 * S, 0, 10 * S);
	settings.max_on_ns = 20 * S;
	switching_start(&switching, 15 * S);
	switching_update(&switching, &settings, T, 10 * S, 0, 15 * S);
	assert_int_equal(switching.next_ns, 30 * S);
	settings.max_on_ns = 3 * S;
	assert_true(switching_update(&switching, &settings, T, 10 * S, 0, 16 * S));
	assert_false(switching.on);
}

static void test_nonsense(void **state)
{
	const struct switching_settings settings = { .min_off_ns = 10 * S };
	struct switching switching = { .since_ns = 99 * S, .held_ns = 99 * S, .spent = true };

	(void)state;
	switching_start(&switching, S);
	switching_update(&switching, &settings, T, S, 0, 2 * S);
	assert_int_equal(switching.next_ns, 11 * S);
}

/* Whatever is wanted, in any order: no time of its own is broken, and asking when there was nothing to ask changes
 * nothing. */
static void test_any_order(void **state)
{
	const struct switching_settings settings = {
		.off_delay_ns = 3 * S, .min_on_ns = 4 * S, .min_off_ns = 6 * S, .max_on_ns = 9 * S
	};

	(void)state;
	srand(1);
	for (unsigned run = 0; run < 200; run++) {
		struct switching switching = { 0 };
		uint64_t now_ns = S, changed_ns = S, condition_ns = S;
		enum truth condition = F;
		int hand = 0;

		switching_start(&switching, now_ns);
		for (unsigned i = 0; i < 300; i++) {
			uint64_t later_ns = now_ns + (uint64_t)(rand() % 5000) * S / 1000;

			if (switching.next_ns > now_ns && switching.next_ns < later_ns) {
				now_ns = switching.next_ns;
			} else {
				enum truth other = (enum truth)(rand() % 3);

				now_ns = later_ns;
				condition_ns = other != condition ? now_ns : condition_ns;
				condition = other;
				hand = rand() % 8 == 0 ? rand() % 3 : hand;
			}
			if (switching_update(&switching, &settings, condition, condition_ns, (enum switching_hand)hand, now_ns)) {
				uint64_t lasted_ns = now_ns - changed_ns;

				assert_true(switching.on ? lasted_ns >= 6 * S : lasted_ns >= 4 * S && lasted_ns <= 9 * S);
				changed_ns = now_ns;
			}
			assert_false(switching_update(&switching, &settings, condition, condition_ns, (enum switching_hand)hand,
			                              now_ns));
		}
	}
}

/* One of two directions of a motor, and the other one: yields, waits, and the dead time between. */
static void test_excluded(void **state)
{
	const struct switching_settings settings = { .dead_time_ns = 2 * S, .min_on_ns = 5 * S };
	struct switching it = { 0 };

	(void)state;
	switching_start(&it, 1 * S);
	it.others_off_ns = NEVER_NS;
	assert_false(switching_update(&it, &settings, T, 10 * S, 0, 10 * S));
	assert_int_equal(it.why, SWITCHING_EXCLUDED);
	assert_int_equal(it.next_ns, NEVER_NS);
	it.others_off_ns = 11 * S;
	assert_false(switching_update(&it, &settings, T, 10 * S, 0, 11 * S));
	assert_int_equal(it.next_ns, 13 * S);
	assert_true(switching_update(&it, &settings, T, 10 * S, 0, 13 * S));
	/* It yields, not before it has been on for long enough, */
	switching_yield(&it);
	assert_false(switching_update(&it, &settings, T, 10 * S, 0, 15 * S));
	assert_int_equal(it.why, SWITCHING_MIN_ON);
	assert_int_equal(it.next_ns, 18 * S);
	assert_true(switching_update(&it, &settings, T, 10 * S, 0, 18 * S));
	assert_false(it.on);
	/* and stays off, whoever is off now, until what wants it on begins anew; or a person asks. */
	it.others_off_ns = 20 * S;
	assert_false(switching_update(&it, &settings, T, 10 * S, 0, 30 * S));
	assert_int_equal(it.why, SWITCHING_EXCLUDED);
	assert_false(switching_update(&it, &settings, F, 31 * S, 0, 31 * S));
	assert_true(switching_update(&it, &settings, T, 32 * S, 0, 32 * S));
	switching_yield(&it);
	assert_true(switching_update(&it, &settings, T, 32 * S, 0, 40 * S));
	switching_asked(&it);
	assert_true(switching_update(&it, &settings, T, 32 * S, SWITCHING_ON_BY_HAND, 41 * S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),     cmocka_unit_test(test_asked_again), cmocka_unit_test(test_other_settings),
		cmocka_unit_test(test_nonsense), cmocka_unit_test(test_any_order),   cmocka_unit_test(test_excluded),
		cmocka_unit_test(test_switched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
