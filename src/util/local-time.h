/* Dates and times of day of the local time zone, with its changes of offset. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A day of the calendar, as a number: 0 is 1970-01-01, a Thursday. */
typedef int64_t local_day;

/* The local day at this time, in seconds since 1970, UTC. */
local_day local_day_of(int64_t seconds);

/* From Monday, 0, to Sunday, 6. */
unsigned local_day_of_week(local_day day);

/* When local clocks show this time of that day for the first time. `seconds` counts from midnight, and may be
 * more than a day. If a change of the offset skips that time: the moment of the change. The result is in
 * seconds since 1970, UTC. The time zone is the machine's present one, or $TZ's (see clock_local() in
 * util/clock.h). */
int64_t local_time(local_day day, int64_t seconds);

/* The day of a date of the calendar: year from 0, month from 1, day of the month from 1. False if there is no such date. */
bool local_day_from_date(int year, unsigned month, unsigned day, local_day *ret);

/* The date of a day: year, month and day of the month, as in struct tm. Other members are not set. */
void local_date_of_day(local_day day, struct tm *ret);
