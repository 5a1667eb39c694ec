/* Whether an on/off sensor can be believed. A sensor that is active all day (StuckSec=), or that changes in each
 * hour of a day more often than people can cause (ChangesPerHourMax=, ChangesHours=), is broken, blocked, or sees
 * something else. This is only reported. Pure: levels and the kernel's times come in, decisions are in the
 * structure.
 *
 * Changes are counted in hours that follow one another. The first hour begins with a change, and so does the
 * next one after an hour without any. The sensor is suspect after `hours` hours in a row with more than
 * `changes_max` changes each: from the change on that is one too many in the last of them. It is trusted again
 * after an hour with fewer than half of `changes_max`; a number in between changes nothing. So
 *
 *   - a sensor that changes more often than that without end is found within `hours` + 1 hours;
 *   - one that does so for less than `hours` - 1 hours is never found;
 *   - any two hours with no more than `changes_max` changes in both together end the row, because one of the
 *     counted hours lies within them;
 *   - with `hours` of 1, a burst after an hour's rest is found at once, but a burst among others may have twice
 *     as many changes, half of them in each of two counted hours.
 *
 * An hour that ends at each change, or at each minute, would be exact for bursts, too. It would take sixty numbers,
 * which do not survive a restart. The sensors that are looked for behave like this for days.
 *
 * The defaults are for a PIR like the HC-SR501: its output lasts for 3 s at least, and it is blind for about
 * 2.5 s after that. With somebody in front of it all the time it makes 1309 changes in an hour. One that triggers
 * itself every 6.4 s makes 1125. No limit can tell the two apart in an hour, or in a shop's day. But nobody moves for
 * a day and a night: where people live, there are two hours with fewer than 60 pulses. A sensor that triggers
 * itself has no such hours, even if its output is set to last up to a minute. The price is that it is reported only
 * after a day. If somebody is in front of it all the time, set both keys to 0. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct suspect_settings {
	uint64_t stuck_ns;    /* active for this long; 0: not checked */
	uint64_t changes_max; /* in an hour; 0: not checked */
	unsigned hours;       /* in a row; 0 is 1 */
};

/* For motion sensors. A contact may be open for a week, so neither is checked. */
#define SUSPECT_STUCK_DEFAULT_NS UINT64_C(86400000000000)
#define SUSPECT_CHANGES_MAX_DEFAULT 120
#define SUSPECT_HOURS_DEFAULT 24

/* What has changed: bits, because two things may happen at once. */
enum suspect_outcome {
	SUSPECT_NOTHING = 0,
	SUSPECT_STUCK = 1 << 0,
	SUSPECT_STUCK_NO_MORE = 1 << 1, /* it is inactive */
	SUSPECT_CHANGES = 1 << 2,
	SUSPECT_CHANGES_NO_MORE = 1 << 3, /* it was quiet in an hour */
};

/* All zero at first, and again when the device has gone. All of it but the members for suspect_describe() is
 * worth keeping over a restart (CLOCK_MONOTONIC), because a day is long. */
struct suspect {
	bool active;
	uint64_t since_ns; /* since when, if it is active */
	uint64_t hour_ns;  /* when the hour began; 0: none has */
	uint64_t changes;  /* in it, so far */
	uint64_t hours;    /* before it, in a row, with too many */
	/* Decisions: */
	bool stuck, too_many;
	/* For suspect_describe(): */
	uint64_t lasted_ns;      /* how long the level before has lasted */
	uint64_t changes_before; /* in the hour before */
};

/* The line's level, before any delay, has been this since `at_ns`; in order. The same level again is not a
 * change. Returns bits of enum suspect_outcome. A sensor that was stuck, but is not any more when this is
 * first called, is not reported. */
unsigned suspect_input(struct suspect *suspect, const struct suspect_settings *settings, bool active,
                       uint64_t at_ns);

/* It is `now_ns`. Returns the same bits, each only once until it is over. */
unsigned suspect_time(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns);

/* When suspect_time() may return bits; NEVER_NS (util/clock.h): never. Until the sensor is suspect, that is
 * once for each time it is active; then once an hour. */
uint64_t suspect_next_ns(const struct suspect *suspect, const struct suspect_settings *settings);

/* After the structure was filled with the values that an earlier process kept: times that make no sense begin
 * now, and checks that are not set any more are over. */
void suspect_restored(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns);

/* Room for any text of suspect_describe(). */
#define SUSPECT_TEXT_SIZE 192

/* Describes one of the bits, right after it was returned, as the end of a sentence: "it has been active for
 * longer than 1d". Returns `buffer`. */
char *suspect_describe(const struct suspect *suspect, const struct suspect_settings *settings,
                       enum suspect_outcome outcome, char buffer[static SUSPECT_TEXT_SIZE]);
