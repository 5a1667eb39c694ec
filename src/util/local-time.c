#define _GNU_SOURCE
#include "util/local-time.h"

#include "util/clock.h"

#define DAY_S INT64_C(86400)

static int64_t offset_at(int64_t seconds)
{
	struct tm tm;

	return clock_local((time_t)seconds, &tm) ? tm.tm_gmtoff : 0;
}

/* Rounded down, also before 1970. */
local_day local_day_of(int64_t seconds)
{
	int64_t shown = seconds + offset_at(seconds);

	return shown / DAY_S - (shown % DAY_S < 0);
}

unsigned local_day_of_week(local_day day)
{
	return (unsigned)(((day + 3) % 7 + 7) % 7);
}

/* Between two times with another offset each: the first of the later one. */
static int64_t change_between(int64_t before, int64_t after)
{
	int64_t offset = offset_at(before);

	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;

		if (offset_at(middle) == offset)
			before = middle;
		else
			after = middle;
	}
	return after;
}

/* It is with the offset of the day before, or with that of the day after. With both: twice, and the first counts. */
int64_t local_time(local_day day, int64_t seconds)
{
	int64_t shown = day * DAY_S + seconds;
	int64_t early = shown - offset_at(shown - DAY_S), late = shown - offset_at(shown + DAY_S);
	int64_t first = early < late ? early : late, last = early < late ? late : early;

	if (first + offset_at(first) == shown)
		return first;
	if (last + offset_at(last) == shown)
		return last;
	return change_between(first, last);
}

/* A date that there is not (a 31st of April) becomes another one. */
bool local_day_from_date(int year, unsigned month, unsigned day, local_day *ret)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day };
	time_t seconds;

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	seconds = timegm(&tm);
	if (tm.tm_mday != (int)day)
		return false;
	*ret = (int64_t)seconds / DAY_S - ((int64_t)seconds % DAY_S < 0);
	return true;
}

void local_date_of_day(local_day day, struct tm *ret)
{
	time_t seconds = (time_t)(day * DAY_S);

	*ret = (struct tm){ .tm_mday = 1 };
	gmtime_r(&seconds, ret);
}
