/* Times as systemd writes them, on two days of which the clock is changed, too: as systemd-analyze(1) has them. */
#include "util/timestamp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "util/clock.h"

/* Saturday, 2026-11-28 13:21:29.25 UTC */
#define NOW_S INT64_C(1795872089)
#define NOW_USEC (NOW_S * (int64_t)USEC_PER_SEC + 250000)

static const struct {
	const char *text;
	int r;
	int64_t usec; /* with the second alone: a million times as much */
} rows[] = {
	{ "now", 0, NOW_USEC },
	{ "today", 0, INT64_C(1795820400000000) },
	{ "yesterday", 0, INT64_C(1795734000000000) },
	{ "tomorrow", 0, INT64_C(1795906800000000) },
	{ " today ", 0, INT64_C(1795820400000000) },
	{ "-2h", 0, NOW_USEC - INT64_C(7200000000) },
	{ "+2h", 0, NOW_USEC + INT64_C(7200000000) },
	{ "2h ago", 0, NOW_USEC - INT64_C(7200000000) },
	{ "1h 30min ago", 0, NOW_USEC - INT64_C(5400000000) },
	{ "2h left", 0, NOW_USEC + INT64_C(7200000000) },
	{ "- 2h", 0, NOW_USEC - INT64_C(7200000000) },
	{ "@1793520000", 0, INT64_C(1793520000000000) },
	{ "@0", 0, 0 },
	{ "@1.5", 0, 1500000 },
	{ "@1.0000019", 0, 1000001 },
	{ "2026-11-01 08:00", 0, INT64_C(1793516400000000) },
	{ "2026-11-01", 0, INT64_C(1793487600000000) },
	{ "2026-11-01T08:00", 0, INT64_C(1793516400000000) },
	{ "2026-11-01 08:00:30.25", 0, INT64_C(1793516430250000) },
	{ "2026-11-01 08:00 UTC", 0, INT64_C(1793520000000000) },
	{ "2026-11-01T08:00Z", 0, INT64_C(1793520000000000) },
	{ "2026-11-01T08:00:00+02:00", 0, INT64_C(1793512800000000) },
	{ "2026-11-01 08:00 +0530", 0, INT64_C(1793500200000000) },
	{ "2026-11-01 08:00 -01", 0, INT64_C(1793523600000000) },
	{ "2026-11-01 08:00:00 CET", 0, INT64_C(1793516400000000) },
	{ "Sun 2026-11-01 08:00:00 CET", 0, INT64_C(1793516400000000) },
	{ "sunday 2026-11-01", 0, INT64_C(1793487600000000) },
	{ "08:00", 0, INT64_C(1795849200000000) },
	{ "8:00", 0, INT64_C(1795849200000000) },
	{ "08:00:05", 0, INT64_C(1795849205000000) },
	{ "08:00 UTC", 0, INT64_C(1795852800000000) },
	/* The hour that comes twice, and the one that there is not. */
	{ "2026-10-25 02:30", 0, INT64_C(1792888200000000) },
	{ "2026-10-25 02:30 CEST", 0, INT64_C(1792888200000000) },
	{ "2026-10-25 02:30 CET", 0, INT64_C(1792891800000000) },
	{ "2026-03-29 02:30", 0, INT64_C(1774746000000000) },
	{ "2028-02-29", 0, INT64_C(1835391600000000) },
	{ "", -EINVAL, 0 },
	{ "  ", -EINVAL, 0 },
	{ "later", -EINVAL, 0 },
	{ "Today", -EINVAL, 0 },
	{ "today 08:00", -EINVAL, 0 },
	{ "2h", -EINVAL, 0 },
	{ "-", -EINVAL, 0 },
	{ "-2x", -EINVAL, 0 },
	{ " ago", -EINVAL, 0 },
	{ "@", -EINVAL, 0 },
	{ "@-1", -EINVAL, 0 },
	{ "@1.", -EINVAL, 0 },
	{ "@1x", -EINVAL, 0 },
	{ "2026-02-29", -EINVAL, 0 },
	{ "2026-13-01", -EINVAL, 0 },
	{ "2026-00-01", -EINVAL, 0 },
	{ "2026-11-31", -EINVAL, 0 },
	{ "2026-11", -EINVAL, 0 },
	{ "26-11-01", -EINVAL, 0 },
	{ "2026-11-01 24:00", -EINVAL, 0 },
	{ "2026-11-01 08:60", -EINVAL, 0 },
	{ "2026-11-01 08", -EINVAL, 0 },
	{ "2026-11-01T", -EINVAL, 0 },
	{ "2026-11-01 08:00 CEST", -EINVAL, 0 },
	{ "2026-11-01 08:00 +2", -EINVAL, 0 },
	{ "2026-11-01 08:00 +24:00", -EINVAL, 0 },
	{ "Mon 2026-11-01", -EINVAL, 0 },
	{ "08:00:", -EINVAL, 0 },
	{ "08:00:05.", -EINVAL, 0 },
	{ "1960-01-01", -ERANGE, 0 },
	{ "-60y", -ERANGE, 0 },
	{ "@99999999999999999", -ERANGE, 0 },
	{ "@9999999999999999999", -ERANGE, 0 },
};

static void test_rows(void **state)
{
	unsigned failed = 0;

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		uint64_t usec = 0;
		int r = timestamp_parse(rows[i].text, NOW_USEC, &usec);

		if (r != rows[i].r || (int64_t)usec != rows[i].usec)
			failed += row_fails("'%s': %d, %" PRIu64, rows[i].text, r, usec);
	}
	assert_int_equal(failed, 0);
}

/* Pieces of times, put together at random: never anything but a time or an error, and the result is untouched with one. */
static void test_noise(void **state)
{
	static const char *const pieces[] = { "2026", "-", ":", "08", " ", "T", "Z", "+", "@", "1", ".", "ago", "today",
		                              "9999999999", "Sun", "h", "UTC", "\xff", "60", "y", "CET", "left", "0" };

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	srandom(1);
	for (unsigned i = 0; i < 20000; i++) {
		char text[256] = "";
		uint64_t usec = 42;
		int r;

		for (long n = random() % 12; n > 0; n--)
			strcat(text, pieces[(size_t)random() % ELEMENTS(pieces)]);
		r = timestamp_parse(text, NOW_USEC, &usec);
		assert_true(r == 0 || ((r == -EINVAL || r == -ERANGE) && usec == 42));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
