/* The axis of a number: its steps, its labels, and what it does with numbers that are none. */
#include "roomctl/history-scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

static const struct {
	const char *name;
	double low, high;
	size_t most;
	unsigned precision;
	const char *labels; /* from below */
} rows[] = {
	{ "temperatures", 18.2, 23.9, 6, 1, "18 19 20 21 22 23 24" },
	{ "a step of two", 18.2, 23.9, 3, 1, "18 20 22 24" },
	{ "a step of a half", 18.2, 19.9, 4, 1, "18.0 18.5 19.0 19.5 20.0" },
	{ "ends that are steps", 0, 100, 5, 0, "0 20 40 60 80 100" },
	{ "through zero", -3, 4, 4, 1, "-4 -2 0 2 4" },
	{ "one step", 18.2, 23.9, 1, 1, "0 50" },
	{ "one step through zero", -3, 4, 1, 1, "-20 20" },
	{ "equal", 21.5, 21.5, 4, 1, "21.5 21.6" },
	{ "equal, whole", 40, 40, 4, 0, "40 41" },
	{ "zeros", 0, 0, 4, 0, "0 1" },
	{ "less than a digit", 21.51, 21.53, 4, 1, "21.5 21.6" },
	{ "large", 1e9, 3e9, 2, 0, "1e+09 2e+09 3e+09" },
	{ "not finite", NAN, NAN, 4, 0, "0 1" },
	{ "the wrong way", 5, 3, 4, 0, "5 6" },
};

static char *labels_of(const struct history_scale *scale)
{
	char label[HISTORY_LABEL_SIZE], *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i <= scale->steps; i++)
		fprintf(stream, "%s%s", i > 0 ? " " : "", history_scale_label(scale, i, label));
	fclose(stream);
	return text;
}

static void test_rows(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct history_scale scale =
			history_scale_for(rows[i].low, rows[i].high, rows[i].most, rows[i].precision);
		_cleanup_(cleanup_free) char *is = labels_of(&scale);

		if (strcmp(is, rows[i].labels) != 0)
			failed += row_fails("%s: '%s'", rows[i].name, is);
	}
	assert_int_equal(failed, 0);
}

static double random_number(void)
{
	double value = (double)random() / 1000 - 1e6;

	switch (random() % 8) {
	case 0:
		return 0;
	case 1:
		return (random() % 2 ? 1 : -1) * INFINITY;
	case 2:
		return NAN;
	case 3:
		return value * 1e300;
	case 4:
		return value * 1e-300;
	default:
		return value;
	}
}

/* Whatever the numbers: the axis has them within, and not too many steps. */
static void test_noise(void **state)
{
	(void)state;
	srandom(1);
	for (unsigned i = 0; i < 100000; i++) {
		double low = random_number(), high = random_number();
		size_t most = (size_t)random() % 9;
		struct history_scale scale = history_scale_for(low, high, most, (unsigned)random() % 12);
		double place = history_scale_place(&scale, random_number());

		assert_true(isfinite(scale.low) && isfinite(scale.high) && scale.low < scale.high);
		assert_in_range(scale.steps, 1, most > 2 ? most : 2);
		assert_true(!(fabs(low) < 1e99) || scale.low <= low + scale.step * 1e-5);
		assert_true(place >= 0 && place <= 1);
	}
}

static void test_range(void **state)
{
	struct history_point points[] = {
		{ 0, 1, HISTORY_GAP, 1, 1, 1, 1, 0, NULL },
		{ 1, 2, HISTORY_KNOWN, NAN, NAN, NAN, NAN, 0, NULL },
		{ 2, 3, HISTORY_KNOWN, 20, 21, 22, 21, 0, NULL },
		{ 3, 4, HISTORY_UNAVAILABLE, 90, 90, 90, 90, 0, NULL },
	};
	struct history_series series = { .points = points, .n = 2, .limits = { { "high", 24 }, { "low", 5 } }, .limits_n = 2 };
	double low = 0, high = 0;

	(void)state;
	assert_false(history_scale_range(&series, &low, &high));
	series.n = 4;
	assert_true(history_scale_range(&series, &low, &high));
	assert_true(low == 20 && high == 24); /* the lower limit is too far away */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
