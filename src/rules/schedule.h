/* When a schedule is active: on each of its days, from one time of day to another. Pure, except for the time zone.
 *
 * The active time begins on that day. It ends on the next day if `to` is not later in the day than `from`. Two clock times,
 * or two times of the sun with the same name, are simply compared. Otherwise sunrise counts as morning and sunset as
 * afternoon, whenever they are, and a clock time until 12:00 counts as morning. So "sunset to 23:00" is empty if the sun
 * sets after 23:00, and does not last until the next day. For times that a change of the offset from UTC skips or repeats,
 * see local_time(). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum schedule_base {
	SCHEDULE_NEVER, /* not set */
	SCHEDULE_CLOCK,
	SCHEDULE_SUNRISE,
	SCHEDULE_SUNSET,
};

/* A time of day, in seconds after midnight, or after sunrise or sunset. */
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
	int64_t since;     /* since when it has been so; INT64_MIN: for more than a week */
	int64_t until;     /* when that ends; INT64_MAX: not within a week */
	int64_t ask_again; /* no later than this */
};

/* At this time; all in seconds since 1970, UTC. */
struct schedule_now schedule_at(const struct schedule *schedule, int64_t seconds);

/* Whether it is on any day within a year from now. */
bool schedule_is_ever(const struct schedule *schedule);

/* A number that differs between different schedules. */
uint64_t schedule_id(const struct schedule *schedule);

#define SCHEDULE_TEXT_SIZE 64

/* "HH:MM", "HH:MM:SS" up to 24:00; "sunrise" or "sunset", alone or with "+" or "-" and a time span of at most 12 hours
 * behind it. -EINVAL. */
int schedule_time_parse(const char *text, struct schedule_time *ret);
/* In the syntax that schedule_time_parse() reads. Returns `buffer`. */
char *schedule_time_format(const struct schedule_time *time, char buffer[static SCHEDULE_TEXT_SIZE]);

/* "Mon..Fri", "Sat Sun" or "Mon,Wed..Fri": English names of days, whole or three letters of them, in upper or lower case; a
 * range may go over Sunday. -EINVAL. */
int schedule_days_parse(const char *text, unsigned *ret);
char *schedule_days_format(unsigned days, char buffer[static SCHEDULE_TEXT_SIZE]);
