/* The sun against an almanac: sun-table makes it. */
#include "rules/sun.h"

#include <inttypes.h>
#include <stdlib.h>

#include "helpers.h"

#define DAY_S 86400

/* Where it goes down steeply; where it is low for long a second of arc is more. */
#define NEAR_S 20
#define NEAR_LOW_S 120

static const struct {
	const char *name;
	double latitude, longitude;
	int64_t rise, noon, set;
	enum { SETS, IS_UP, IS_DOWN } is;
} rows[] = {
#include "sun-table.inc"
};

static unsigned expect(const char *name, const char *what, int64_t is, int64_t expected, int64_t near)
{
	if (llabs(is - expected) <= near)
		return 0;
	return row_fails("%s: %s is %" PRId64 " s from %" PRId64, name, what, is - expected, expected);
}

static void test_almanac(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		int64_t near = rows[i].latitude > 70 || rows[i].latitude < -70 ? NEAR_LOW_S : NEAR_S;
		struct sun_day day = sun_day(rows[i].noon + 3600, rows[i].latitude, rows[i].longitude);

		failed += expect(rows[i].name, "noon", day.noon, rows[i].noon, NEAR_S);
		if (rows[i].is != SETS)
			continue;
		failed += expect(rows[i].name, "rise", day.rise, rows[i].rise, near);
		failed += expect(rows[i].name, "set", day.set, rows[i].set, near);
	}
	assert_int_equal(failed, 0);
}

/* It rises and sets at noon where it does not rise, at midnight where it does not set. */
static void test_polar(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct sun_day day = sun_day(rows[i].noon, rows[i].latitude, rows[i].longitude);
		struct sun_day next = sun_day(rows[i].noon + DAY_S, rows[i].latitude, rows[i].longitude);

		if (rows[i].is == IS_DOWN && (day.rise != day.noon || day.set != day.noon))
			failed += row_fails("%s: it rises", rows[i].name);
		if (rows[i].is == IS_UP && (day.set != next.rise || day.set - day.noon < DAY_S / 2 - 60))
			failed += row_fails("%s: it sets", rows[i].name);
	}
	assert_int_equal(failed, 0);
}

/* The whole year at each place: in order, a day after the other, and nothing in between. */
static void test_each_day(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (int latitude = -90; latitude <= 90; latitude += 15)
		for (int longitude = -180; longitude <= 180; longitude += 90)
			for (int64_t at = 1767225600; at < 1767225600 + INT64_C(366) * DAY_S; at += DAY_S) {
				struct sun_day day = sun_day(at, latitude, longitude), next = sun_day(at + DAY_S, latitude, longitude);

				if (day.rise > day.noon || day.noon > day.set || day.set > next.rise ||
				    llabs(next.noon - day.noon - DAY_S) > 40 || llabs(day.noon - at) > DAY_S / 2 + 1020)
					failed += row_fails("%d, %d: %" PRId64 " %" PRId64 " %" PRId64, latitude, longitude, day.rise,
					                    day.noon, day.set);
			}
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_almanac),
		cmocka_unit_test(test_polar),
		cmocka_unit_test(test_each_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
