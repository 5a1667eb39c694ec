/* Whether an on/off sensor can be believed: one that is active all day (StuckSec=), or changes in each hour
 * of a day more often than there are people for (ChangesPerHourMax=, ChangesHours=), is broken, blocked, or
 * sees something else. It is only said. Pure: levels and the kernel's times come in, decisions stand in the
 * structure.
 *
 * Changes are counted in hours that follow one another; the first begins with a change, and so does the next
 * one after an hour without any. `hours` of them in a row with more than `changes_max` each are too many,
 * which is certain at the change that is one too many in the last of them. It is over with an hour that had
 * fewer than half of `changes_max`; what lies in between changes nothing. So
 *
 *   - who changes more often than that without end is found before `hours` and one more are over;
 *   - who does so for less than `hours` - 1 is never found;
 *   - two hours with no more than `changes_max` in both of them together end the row, whenever they begin, as
 *     a counted one lies in them;
 *   - with `hours` of 1, what begins after an hour's rest is found at once, but a burst amid others may have
 *     twice as many, half of them in each of two hours.
 *
 * An hour before each change, or before each minute, would be exact for bursts, too, and take sixty numbers
 * which do not survive a restart. What is looked for lasts for days.
 *
 * The defaults are for a PIR like the HC-SR501: its output lasts for 3 s at least, and it is blind for about
 * 2.5 s after that, so with somebody in front of it without a pause it makes 1309 changes in an hour. One
 * that runs by itself every 6.4 s makes 1125, and no limit can tell the two apart in an hour, or in a shop's
 * day. But nobody moves for a day and a night: where people live there are two hours with fewer than 60
 * pulses. A sensor that runs by itself has none, also with its output set to last up to a minute. The price
 * is that it is said after a day. Where somebody is in front of it all the time, both are to be set to 0. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct suspect_settings {
	uint64_t stuck_ns;    /* active for so long; 0: not asked for */
	uint64_t changes_max; /* in an hour; 0: not asked for */
	unsigned hours;       /* in a row; 0 is 1 */
};

/* Of a sensor of motion. A contact may be open for a week, and has neither. */
#define SUSPECT_STUCK_DEFAULT_NS UINT64_C(86400000000000)
#define SUSPECT_CHANGES_MAX_DEFAULT 120
#define SUSPECT_HOURS_DEFAULT 24

/* What has become of it: bits, as two things may happen at once. */
enum suspect_outcome {
	SUSPECT_NOTHING = 0,
	SUSPECT_STUCK = 1 << 0,
	SUSPECT_STUCK_NO_MORE = 1 << 1, /* it is inactive */
	SUSPECT_CHANGES = 1 << 2,
	SUSPECT_CHANGES_NO_MORE = 1 << 3, /* it was quiet for an hour */
};

/* All zero at first, and again when the device has gone. All of it but what is for suspect_describe() is
 * worth keeping over a restart (CLOCK_MONOTONIC), as a day is long. */
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

/* The level is this since `at_ns`, in order and as the line has it, before any delay; the same one again is
 * no change. Bits of enum suspect_outcome. What was stuck and is not any more when it is first asked for is
 * not said. */
unsigned suspect_input(struct suspect *suspect, const struct suspect_settings *settings, bool active,
                       uint64_t at_ns);

/* It is `now_ns`. The same bits; each is said once, until it was over. */
unsigned suspect_time(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns);

/* When suspect_time() may have something to say; NEVER_NS (util/clock.h): it has not. Until it is suspect
 * that is once for each time it is active, then once an hour. */
uint64_t suspect_next_ns(const struct suspect *suspect, const struct suspect_settings *settings);

/* After the structure was filled with what another one kept: what makes no sense begins now, what is not
 * asked for any more is over. */
void suspect_restored(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns);

/* Room for each text of suspect_describe(). */
#define SUSPECT_TEXT_SIZE 192

/* One of the bits, right after it came, as the end of a sentence: "it has been active for longer than 1d".
 * Returns `buffer`. */
char *suspect_describe(const struct suspect *suspect, const struct suspect_settings *settings,
                       enum suspect_outcome outcome, char buffer[static SUSPECT_TEXT_SIZE]);
