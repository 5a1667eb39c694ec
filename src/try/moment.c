#define _GNU_SOURCE
#include "try/moment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"
#include "util/local-time.h"

#define ZONES "/usr/share/zoneinfo"

/* Days since 1970-01-01 of the Gregorian calendar; a year that begins in March has its leap day at its end. */
static local_day day_of(unsigned year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month < 3), era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * ((int64_t)month + (month < 3 ? 9 : -3)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t on_its_day(const struct statement_time *time)
{
	return local_time(day_of(time->year, time->month, time->day), time->second_of_day);
}

/* Of today, or else of a later day: of tomorrow, unless that comes too early, too, because clocks went over midnight. */
int moment_of_at(const struct statement_time *time, int64_t now, int64_t *ret)
{
	local_day today = local_day_of(now);
	int64_t moment = time->has_date ? on_its_day(time) : local_time(today, time->second_of_day);

	for (local_day day = today + 1; !time->has_date && moment < now; day++)
		moment = local_time(day, time->second_of_day);
	if (moment < now)
		return -ERANGE;
	*ret = moment;
	return 0;
}

int64_t moment_of_clock(const struct statement_time *time, int64_t now)
{
	return time->has_date ? on_its_day(time) : local_time(local_day_of(now), time->second_of_day);
}

bool moment_zone_is_known(const char *zone)
{
	const char *folder = getenv("TZDIR");
	_cleanup_(cleanup_free) char *path = NULL;
	struct stat st;

	if (strcmp(zone, "UTC") == 0)
		return true;
	if (asprintf(&path, "%s/%s", folder ? folder : ZONES, zone) < 0)
		return false;
	return stat(path, &st) >= 0 && S_ISREG(st.st_mode);
}
