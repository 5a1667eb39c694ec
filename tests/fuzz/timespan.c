/* Time spans, times and numbers as people and the kernel write them: what is written reads back the same. */
#include "fuzz.h"
#include "util/clock.h"
#include "util/number.h"
#include "util/timespan.h"
#include "util/timestamp.h"

#include <math.h>

#define NOW_USEC UINT64_C(1793520000000000)

static void check_timespan(const char *text)
{
	char form[TIMESPAN_TEXT_SIZE], again[TIMESPAN_TEXT_SIZE];
	uint64_t usec = 42, same = 43;

	if (timespan_parse(text, &usec) < 0) {
		FUZZ_CHECK(usec == 42);
		return;
	}
	FUZZ_CHECK(usec != UINT64_MAX);
	FUZZ_CHECK(timespan_parse(timespan_format(usec, form), &same) == 0 && same == usec);
	FUZZ_CHECK_SAME(timespan_format(same, again), form);
}

static void check_timestamp(const char *text)
{
	uint64_t usec = 42;

	if (timestamp_parse(text, NOW_USEC, &usec) < 0)
		FUZZ_CHECK(usec == 42);
}

/* As near as what it is printed with, 15 digits, can tell. */
static void check_number(const char *text)
{
	double number = 42, expected = strtod(text, NULL);

	if (number_parse(text, &number) < 0)
		FUZZ_CHECK(fabs(number - 42) <= 0);
	else
		FUZZ_CHECK(isfinite(number) && fabs(number - expected) <= 2e-15 * fabs(expected) + 1e-290);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_free) char *text = fuzz_all_text(data, size);

	check_timespan(text);
	check_timestamp(text);
	check_number(text);
	return 0;
}
