/* The marks of an axis of time, on days of 23, 24 and 25 hours, and from a second to centuries. */
#include "roomctl/history-axis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "util/clock.h"

#define BERLIN "Europe/Berlin"
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)

/* Midnight in Berlin. */
#define NOVEMBER_1 INT64_C(1793487600)
#define MARCH_29 INT64_C(1774738800)
#define OCTOBER_25 INT64_C(1792879200)

static const struct {
	const char *name, *zone;
	int64_t since, seconds;
	size_t columns;
	const char *expected; /* what is below the left end, and labels, each with what begins there */
} rows[] = {
	{ "a day", BERLIN, NOVEMBER_1, DAY, 70,
	  "2026-11-01: 00:00 03:00 06:00 09:00 12:00 15:00 18:00 21:00" },
	{ "a night", BERLIN, NOVEMBER_1 - 2 * HOUR, 8 * HOUR, 60,
	  "2026-10-31: 22:00 23:00 00:00[2026-11-01] 01:00 02:00 03:00 04:00 05:00" },
	{ "23 hours", BERLIN, MARCH_29, 6 * HOUR, 50, "2026-03-29: 00:00 01:00 03:00 04:00 05:00 06:00" },
	{ "25 hours", BERLIN, OCTOBER_25, 6 * HOUR, 50, "2026-10-25: 00:00 01:00 02:00 02:00 03:00 04:00" },
	{ "23 hours, every 3", BERLIN, MARCH_29, 12 * HOUR, 50, "2026-03-29: 00:00 03:00 06:00 09:00 12:00" },
	{ "25 hours, every 3", BERLIN, OCTOBER_25, 25 * HOUR, 70,
	  "2026-10-25: 00:00 03:00 06:00 09:00 12:00 15:00 18:00 21:00" },
	{ "a change of half an hour", "Australia/Lord_Howe", 1791043200, 6 * HOUR, 50,
	  "2026-10-04: 03:00 04:00 05:00 06:00 07:00 08:00" },
	{ "ten minutes", BERLIN, NOVEMBER_1 + 30, 600, 50, "2026-11-01: 00:02 00:04 00:06 00:08 00:10" },
	{ "five seconds", BERLIN, NOVEMBER_1, 5, 50, "2026-11-01: 00:00:00 00:00:01 00:00:02 00:00:03 00:00:04" },
	{ "a week", BERLIN, NOVEMBER_1, 7 * DAY, 80,
	  "2026: Nov 01 Nov 02 Nov 03 Nov 04 Nov 05 Nov 06 Nov 07" },
	{ "eight weeks", BERLIN, NOVEMBER_1, 56 * DAY, 80,
	  "2026: Nov 02 Nov 09 Nov 16 Nov 23 Nov 30 Dec 07 Dec 14 Dec 21" },
	{ "a year", BERLIN, NOVEMBER_1, 365 * DAY, 80,
	  "2026: Nov Dec Jan[2027] Feb Mar Apr May Jun Jul Aug Sep Oct" },
	{ "ten years", BERLIN, NOVEMBER_1, 3653 * DAY, 40, ": 2028 2030 2032 2034 2036" },
	{ "all that there is", "UTC", 0, INT64_C(1) << 38, 40, ": 2000 4000 6000 8000" },
	{ "one column", BERLIN, NOVEMBER_1, DAY, 1, "2026: Nov 01" },
	{ "no column", BERLIN, NOVEMBER_1, DAY, 0, ":" },
};

static char *ticks_of(uint64_t since_usec, uint64_t until_usec, size_t columns)
{
	struct history_tick ticks[HISTORY_TICKS_MAX];
	char start[HISTORY_TICK_SIZE], *text;
	size_t n = history_axis_ticks(since_usec, until_usec, columns, ticks, start), size;
	FILE *stream = open_memstream(&text, &size);

	fprintf(stream, "%s:", start);
	for (size_t i = 0; i < n; i++)
		fprintf(stream, " %s%s%s%s", ticks[i].label, *ticks[i].context ? "[" : "", ticks[i].context,
		        *ticks[i].context ? "]" : "");
	fclose(stream);
	return text;
}

static void test_rows(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(cleanup_free) char *is = NULL;

		setenv("TZ", rows[i].zone, 1);
		is = ticks_of((uint64_t)rows[i].since * USEC_PER_SEC, (uint64_t)(rows[i].since + rows[i].seconds) * USEC_PER_SEC,
		              rows[i].columns);
		if (strcmp(is, rows[i].expected) != 0)
			failed += row_fails("%s: '%s'", rows[i].name, is);
	}
	assert_int_equal(failed, 0);
}

/* Whatever the time: marks are within it, in order, and their labels do not touch. */
static void test_noise(void **state)
{
	static const char *const zones[] = { BERLIN, "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "UTC" };

	(void)state;
	srandom(1);
	for (unsigned i = 0; i < 3000; i++) {
		struct history_tick ticks[HISTORY_TICKS_MAX];
		char start[HISTORY_TICK_SIZE];
		uint64_t since = ((uint64_t)random() << 31 | (uint64_t)random()) >> (random() % 62);
		uint64_t until = since + 1 + (((uint64_t)random() << 31 | (uint64_t)random()) >> (random() % 62));
		size_t columns = (size_t)random() % 300, n, before = 0;

		setenv("TZ", zones[(size_t)random() % ELEMENTS(zones)], 1);
		n = history_axis_ticks(since, until, columns, ticks, start);
		for (size_t j = 0; j < n; j++) {
			size_t column = history_axis_column(since, until, columns, ticks[j].usec);

			assert_in_range(ticks[j].usec, since, until - 1);
			assert_true(j == 0 || column > before);
			assert_true(columns == 0 || column < columns);
			before = column + strlen(ticks[j].label);
		}
	}
}

static void test_column(void **state)
{
	(void)state;
	assert_int_equal(history_axis_column(100, 200, 10, 100), 0);
	assert_int_equal(history_axis_column(100, 200, 10, 109), 0);
	assert_int_equal(history_axis_column(100, 200, 10, 110), 1);
	assert_int_equal(history_axis_column(100, 200, 10, 199), 9);
	assert_int_equal(history_axis_column(100, 200, 10, 300), 9);
	assert_int_equal(history_axis_column(100, 200, 10, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
