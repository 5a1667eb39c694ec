/* When a schedule is active: a time of each of its days, from one time of day to another. Pure, but for the time zone.
 *
 * A day's time begins on that day. It ends on the next one where `to` is not later in the day than `from`: for two clock
 * times, or two of the sun's of the same name, that is what they say; else sunrise is in the morning, sunset in the
 * afternoon, whenever they are, and a clock time until 12:00 is in the morning. So "sunset to 23:00" is empty where the sun
 * sets after 23:00, and does not last until the next day. Times that a change of offset skips or has twice: local_time(). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum schedule_base {
	SCHEDULE_NEVER, /* none is given */
	SCHEDULE_CLOCK,
	SCHEDULE_SUNRISE,
	SCHEDULE_SUNSET,
};

/* A time of day: so many seconds after midnight, or after the sun's. */
struct schedule_time {
	enum schedule_base base;
	int seconds;
};

#define SCHEDULE_EVERY_DAY 0x7fU

struct schedule {
	unsigned days; /* a bit for each, the lowest is Monday */
	struct schedule_time from, to;
	double latitude, longitude; /* where one of the two is the sun's */
};

struct schedule_now {
	bool active;
	int64_t since;     /* when it became so; INT64_MIN: more than a week ago */
	int64_t until;     /* when that ends; INT64_MAX: not within a week */
	int64_t ask_again; /* no later than this */
};

/* At this time; all in seconds since 1970, UTC. */
struct schedule_now schedule_at(const struct schedule *schedule, int64_t seconds);

/* Whether it is on any day within a year from now. */
bool schedule_is_ever(const struct schedule *schedule);

/* Another number for another schedule. */
uint64_t schedule_id(const struct schedule *schedule);

#define SCHEDULE_TEXT_SIZE 64

/* "HH:MM", "HH:MM:SS" up to 24:00; "sunrise" or "sunset", alone or with "+" or "-" and a time span of at most 12 hours
 * behind it. -EINVAL. */
int schedule_time_parse(const char *text, struct schedule_time *ret);
/* As it is read again. Returns `buffer`. */
char *schedule_time_format(const struct schedule_time *time, char buffer[static SCHEDULE_TEXT_SIZE]);

/* "Mon..Fri", "Sat Sun" or "Mon,Wed..Fri": English names of days, whole or three letters of them, in upper or lower case; a
 * range may go over Sunday. -EINVAL. */
int schedule_days_parse(const char *text, unsigned *ret);
char *schedule_days_format(unsigned days, char buffer[static SCHEDULE_TEXT_SIZE]);
