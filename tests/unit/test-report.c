/* Which readings are told: each row is a series of readings and whether each is. */
#include "rules/report.h"

#include <float.h>
#include <math.h>

#include "helpers.h"
#include "util/clock.h"

#define MS UINT64_C(1000000)
#define STEPS_MAX 10

struct series {
	const char *name;
	double delta;
	uint64_t interval_ms;
	struct {
		double value;
		uint64_t at_ms;
		char told; /* 'y', 'n'; 0 ends the series */
	} steps[STEPS_MAX + 1];
};

static const struct series table[] = {
	{ "neither: each", NAN, 0, { { 21, 0, 'y' }, { 21, 1, 'y' }, { 21, 1, 'y' }, { NAN, 2, 'n' } } },
	{ "a delta of 0 is none", 0, 0, { { 21, 0, 'y' }, { 21, 1, 'y' } } },
	{ "a negative one is none", -1, 0, { { 21, 0, 'y' }, { 21, 1, 'y' } } },
	{ "a delta of 0 beside an interval", 0, 1000, { { 21, 0, 'y' }, { 22, 1, 'n' }, { 21, 1000, 'y' } } },
	{ "moved by so much, from what was told",
	  0.5,
	  0,
	  { { 21, 0, 'y' }, { 21.25, 1, 'n' }, { 21.5, 2, 'y' }, { 21.25, 3, 'n' }, { 21.0, 4, 'y' } } },
	{ "in small steps",
	  0.5,
	  0,
	  { { 21, 0, 'y' }, { 21.2, 1, 'n' }, { 21.4, 2, 'n' }, { 21.6, 3, 'y' }, { 22, 4, 'n' } } },
	/* 21.2 - 21.1 is a little less than 0.1, and 0.3 - 0.2 is, too. */
	{ "decimal", 0.1, 0, { { 21.1, 0, 'y' }, { 21.2, 1, 'y' }, { 21.1, 2, 'y' }, { 21.19, 3, 'n' } } },
	{ "decimal, small", 0.1, 0, { { 0.2, 0, 'y' }, { 0.3, 1, 'y' }, { 0.39999, 2, 'n' } } },
	{ "decimal, large",
	  0.01,
	  0,
	  { { 101325.00, 0, 'y' }, { 101325.01, 1, 'y' }, { 101325.02, 2, 'y' } } },
	{ "the same for days", 0.5, 0, { { 21, 0, 'y' }, { 21, 86400000, 'n' }, { 21, 172800000, 'n' } } },
	{ "an interval",
	  NAN,
	  60000,
	  { { 21, 500, 'y' },
	    { 40, 10500, 'n' },
	    { 21, 60399, 'n' },
	    { 21, 60500, 'y' },
	    { 21, 70500, 'n' } } },
	{ "a little early is due",
	  NAN,
	  60000,
	  { { 21, 500, 'y' }, { 21, 60400, 'y' }, { 21, 120299, 'n' } } },
	{ "a hundredth at most is little",
	  NAN,
	  1000,
	  { { 21, 0, 'y' }, { 21, 989, 'n' }, { 21, 990, 'y' } } },
	{ "either",
	  0.5,
	  60000,
	  { { 21, 0, 'y' },
	    { 21, 50000, 'n' },
	    { 22, 50001, 'y' },
	    { 22, 60000, 'n' },
	    { 22, 110001, 'y' } } },
	{ "no reading", 0.5, 1, { { NAN, 0, 'n' }, { INFINITY, 1, 'n' }, { 21, 2, 'y' }, { NAN, 90, 'n' } } },
	{ "from one end to the other", 0.5, 0, { { -DBL_MAX, 0, 'y' }, { DBL_MAX, 1, 'y' } } },
	{ "an endless delta", INFINITY, 0, { { 1, 0, 'y' }, { DBL_MAX, 1, 'n' } } },
	{ "a time that goes back", NAN, 60000, { { 21, 9000, 'y' }, { 21, 8999, 'y' }, { 21, 9000, 'n' } } },
};

static void test_table(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const struct series *row = &table[i];
		struct report_settings settings = { row->delta, row->interval_ms * MS };
		struct report report = { 0 };

		for (size_t j = 0; row->steps[j].told; j++) {
			bool told = report_reading(&report, &settings, row->steps[j].value,
			                           row->steps[j].at_ms * MS);

			if (told != (row->steps[j].told == 'y'))
				failures += row_fails("%s: reading %zu: told %d", row->name, j, told);
		}
	}
	assert_int_equal(failures, 0);
}

/* The structure is another one's: it goes on, and nonsense in it silences nobody. */
static void test_kept(void **state)
{
	static const struct report_settings settings = { 0.5, 1000 };
	struct report going_on = { true, 21, 5000 }, nonsense = { true, NAN, 5000 },
		      to_come = { true, 21, NEVER_NS };

	(void)state;
	assert_false(report_reading(&going_on, &settings, 21, 5500));
	assert_true(report_reading(&going_on, &settings, 21, 6000));
	assert_true(report_reading(&nonsense, &settings, 21, 5500));
	assert_true(report_reading(&to_come, &settings, 21, 5500));
}

static void test_never_due(void **state)
{
	static const struct report_settings settings = { NAN, NEVER_NS };
	struct report report = { 0 };

	(void)state;
	assert_true(report_reading(&report, &settings, 21, 0));
	assert_false(report_reading(&report, &settings, 22, NEVER_NS / 2));
	/* The interval's end, early: the clock's last nanoseconds. */
	assert_true(report_reading(&report, &settings, 22, NEVER_NS));
	assert_false(report_reading(&report, &settings, 22, NEVER_NS));
	/* A clock that begins anew is another one. */
	assert_true(report_reading(&report, &settings, 22, 5));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_never_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
