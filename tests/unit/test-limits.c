/* Limits with hysteresis: each row is a series of values and what becomes of them. */
#include "sensor/limits.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "helpers.h"

#define STEPS_MAX 8

struct series {
	const char *name;
	double low, high, hysteresis;
	struct {
		double value;
		char state; /* 'n'ormal, 'h'igh, 'l'ow; 0 ends the series */
	} steps[STEPS_MAX + 1];
};

static const struct series table[] = {
	{ "high and back",
	  NAN,
	  28,
	  0.5,
	  { { 27.9, 'n' }, { 28.1, 'h' }, { 27.8, 'h' }, { 27.4, 'n' }, { 27.9, 'n' }, { 28.1, 'h' } } },
	{ "the limit itself is within", NAN, 28, 0.5, { { 28, 'n' }, { 28.0001, 'h' }, { 28, 'h' } } },
	{ "normal again at high - hysteresis",
	  NAN,
	  28,
	  0.5,
	  { { 29, 'h' }, { 27.5001, 'h' }, { 27.5, 'n' } } },
	{ "low and back",
	  5,
	  NAN,
	  0.5,
	  { { 5.1, 'n' }, { 4.9, 'l' }, { 5.2, 'l' }, { 5.6, 'n' }, { 5.1, 'n' }, { 4.9, 'l' } } },
	{ "the low limit itself is within", 5, NAN, 0.5, { { 5, 'n' }, { 4.9999, 'l' }, { 5, 'l' } } },
	{ "normal again at low + hysteresis", 5, NAN, 0.5, { { 4, 'l' }, { 5.4999, 'l' }, { 5.5, 'n' } } },
	{ "from high to low and back at once",
	  5,
	  28,
	  0.5,
	  { { 30, 'h' }, { 4, 'l' }, { 30, 'h' }, { 5.2, 'n' }, { 4, 'l' }, { 27.8, 'n' } } },
	/* A hysteresis is only for the way back. */
	{ "near a limit from within", 5, 28, 0.5, { { 27.9, 'n' }, { 5.1, 'n' }, { 27.6, 'n' } } },
	{ "first value beyond", 5, 28, 0.5, { { 40, 'h' } } },
	{ "first value below", 5, 28, 0.5, { { -40, 'l' } } },
	{ "no hysteresis",
	  5,
	  28,
	  0,
	  { { 28.1, 'h' }, { 28, 'n' }, { 4.9, 'l' }, { 5, 'n' }, { 28.1, 'h' }, { 28.1, 'h' } } },
	{ "no limits", NAN, NAN, 0.5, { { -273.15, 'n' }, { 10000, 'n' }, { DBL_MAX, 'n' } } },
	{ "no low limit", NAN, 28, 0.5, { { -273.15, 'n' }, { 29, 'h' }, { -273.15, 'n' } } },
	{ "no high limit", 5, NAN, 0.5, { { 10000, 'n' }, { 4, 'l' }, { 10000, 'n' } } },
	{ "below zero",
	  -10.5,
	  -2,
	  1,
	  { { -1, 'h' }, { -2.5, 'h' }, { -3, 'n' }, { -11, 'l' }, { -9.5, 'n' } } },
};

static void test_table(void **state)
{
	static const char letters[] = { [LIMITS_NORMAL] = 'n', [LIMITS_HIGH] = 'h', [LIMITS_LOW] = 'l' };
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const struct series *row = &table[i];
		struct limits limits = { .high = row->high, .low = row->low, .hysteresis = row->hysteresis };
		char before = 'n';

		for (size_t j = 0; row->steps[j].state; j++) {
			bool changed = limits_update(&limits, row->steps[j].value);

			if (letters[limits.state] != row->steps[j].state ||
			    changed != (row->steps[j].state != before))
				failures += row_fails("%s: %g: state %c, changed %d", row->name,
				                      row->steps[j].value, letters[limits.state], changed);
			before = row->steps[j].state;
		}
	}
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
