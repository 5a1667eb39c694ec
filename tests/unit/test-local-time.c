/* Times of day where the offset changes: as zdump(8) and calendars have it. */
#include "util/local-time.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "helpers.h"

#define AT(h_, m_) ((h_) * 3600 + (m_) * 60)

/* The day as UTC has it, and the time there: timegm(3) has the rest. */
static const struct {
	const char *name, *zone;
	int year, month, day, seconds;
	int utc_day, utc_seconds; /* of the same month */
} rows[] = {
	{ "winter", "Europe/Berlin", 2026, 1, 10, AT(18, 30), 10, AT(17, 30) },
	{ "summer", "Europe/Berlin", 2026, 7, 10, AT(18, 30), 10, AT(16, 30) },
	{ "midnight in summer", "Europe/Berlin", 2026, 7, 10, 0, 9, AT(22, 0) },
	{ "the end of the day", "Europe/Berlin", 2026, 7, 10, AT(24, 0), 10, AT(22, 0) },
	{ "before the skipped hour", "Europe/Berlin", 2026, 3, 29, AT(1, 59), 29, AT(0, 59) },
	{ "its beginning", "Europe/Berlin", 2026, 3, 29, AT(2, 0), 29, AT(1, 0) },
	{ "in it", "Europe/Berlin", 2026, 3, 29, AT(2, 30), 29, AT(1, 0) },
	{ "its end", "Europe/Berlin", 2026, 3, 29, AT(3, 0), 29, AT(1, 0) },
	{ "after it", "Europe/Berlin", 2026, 3, 29, AT(3, 1), 29, AT(1, 1) },
	{ "before the hour that comes twice", "Europe/Berlin", 2026, 10, 25, AT(1, 59), 24, AT(23, 59) },
	{ "in it, the first", "Europe/Berlin", 2026, 10, 25, AT(2, 30), 25, AT(0, 30) },
	{ "after it", "Europe/Berlin", 2026, 10, 25, AT(3, 0), 25, AT(2, 0) },
	{ "half an hour of change, skipped", "Australia/Lord_Howe", 2026, 10, 4, AT(2, 15), 3, AT(15, 30) },
	{ "half an hour of change, twice", "Australia/Lord_Howe", 2026, 4, 5, AT(1, 45), 4, AT(14, 45) },
	{ "a midnight that is skipped", "America/Santiago", 2026, 9, 6, AT(0, 30), 6, AT(4, 0) },
	{ "a day that is skipped", "Pacific/Apia", 2011, 12, 30, AT(12, 0), 30, AT(10, 0) },
	{ "the far east", "Pacific/Kiritimati", 2026, 5, 2, AT(1, 0), 1, AT(11, 0) },
	{ "no changes", "UTC", 2026, 12, 31, AT(23, 59), 31, AT(23, 59) },
};

static int64_t utc(int year, int month, int day, int seconds)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };

	return timegm(&tm) + seconds;
}

static void test_rows(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		local_day day = utc(rows[i].year, rows[i].month, rows[i].day, 0) / 86400;
		int64_t expected = utc(rows[i].year, rows[i].month, rows[i].utc_day, rows[i].utc_seconds), is;

		setenv("TZ", rows[i].zone, 1);
		is = local_time(day, rows[i].seconds);
		if (is != expected)
			failed += row_fails("%s: %" PRId64 " s from what is right", rows[i].name, is - expected);
	}
	assert_int_equal(failed, 0);
}

/* Each quarter of an hour of a year is on the day that mktime(3) has. */
static void test_day_of(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/Santiago", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC" };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(zones); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		for (time_t at = 1767225600; at < 1767225600 + 366 * 86400; at += 900) {
			struct tm tm;

			localtime_r(&at, &tm);
			assert_int_equal(local_day_of(at), utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0) / 86400);
			assert_int_equal(local_day_of_week(local_day_of(at)), (tm.tm_wday + 6) % 7);
		}
	}
	assert_int_equal(local_day_of(-1), -1);
	assert_int_equal(local_day_of_week(-1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_day_of) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
