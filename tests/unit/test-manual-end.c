/* Until when a light stays as a person has set it, whatever happens to the wall clock. */
#include "rules/manual-end.h"

#include "helpers.h"

#define MIN (60 * (int64_t)USEC_PER_SEC)
#define HOUR (60 * MIN)
#define DAY (24 * HOUR)
#define NOW (UINT64_C(1767225600) * USEC_PER_SEC) /* 2026-01-01 */
#define AT_1970 (UINT64_C(100) * USEC_PER_SEC)

/* A machine with its two clocks. */
struct machine {
	struct manual_now now;
	struct manual_end end;
};

static struct machine boot(uint64_t realtime_usec)
{
	return (struct machine){ .now = { 10 * NSEC_PER_SEC, realtime_usec } };
}

static void pass(struct machine *machine, int64_t usec)
{
	machine->now.monotonic_ns += (uint64_t)usec * NSEC_PER_USEC;
	machine->now.realtime_usec += (uint64_t)usec;
}

static bool set_clock(struct machine *machine, uint64_t realtime_usec)
{
	machine->now.realtime_usec = realtime_usec;
	return manual_end_follow(&machine->end, machine->now);
}

/* The power fails, and comes back when the wall clock shows this. */
static bool lose_power(struct machine *machine, uint64_t realtime_usec)
{
	struct machine next = boot(realtime_usec);

	next.end.at_usec = machine->end.at_usec;
	next.end.for_usec = machine->end.for_usec;
	*machine = next;
	return manual_end_restore(&machine->end, machine->now);
}

static void restart(struct machine *machine)
{
	machine->end.shown_usec = 0;
	manual_end_recall(&machine->end, machine->now);
}

static void expect_left(const struct machine *machine, int64_t usec)
{
	assert_true((int64_t)(machine->end.at_ns - machine->now.monotonic_ns) ==
	            usec * (int64_t)NSEC_PER_USEC);
}

/* And that this is what people see. */
static void expect_shown_left(const struct machine *machine, int64_t usec)
{
	expect_left(machine, usec);
	assert_true((int64_t)(machine->end.shown_usec - machine->now.realtime_usec) == usec);
}

static void test_clock_is_set(void **state)
{
	static const struct {
		uint64_t from, to;
	} rows[] = {
		{ AT_1970, NOW },    { NOW, AT_1970 },    { NOW, NOW + DAY },       { NOW, NOW - DAY },
		{ NOW, NOW + HOUR }, { NOW, NOW - HOUR }, { NOW, NOW + 600 * DAY },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct machine machine = boot(rows[i].from);

		manual_end_set(&machine.end, machine.now, 30 * MIN);
		expect_shown_left(&machine, 30 * MIN);
		pass(&machine, 10 * MIN);
		assert_true(set_clock(&machine, rows[i].to));
		expect_shown_left(&machine, 20 * MIN);
		/* What is kept is right as well. */
		pass(&machine, 5 * MIN);
		assert_true(lose_power(&machine, machine.now.realtime_usec + MIN));
		expect_shown_left(&machine, 14 * MIN);
	}
}

static void test_nothing_to_follow(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 0);
	assert_false(set_clock(&machine, AT_1970));
	assert_true(machine.end.at_ns == NEVER_NS && machine.end.shown_usec == 0);
	assert_true(lose_power(&machine, NOW));
	assert_true(machine.end.at_ns == NEVER_NS);

	/* What clocks differ by when they are read one after the other is not worth a write to a disk. */
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	assert_false(set_clock(&machine, NOW + 999999));
	assert_false(set_clock(&machine, NOW - 999999));
	assert_true(set_clock(&machine, NOW + 1000000));
}

static void test_set_while_nobody_runs(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	pass(&machine, MIN);
	restart(&machine);
	expect_shown_left(&machine, 29 * MIN);
	machine.now.realtime_usec -= DAY;
	restart(&machine);
	expect_shown_left(&machine, 29 * MIN);
}

/* A board without a battery goes on with the time at which it stopped, and learns the right one later. */
static void test_clock_is_put_right_after_power_loss(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	pass(&machine, 5 * MIN);
	/* Ten minutes without power. */
	assert_true(lose_power(&machine, NOW + 5 * MIN));
	expect_shown_left(&machine, 25 * MIN);
	pass(&machine, MIN);
	restart(&machine);
	expect_shown_left(&machine, 24 * MIN);
	assert_true(set_clock(&machine, NOW + 16 * MIN));
	expect_shown_left(&machine, 14 * MIN);
	/* From then on it is right, and who sets it does not mean the light. */
	assert_true(set_clock(&machine, NOW + DAY));
	expect_shown_left(&machine, 14 * MIN);

	/* Longer than it was to last. */
	assert_true(lose_power(&machine, machine.now.realtime_usec));
	assert_true(set_clock(&machine, machine.now.realtime_usec + HOUR));
	expect_left(&machine, 0);
}

/* One that begins in 1970: never longer than what was asked for, and shown so. */
static void test_clock_that_is_far_behind(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	pass(&machine, 5 * MIN);
	assert_true(lose_power(&machine, AT_1970));
	expect_shown_left(&machine, 30 * MIN);
	pass(&machine, MIN);
	restart(&machine);
	expect_shown_left(&machine, 29 * MIN);
	/* Still wrong, then right. */
	assert_true(set_clock(&machine, AT_1970 + 300 * DAY));
	expect_shown_left(&machine, 29 * MIN);
	assert_true(set_clock(&machine, NOW + 10 * MIN));
	expect_shown_left(&machine, 20 * MIN);
}

/* The clock had never been set when it was asked for: what was kept is no time at all. */
static void test_asked_for_in_1970(void **state)
{
	struct machine machine = boot(AT_1970);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	pass(&machine, 5 * MIN);
	assert_true(lose_power(&machine, AT_1970 + MIN));
	expect_shown_left(&machine, 29 * MIN);
	pass(&machine, MIN);
	assert_true(set_clock(&machine, NOW));
	expect_shown_left(&machine, 28 * MIN);
}

/* A clock that was plausible and is set back is somebody's doing. */
static void test_set_back_after_power_loss(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	pass(&machine, 5 * MIN);
	assert_true(lose_power(&machine, NOW + 10 * MIN));
	assert_true(set_clock(&machine, NOW - DAY));
	expect_shown_left(&machine, 20 * MIN);
}

/* The power fails before what the clock's setting has changed is written: bounded all the same. */
static void test_power_loss_before_it_is_written(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	pass(&machine, 10 * MIN);
	assert_true(lose_power(&machine, NOW - DAY)); /* it was set a day back */
	expect_shown_left(&machine, 30 * MIN);
}

static void test_over(void **state)
{
	struct machine machine = boot(NOW);

	(void)state;
	manual_end_set(&machine.end, machine.now, 30 * MIN);
	assert_false(lose_power(&machine, NOW + 30 * MIN));
	assert_true(machine.end.at_ns == NEVER_NS && machine.end.at_usec == 0);
}

/* From a version that did not keep for how long, or from somebody else. */
static void test_no_sense(void **state)
{
	static const struct {
		uint64_t at_usec, for_usec;
		bool ends;
	} rows[] = {
		{ NOW + 20 * MIN, 0, true },
		{ NOW + MANUAL_END_USEC_MAX + 1, 0, false },
		{ NOW + 20 * MIN, MANUAL_END_USEC_MAX + 1, false },
		{ NOW + 20 * MIN, UINT64_MAX, false },
		{ UINT64_MAX, 30 * MIN, false },
		{ UINT64_MAX / 2, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct machine machine = boot(0);

		machine.end.at_usec = rows[i].at_usec;
		machine.end.for_usec = rows[i].for_usec;
		assert_int_equal(lose_power(&machine, NOW), rows[i].ends);
		if (rows[i].ends)
			expect_shown_left(&machine, 20 * MIN);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock_is_set),
		cmocka_unit_test(test_nothing_to_follow),
		cmocka_unit_test(test_set_while_nobody_runs),
		cmocka_unit_test(test_clock_is_put_right_after_power_loss),
		cmocka_unit_test(test_clock_that_is_far_behind),
		cmocka_unit_test(test_asked_for_in_1970),
		cmocka_unit_test(test_set_back_after_power_loss),
		cmocka_unit_test(test_power_loss_before_it_is_written),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
