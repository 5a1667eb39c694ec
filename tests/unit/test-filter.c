/* What becomes of a measured value: each row is a series of readings and what is made of each. */
#include "rules/filter.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "helpers.h"
#include "util/clock.h"

#define STEPS_MAX 10
#define S NSEC_PER_SEC

#define REJECTS(...)                               \
	.reject = (const double[]){ __VA_ARGS__ }, \
	.reject_n = sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double)
/* Of FILTER_NO_SETTINGS, which a row begins with. */
#define NO_BOUNDS .least = NAN, .most = NAN
#define NO_VALID .valid_min = NAN, .valid_max = NAN
#define PLAIN .factor = 1, NO_BOUNDS, NO_VALID
#define NO_STEP .max_step = NAN

struct series {
	const char *name;
	struct filter_settings settings;
	struct {
		double value;
		char what;     /* 'p'assed, 'h'eld, 'r'ejected; 0 ends the series */
		double result; /* of one that passed */
	} steps[STEPS_MAX + 1];
	uint64_t rejected;
};

static const struct series table[] = {
	{ "nothing set",
	  FILTER_NO_SETTINGS,
	  { { 21, 'p', 21 }, { 85, 'p', 85 }, { -DBL_MAX, 'p', -DBL_MAX }, { DBL_MAX, 'p', DBL_MAX } },
	  0 },
	{ "no number",
	  FILTER_NO_SETTINGS,
	  { { NAN, 'r', 0 }, { 21, 'p', 21 }, { INFINITY, 'r', 0 }, { -INFINITY, 'r', 0 } },
	  3 },
	{ "never believed",
	  { PLAIN, NO_STEP, REJECTS(85, -127, 0) },
	  { { 85, 'r', 0 },
	    { 84.75, 'p', 84.75 },
	    { 85.0004, 'r', 0 },
	    { 84.9994, 'p', 84.9994 },
	    { -127, 'r', 0 },
	    { 127, 'p', 127 },
	    { 0, 'r', 0 },
	    { 0.0005, 'p', 0.0005 },
	    { -0.0, 'r', 0 } },
	  5 },
	{ "rejected as the device shows it, not as it is calibrated",
	  { .factor = 2, .offset = 1, NO_BOUNDS, NO_VALID, NO_STEP, REJECTS(85) },
	  { { 85, 'r', 0 }, { 42, 'p', 85 } },
	  1 },
	{ "times the factor, plus the offset",
	  { .factor = -0.5, .offset = 100, NO_BOUNDS, NO_VALID, NO_STEP },
	  { { 0, 'p', 100 }, { 200, 'p', 0 }, { -2, 'p', 101 } },
	  0 },
	{ "valid as it is calibrated, and at the ends",
	  { .factor = 1, .offset = 5, NO_BOUNDS, .valid_min = -40, .valid_max = 80, NO_STEP },
	  { { -45, 'p', -40 }, { -45.01, 'r', 0 }, { 75, 'p', 80 }, { 75.01, 'r', 0 }, { 0, 'p', 5 } },
	  2 },
	{ "only one end",
	  { .factor = 1, NO_BOUNDS, .valid_min = -40, .valid_max = NAN, NO_STEP },
	  { { -41, 'r', 0 }, { 1e9, 'p', 1e9 } },
	  1 },
	{ "ends that leave nothing",
	  { .factor = 1, NO_BOUNDS, .valid_min = 10, .valid_max = 5, NO_STEP },
	  { { 4, 'r', 0 }, { 7, 'r', 0 }, { 11, 'r', 0 } },
	  3 },
	{ "what cannot be",
	  { .factor = 1, .least = 0, .most = 100, NO_VALID, NO_STEP },
	  { { 0, 'p', 0 }, { 100, 'p', 100 }, { 100.1, 'r', 0 }, { -0.1, 'r', 0 } },
	  2 },
	{ "fog with an offset is the bound, and what cannot be stays so",
	  { .factor = 1, .offset = 2, .least = 0, .most = 100, NO_VALID, NO_STEP },
	  { { 97, 'p', 99 }, { 99, 'p', 100 }, { 100, 'p', 100 }, { 100.5, 'r', 0 }, { -1, 'p', 1 } },
	  1 },
	{ "and dry air",
	  { .factor = 1, .offset = -2, .least = 0, .most = 100, NO_VALID, NO_STEP },
	  { { 1, 'p', 0 }, { -1, 'r', 0 }, { 101, 'p', 99 } },
	  1 },
	{ "a bound by the offset can still be invalid",
	  { .factor = 1, .offset = 2, .least = 0, .most = 100, .valid_min = NAN, .valid_max = 99, NO_STEP },
	  { { 97, 'p', 99 }, { 99.5, 'r', 0 } },
	  1 },
	{ "a factor a thousand times too much is not hidden",
	  { .factor = 1000, .offset = 2, .least = 0, .most = 100, NO_VALID, NO_STEP },
	  { { 45, 'r', 0 } },
	  1 },
	{ "raw numbers, the wrong way round",
	  { .factor = -0.1, .offset = 120, .least = 0, .most = 100, NO_VALID, NO_STEP },
	  { { 300, 'p', 90 }, { 1100, 'p', 10 }, { 100, 'r', 0 } },
	  1 },
	{ "a factor that is none", { .factor = NAN, NO_BOUNDS, NO_VALID, NO_STEP }, { { 21, 'r', 0 } }, 1 },
	{ "a factor beyond all", { .factor = DBL_MAX, NO_BOUNDS, NO_VALID, NO_STEP }, { { 21, 'r', 0 } }, 1 },
	{ "a spike",
	  { PLAIN, .max_step = 5 },
	  { { 21, 'p', 21 }, { 21, 'p', 21 }, { 85, 'h', 0 }, { 21, 'p', 21 }, { 22, 'p', 22 } },
	  1 },
	{ "a real change",
	  { PLAIN, .max_step = 5 },
	  { { 21, 'p', 21 }, { 60, 'h', 0 }, { 60, 'p', 60 }, { 60, 'p', 60 }, { 62, 'p', 62 } },
	  0 },
	{ "the second of two wrong ones is believed",
	  { PLAIN, .max_step = 5 },
	  { { 21, 'p', 21 }, { 85, 'h', 0 }, { 84, 'p', 84 }, { 21, 'h', 0 }, { 22, 'p', 22 } },
	  0 },
	{ "wrong ones that do not agree",
	  { PLAIN, .max_step = 5 },
	  { { 21, 'p', 21 }, { 85, 'h', 0 }, { -40, 'h', 0 }, { 60, 'h', 0 }, { 20, 'p', 20 } },
	  3 },
	{ "up and down and up again",
	  { PLAIN, .max_step = 5 },
	  { { 21, 'p', 21 }, { 60, 'h', 0 }, { 21, 'p', 21 }, { 60, 'h', 0 }, { 60, 'p', 60 } },
	  1 },
	{ "a step as long as that is none, decimal or not",
	  { PLAIN, .max_step = 0.1 },
	  { { 21.2, 'p', 21.2 }, { 21.3, 'p', 21.3 }, { 21.41, 'h', 0 }, { 21.51, 'p', 21.51 } },
	  0 },
	{ "what is rejected is no next reading",
	  { PLAIN, .max_step = 5, REJECTS(85) },
	  { { 21, 'p', 21 }, { 60, 'h', 0 }, { 85, 'r', 0 }, { 60, 'p', 60 } },
	  1 },
	{ "further with each reading, until it slows down",
	  { PLAIN, .max_step = 5 },
	  { { 21, 'p', 21 }, { 27, 'h', 0 }, { 33, 'h', 0 }, { 39, 'h', 0 }, { 41, 'p', 41 } },
	  2 },
	{ "no step at all",
	  { PLAIN, .max_step = 0 },
	  { { 21, 'p', 21 }, { 21.1, 'h', 0 }, { 21.1, 'p', 21.1 } },
	  0 },
	{ "a step below none is none", { PLAIN, .max_step = -1 }, { { 21, 'p', 21 }, { 85, 'p', 85 } }, 0 },
	{ "an endless step",
	  { PLAIN, .max_step = INFINITY },
	  { { -DBL_MAX, 'p', -DBL_MAX }, { DBL_MAX, 'p', DBL_MAX } },
	  0 },
	{ "a median of three",
	  { PLAIN, NO_STEP, .median_of = 3 },
	  { { 21, 'p', 21 },
	    { 85, 'p', 21 },
	    { 21, 'p', 21 },
	    { 22, 'p', 22 },
	    { 23, 'p', 22 },
	    { 90, 'p', 23 },
	    { 24, 'p', 24 },
	    { 25, 'p', 25 },
	    { -40, 'p', 24 } },
	  0 },
	{ "a median of five, and of fewer at first",
	  { PLAIN, NO_STEP, .median_of = 5 },
	  { { 5, 'p', 5 },
	    { 1, 'p', 5 },
	    { 4, 'p', 4 },
	    { 2, 'p', 4 },
	    { 3, 'p', 3 },
	    { 9, 'p', 3 },
	    { 9, 'p', 4 },
	    { 9, 'p', 9 } },
	  0 },
	{ "a median of one", { PLAIN, NO_STEP, .median_of = 1 }, { { 5, 'p', 5 }, { 1, 'p', 1 } }, 0 },
	{ "what is rejected is not in the median",
	  { PLAIN, NO_STEP, .median_of = 3, REJECTS(85) },
	  { { 21, 'p', 21 }, { 85, 'r', 0 }, { 85, 'r', 0 }, { 22, 'p', 21 }, { 23, 'p', 22 } },
	  2 },
	{ "a median does not confirm a step",
	  { PLAIN, .max_step = 5, .median_of = 3 },
	  { { 21, 'p', 21 },
	    { 21, 'p', 21 },
	    { 85, 'h', 0 },
	    { 84, 'p', 21 },
	    { 21, 'h', 0 },
	    { 21, 'p', 21 } },
	  0 },
	{ "a real change, with both: one reading after the median",
	  { PLAIN, .max_step = 5, .median_of = 3 },
	  { { 21, 'p', 21 }, { 21, 'p', 21 }, { 60, 'h', 0 }, { 60, 'p', 21 }, { 60, 'p', 60 } },
	  0 },
};

static void test_table(void **state)
{
	static const char letters[] = { [FILTER_PASSED] = 'p', [FILTER_HELD] = 'h', [FILTER_REJECTED] = 'r' };
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const struct series *row = &table[i];
		struct filter filter = { 0 };

		for (size_t j = 0; row->steps[j].what; j++) {
			char what =
				letters[filter_reading(&filter, &row->settings, row->steps[j].value, j * S)];

			if (what != row->steps[j].what ||
			    (what == 'p' && fabs(filter.value - row->steps[j].result) > 1e-9))
				failures += row_fails("%s: reading %zu, %g: %c, %.15g", row->name, j,
				                      row->steps[j].value, what, filter.value);
		}
		if (filter.rejected != row->rejected)
			failures += row_fails("%s: %ju rejected", row->name, (uintmax_t)filter.rejected);
	}
	assert_int_equal(failures, 0);
}

/* Longer than there is room for, and shorter than it was. */
static void test_length_of_the_median(void **state)
{
	struct filter_settings settings = { PLAIN, NO_STEP, .median_of = UINT32_MAX };
	struct filter filter = { 0 };

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(filter_reading(&filter, &settings, i, (i + 1) * S), FILTER_PASSED);
	assert_int_equal(filter.window_n, FILTER_MEDIAN_MAX);
	assert_true(filter.value == 999 - FILTER_MEDIAN_MAX / 2);
	settings.median_of = 3;
	filter_reading(&filter, &settings, 1000, 1001 * S);
	assert_int_equal(filter.window_n, 3);
	assert_true(filter.value == 999);
}

static double read_one(struct filter *filter, const struct filter_settings *settings, double value,
                       uint64_t at_ns)
{
	assert_int_equal(filter_reading(filter, settings, value, at_ns), FILTER_PASSED);
	return filter->value;
}

/* A step from 0 to 1 is 1 - 1/e of the way after the time constant, in however many readings. */
static void test_smooth(void **state)
{
	static const struct filter_settings settings = { PLAIN, NO_STEP, .smooth_ns = 60 * S };
	static const uint64_t steps[] = { 60, 30, 20, 1 };
	const double after = 1 - exp(-1);

	(void)state;
	for (size_t i = 0; i < ELEMENTS(steps); i++) {
		struct filter filter = { 0 };

		assert_true(read_one(&filter, &settings, 0, 100 * S) == 0);
		for (uint64_t s = steps[i]; s < 60; s += steps[i])
			read_one(&filter, &settings, 1, (100 + s) * S);
		assert_true(fabs(read_one(&filter, &settings, 1, 160 * S) - after) < 1e-9);
	}
}

static void test_smooth_at_irregular_times(void **state)
{
	static const struct filter_settings settings = { PLAIN, NO_STEP, .smooth_ns = 60 * S };
	struct filter filter = { 0 };

	(void)state;
	read_one(&filter, &settings, 0, 100 * S);
	read_one(&filter, &settings, 1, 101 * S);
	read_one(&filter, &settings, 1, 148 * S);
	assert_true(fabs(read_one(&filter, &settings, 1, 160 * S) - (1 - exp(-1))) < 1e-9);
	/* The same value is that value, whatever is computed. */
	filter = (struct filter){ 0 };
	for (unsigned i = 1; i < 1000; i++)
		assert_true(read_one(&filter, &settings, 21.3, i * S / 7) == 21.3);
}

static void test_ends_of_smooth(void **state)
{
	static const struct filter_settings settings = { PLAIN, NO_STEP, .smooth_ns = 60 * S };
	static const struct filter_settings endless = { PLAIN, NO_STEP, .smooth_ns = NEVER_NS };
	struct filter filter = { 0 };

	(void)state;
	assert_true(read_one(&filter, &settings, 21, 100 * S) == 21);
	/* At the same time nothing has passed; after a day nothing is left; a clock that goes back is
	 * another. */
	assert_true(read_one(&filter, &settings, 30, 100 * S) == 21);
	assert_true(read_one(&filter, &settings, 30, 86500 * S) == 30);
	assert_true(read_one(&filter, &settings, 40, 1 * S) == 40);
	assert_true(fabs(read_one(&filter, &endless, 21, 1000 * S) - 40) < 1e-4);
	assert_true(read_one(&filter, &endless, 21, 1 * S) == 21);
	/* From one end to the other there is no way that can be computed. */
	read_one(&filter, &settings, -DBL_MAX, 1000000 * S);
	assert_true(read_one(&filter, &settings, DBL_MAX, 1000001 * S) == DBL_MAX);
}

static void test_smooth_with_the_others(void **state)
{
	static const struct filter_settings settings = {
		.factor = 2, .offset = 1, NO_BOUNDS, NO_VALID, .max_step = 5, .smooth_ns = 60 * S
	};
	struct filter filter = { 0 };

	(void)state;
	assert_true(read_one(&filter, &settings, 10, 100 * S) == 21);
	/* What waits for the next reading takes no part; a step is one of what was measured. */
	assert_int_equal(filter_reading(&filter, &settings, 20, 130 * S), FILTER_HELD);
	assert_true(filter.value == 21 && filter.at_ns == 100 * S);
	assert_true(fabs(read_one(&filter, &settings, 20, 160 * S) - (41 - 20 * exp(-1))) < 1e-9);
	assert_true(read_one(&filter, &settings, 22, 161 * S) < 41);
}

/* What another one has kept, and what is no number in it. */
static void test_kept(void **state)
{
	static const struct filter_settings settings = { PLAIN, .max_step = 5, .smooth_ns = 60 * S };
	struct filter filter = { .rejected = 7, .ever = true, .believed = 20, .value = 21, .at_ns = 100 * S };
	struct filter nonsense = { .ever = true, .believed = NAN, .value = NAN, .at_ns = NEVER_NS };

	(void)state;
	assert_int_equal(filter_reading(&filter, &settings, 85, 110 * S), FILTER_HELD);
	assert_true(fabs(read_one(&filter, &settings, 20, 160 * S) - (20 + exp(-1))) < 1e-9);
	assert_true(filter.rejected == 8);
	assert_int_equal(filter_reading(&nonsense, &settings, 21, 110 * S), FILTER_HELD);
	assert_true(read_one(&nonsense, &settings, 21, 120 * S) == 21);
	nonsense = (struct filter){ .ever = true, .believed = 21, .value = NAN, .at_ns = 100 * S };
	assert_true(read_one(&nonsense, &settings, 21, 120 * S) == 21);
}

static void test_count_ends(void **state)
{
	static const struct filter_settings settings = { PLAIN, .max_step = 5 };
	struct filter filter = { .rejected = UINT64_MAX - 1 };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(filter_reading(&filter, &settings, NAN, S), FILTER_REJECTED);
	assert_true(filter.rejected == UINT64_MAX);
	filter_reading(&filter, &settings, 21, S);
	filter_reading(&filter, &settings, 85, S);
	filter_reading(&filter, &settings, 21, S);
	assert_true(filter.rejected == UINT64_MAX);
}

/* Another device: whatever its first reading is. */
static void test_forget(void **state)
{
	static const struct filter_settings settings = { PLAIN, .max_step = 5, .median_of = 3,
		                                         .smooth_ns = S };
	struct filter filter = { 0 };

	(void)state;
	for (unsigned i = 1; i < 5; i++)
		read_one(&filter, &settings, 21, i * S);
	filter_reading(&filter, &settings, NAN, 5 * S);
	filter_forget(&filter);
	assert_true(read_one(&filter, &settings, 85, 6 * S) == 85);
	assert_true(filter.rejected == 1);
}

static void test_describe(void **state)
{
	static const double reject[] = { 85 };
	static const struct filter_settings settings = { .reject = reject,
		                                         .reject_n = 1,
		                                         .factor = 1,
		                                         .offset = -0.1,
		                                         .least = -273.15,
		                                         .most = 10000,
		                                         .valid_min = -40,
		                                         .valid_max = 120.5,
		                                         .max_step = 5 };
	static const struct {
		double value;
		const char *unit, *text;
	} rows[] = {
		{ NAN, "°C", "it is no number" },
		{ 85.0001, "°C", "85.0001 °C is never believed: Reject=85 °C" },
		{ -300, "°C", "-300.1 °C cannot be: the least is -273.15 °C" },
		{ 1e6, "", "999999.9 cannot be: the most is 10000" },
		{ -40.2, "°C", "-40.3 °C is below ValidMin=-40 °C" },
		{ 121, "°C", "120.9 °C is above ValidMax=120.5 °C" },
		{ 30, "°C", "29.9 °C waits for the next reading: it is further than MaxStep= from 21.3 °C" },
		{ 0.1, "%", "0 % waits for the next reading: it is further than MaxStep= from 21.3 %" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		char text[FILTER_TEXT_SIZE];
		struct filter filter = { 0 };

		assert_string_equal(filter_describe(&filter, "", text), "nothing is wrong with it");
		read_one(&filter, &settings, 21.4, 0);
		filter_reading(&filter, &settings, rows[i].value, S);
		if (strcmp(filter_describe(&filter, rows[i].unit, text), rows[i].text) != 0)
			failures += row_fails("%g: \"%s\"", rows[i].value, text);
	}
	assert_int_equal(failures, 0);
}

static void test_describe_numbers(void **state)
{
	struct filter filter = { .reason = FILTER_VALID_MIN, .judged = -0.0, .against = 1.0 / 3 };
	char text[FILTER_TEXT_SIZE];

	(void)state;
	assert_string_equal(filter_describe(&filter, "", text), "0 is below ValidMin=0.3333333333");
}

/* The longest there is. */
static void test_describe_has_room(void **state)
{
	struct filter filter = { .reason = FILTER_MAX_STEP,
		                 .judged = -1.234567891e-300,
		                 .against = -1.234567891e-300 };
	char text[FILTER_TEXT_SIZE];

	(void)state;
	filter_describe(&filter, "a long long unit", text);
	assert_string_equal(
		text, "-1.234567891e-300 a long long uni waits for the next reading: it is further than "
		      "MaxStep= from -1.234567891e-300 a long long uni");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_length_of_the_median),
		cmocka_unit_test(test_smooth),
		cmocka_unit_test(test_smooth_at_irregular_times),
		cmocka_unit_test(test_ends_of_smooth),
		cmocka_unit_test(test_smooth_with_the_others),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_count_ends),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_describe_numbers),
		cmocka_unit_test(test_describe_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
