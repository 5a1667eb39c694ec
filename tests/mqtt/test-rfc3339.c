#include "mqtt/rfc3339.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "helpers.h"
#include "util/cleanup.h"
#include "util/clock.h"

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t usec; /* -1: none */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-28T04:28:33Z", 1795840113000000 },
		{ "2026-11-28T04:28:33.5Z", 1795840113500000 },
		{ "2026-11-28T04:28:33.123456Z", 1795840113123456 },
		{ "2026-11-28T04:28:33.123456789Z", 1795840113123456 },
		{ "2026-11-28T05:28:33.123456+01:00", 1795840113123456 },
		{ "2026-11-27T22:58:33.123456-05:30", 1795840113123456 },
		{ "2024-02-29T00:00:00Z", 1709164800000000 },
		{ "", -1 },
		{ "2026-11-28", -1 },
		{ "2026-11-28 04:28:33Z", -1 },
		{ "2026-11-28T04:28:33", -1 },
		{ "2026-11-28T04:28:33+01", -1 },
		{ "2026-11-28T04:28:33+0100", -1 },
		{ "2026-11-28T04:28:33+1:00", -1 },
		{ "2026-11-28T04:28:33+01:00x", -1 },
		{ "2026-11-28T04:28:33+01:60", -1 },
		{ "2026-13-28T04:28:33Z", -1 },
		{ "2026-00-28T04:28:33Z", -1 },
		{ "2026-11-28T24:28:33Z", -1 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "1970-01-01T00:00:00+01:00", -1 },
		{ "2026-11-28T04:28:33.Zx", -1 },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		uint64_t usec = 77;
		int r = rfc3339_parse(rows[i].text, &usec);

		if (rows[i].usec < 0 ? r != -EINVAL || usec != 77 : r < 0 || usec != (uint64_t)rows[i].usec)
			wrong += row_fails("'%s': %d, %llu", rows[i].text, r, (unsigned long long)usec);
	}
	assert_int_equal(wrong, 0);
}

/* What the clock writes, in some zones, is read back. */
static void test_back(void **state)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu" };
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(zones); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		for (uint64_t usec = 1; usec < UINT64_C(3000000000000000); usec += UINT64_C(123456789012345)) {
			char text[CLOCK_RFC3339_SIZE];
			uint64_t back = 0;

			clock_format_rfc3339(usec * NSEC_PER_USEC, text);
			if (rfc3339_parse(text, &back) < 0 || back != usec)
				wrong += row_fails("%s in %s", text, zones[i]);
		}
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
