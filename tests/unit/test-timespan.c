/* Time spans: the grammar of systemd.time(7), its bounds, and the way back. */
#include "util/timespan.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "helpers.h"

#define SEC UINT64_C(1000000)
#define MINUTE (60 * SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define MONTH (UINT64_C(2629800) * SEC) /* 30.44 days */
#define YEAR (UINT64_C(31557600) * SEC) /* 365.25 days */

/* Stands in the variable that must not be touched. */
#define UNTOUCHED UINT64_C(0x5eed5eed5eed5eed)

static void test_good(void **state)
{
	static const struct {
		const char *text;
		uint64_t usec;
	} table[] = {
		/* The units, */
		{ "7usec", 7 },
		{ "7us", 7 },
		{ "7µs", 7 },      /* U+00B5, the sign on keyboards */
		{ "7\u03bcs", 7 }, /* the Greek letter */
		{ "7msec", 7000 },
		{ "7ms", 7000 },
		{ "7seconds", 7 * SEC },
		{ "7second", 7 * SEC },
		{ "7sec", 7 * SEC },
		{ "7s", 7 * SEC },
		{ "7minutes", 7 * MINUTE },
		{ "7minute", 7 * MINUTE },
		{ "7min", 7 * MINUTE },
		{ "7m", 7 * MINUTE },
		{ "7hours", 7 * HOUR },
		{ "7hour", 7 * HOUR },
		{ "7hr", 7 * HOUR },
		{ "7h", 7 * HOUR },
		{ "7days", 7 * DAY },
		{ "7day", 7 * DAY },
		{ "7d", 7 * DAY },
		{ "7weeks", 7 * WEEK },
		{ "7week", 7 * WEEK },
		{ "7w", 7 * WEEK },
		{ "7months", 7 * MONTH },
		{ "7month", 7 * MONTH },
		{ "7M", 7 * MONTH },
		{ "7years", 7 * YEAR },
		{ "7year", 7 * YEAR },
		{ "7y", 7 * YEAR },
		/* none of which is seconds, */
		{ "0", 0 },
		{ "00", 0 },
		{ "50", 50 * SEC },
		{ "007", 7 * SEC },
		{ "0s", 0 },
		/* the manual's examples, */
		{ "2 h", 2 * HOUR },
		{ "2hours", 2 * HOUR },
		{ "48hr", 48 * HOUR },
		{ "1y 12month", YEAR + 12 * MONTH },
		{ "55s500ms", 55 * SEC + 500000 },
		{ "300ms20s 5day", 20 * SEC + 300000 + 5 * DAY },
		/* sums in any order, with space or without it, */
		{ "2min 30s", 150 * SEC },
		{ "2min30s", 150 * SEC },
		{ "30s 2min", 150 * SEC },
		{ "1 2 3", 6 * SEC },
		{ "1s 1s 1s", 3 * SEC },
		{ " \t 5 \t s \t ", 5 * SEC },
		/* and fractions, down to whole µs. */
		{ "1.5h", 90 * MINUTE },
		{ ".5", 500000 },
		{ ".5s", 500000 },
		{ "0.000001", 1 },
		{ "0.0000019", 1 },
		{ "1.999999s", 1999999 },
		{ "0.5us", 0 },
		{ "2.5ms", 2500 },
		{ "1.25 d", 30 * HOUR },
		{ "0.5y", YEAR / 2 },
		{ "0.5M", MONTH / 2 },
		{ "12.34 .56", 12900000 },
		{ "12.34s.56", 12900000 },
		{ "1.000000000000000000000000000000000000001s", SEC },
		/* The most there is. */
		{ "18446744073709551614us", UINT64_MAX - 1 },
		{ "18446744073709s 551614us", UINT64_MAX - 1 },
		{ "18446744073709.551614", UINT64_MAX - 1 },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		uint64_t usec = UNTOUCHED;
		int r = timespan_parse(table[i].text, &usec);

		if (r != 0 || usec != table[i].usec)
			failures += row_fails("\"%s\": %d, %" PRIu64 " instead of %" PRIu64, table[i].text, r,
			                      usec, table[i].usec);
	}
	assert_int_equal(failures, 0);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		int error;
	} table[] = {
		{ "", -EINVAL },
		{ " ", -EINVAL },
		{ "\t", -EINVAL },
		{ "s", -EINVAL },
		{ "ms 5", -EINVAL },
		{ "abc", -EINVAL },
		{ "5 parsecs", -EINVAL },
		{ "5ns", -EINVAL },
		/* Units are written in one way: m and M are not the same. */
		{ "5S", -EINVAL },
		{ "5MS", -EINVAL },
		{ "5Min", -EINVAL },
		{ "5H", -EINVAL },
		{ "5sx", -EINVAL },
		{ "5ss", -EINVAL },
		{ "5 s s", -EINVAL },
		{ "-5", -EINVAL },
		{ "-5s", -EINVAL },
		{ "+5s", -EINVAL },
		{ "5s -3s", -EINVAL },
		{ "5s+3s", -EINVAL },
		{ "5 - 3", -EINVAL },
		{ ".", -EINVAL },
		{ ".s", -EINVAL },
		{ "5.", -EINVAL },
		{ "5.s", -EINVAL },
		{ "5. 5s", -EINVAL },
		{ "5.-5s", -EINVAL },
		{ "5..5", -EINVAL },
		{ "..5", -EINVAL },
		{ "12.34.56", -EINVAL },
		{ "12.34s.56.78", -EINVAL },
		{ "5,5s", -EINVAL },
		{ "5:30", -EINVAL },
		{ "0x10", -EINVAL },
		{ "1e3", -EINVAL },
		{ "5s,", -EINVAL },
		{ "5\n", -EINVAL },
		{ "5\xc2s", -EINVAL },
		{ "infinity", -EINVAL },
		{ "inf", -EINVAL },
		{ "nan", -EINVAL },
		{ "two minutes", -EINVAL },
		{ "18446744073709551615us", -ERANGE },
		{ "18446744073709551616us", -ERANGE },
		{ "18446744073709551614us 1us", -ERANGE },
		{ "18446744073709551614us 2us", -ERANGE },
		{ "18446744073709.551615", -ERANGE },
		{ "18446744073709551615", -ERANGE },
		{ "99999999999999999999999999", -ERANGE },
		{ "584555y", -ERANGE },
		{ "584542y 1y", -ERANGE },
		{ "18446744073709551614us .000002s", -ERANGE },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		uint64_t usec = UNTOUCHED;
		int r = timespan_parse(table[i].text, &usec);

		if (r != table[i].error)
			failures += row_fails("\"%s\": %d (%" PRIu64 ") instead of %d", table[i].text, r,
			                      usec, table[i].error);
		else if (usec != UNTOUCHED)
			failures += row_fails("\"%s\": touched", table[i].text);
	}
	assert_int_equal(failures, 0);
}

static void test_format(void **state)
{
	static const struct {
		uint64_t usec;
		const char *text;
	} table[] = {
		{ 0, "0" },
		{ 1, "1us" },
		{ 999, "999us" },
		{ 1000, "1ms" },
		{ 20000, "20ms" },
		{ 1500000, "1s 500ms" },
		{ 90 * SEC, "1min 30s" },
		{ 150 * SEC, "2min 30s" },
		{ HOUR, "1h" },
		{ 90 * MINUTE, "1h 30min" },
		{ DAY, "1d" },
		{ WEEK, "1w" },
		{ 8 * DAY, "1w 1d" },
		{ YEAR, "52w 1d 6h" },
		{ WEEK + DAY + HOUR + MINUTE + SEC + 1001, "1w 1d 1h 1min 1s 1ms 1us" },
		{ UINT64_MAX - 1, "30500568w 6d 8h 1min 49s 551ms 614us" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char text[TIMESPAN_TEXT_SIZE];

		if (timespan_format(table[i].usec, text) != text || strcmp(text, table[i].text) != 0)
			failures += row_fails("%" PRIu64 ": \"%s\" instead of \"%s\"", table[i].usec, text,
			                      table[i].text);
	}
	assert_int_equal(failures, 0);
}

static uint64_t next_random(uint64_t *seed)
{
	/* xorshift64: the same numbers everywhere. */
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void test_round_trip(void **state)
{
	uint64_t seed = 20240229;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		/* Of all sizes, so that every unit comes first in some. */
		uint64_t usec = next_random(&seed) >> (i % 64), back = UNTOUCHED;
		char text[TIMESPAN_TEXT_SIZE];

		if (usec == UINT64_MAX)
			continue;
		assert_int_equal(timespan_parse(timespan_format(usec, text), &back), 0);
		assert_true(back == usec);
	}
}

/* Whatever people type: no text is both taken and lost, and none breaks anything. */
static void test_random_texts(void **state)
{
	static const char letters[] = "0123456789 ..smhdwyMunic\t+-:e\xc2\xb5";
	uint64_t seed = 42;
	unsigned taken = 0;

	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		char text[16], formatted[TIMESPAN_TEXT_SIZE];
		size_t length = next_random(&seed) % sizeof text;
		uint64_t usec = UNTOUCHED, back = UNTOUCHED;
		int r;

		for (size_t j = 0; j < length; j++)
			text[j] = letters[next_random(&seed) % (sizeof letters - 1)];
		text[length] = '\0';
		r = timespan_parse(text, &usec);
		if (r < 0) {
			assert_true(r == -EINVAL || r == -ERANGE);
			assert_true(usec == UNTOUCHED);
			continue;
		}
		taken++;
		assert_int_equal(timespan_parse(timespan_format(usec, formatted), &back), 0);
		assert_true(back == usec);
	}
	assert_true(taken > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),         cmocka_unit_test(test_bad),
		cmocka_unit_test(test_format),       cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_random_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
