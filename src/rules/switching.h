/* How a switched output behaves over time. Pure: the request and the time come in, and the decisions are in the
 * structure.
 *
 * The request is what a person has set. If nothing is set, it is what the condition says: on while the condition is true,
 * and for OffDelaySec= after that; while it is not known, what WhenUnknown= says. These keys override the request, the
 * strongest first:
 *
 *     MaxOnSec=, PulseSec=   the output goes off this long after it went on, whatever the request is. It stays off until
 *                            the request has ended and begins again, or a person asks again
 *     Excludes=              the output is not switched on while one that it excludes is on, nor for DeadTimeSec= after
 *                            that. An output that is on yields to a request that begins later, as if MaxOnSec= were over,
 *                            but not before MinOnSec= is over
 *     MinOnSec=, MinOffSec=  the output stays on (off) for at least this long after it went on (off), whatever the request
 *                            is: the request waits. A condition that is not known does not start these times again
 *
 * After a power failure nobody knows how long the output was off, so MinOffSec= counts from the start. The lengths
 * of all times are those of the present configuration, even if they began under an earlier one. */
#pragma once

#include <stdbool.h>

#include "roomd/state.h"

enum switching_unknown {
	SWITCHING_UNKNOWN_OFF,
	SWITCHING_UNKNOWN_ON,
	SWITCHING_UNKNOWN_KEEP,
};

/* WhenUnknown=: the words for it, in this order, ended by NULL. */
extern const char *const switching_unknown_words[];

/* Times in ns; 0: not set. */
struct switching_settings {
	uint64_t off_delay_ns, min_on_ns, min_off_ns, max_on_ns, pulse_ns, dead_time_ns;
	enum switching_unknown when_unknown;
};

enum switching_hand {
	SWITCHING_BY_NOBODY,
	SWITCHING_OFF_BY_HAND,
	SWITCHING_ON_BY_HAND,
};

/* Why it is on or off. */
enum switching_why {
	SWITCHING_WANTED,    /* it follows the request */
	SWITCHING_OFF_DELAY, /* on, because the condition was true not long ago */
	SWITCHING_MIN_ON,    /* on, although off is requested */
	SWITCHING_MIN_OFF,   /* off, although on is requested */
	SWITCHING_MAX_ON,    /* the same, because of MaxOnSec= */
	SWITCHING_PULSE,     /* the same, because the pulse is over */
	SWITCHING_EXCLUDED,  /* the same, because one that it excludes is on, was on a moment ago, or is to be on instead */
};

/* All zero at first, for switching_start(): off since the start. All members but the first and the last two
 * are worth keeping over a restart (CLOCK_MONOTONIC). */
struct switching {
	uint64_t others_off_ns; /* since when all that it excludes are off; NEVER_NS: one is on, or it is not known */
	bool on;
	uint64_t since_ns; /* since when; 0: it has not been started */
	bool wanted;       /* requested by the condition, with its delay */
	bool holds;        /* the condition was true when it was last known */
	uint64_t held_ns;  /* until when it was true */
	bool spent;        /* it has been on for long enough */
	int spent_by;      /* enum switching_why */
	/* Decisions: */
	enum switching_why why;
	uint64_t next_ns; /* when to update again if nothing happens; NEVER_NS (util/clock.h): never */
};

/* Begins, or goes on after a restart; corrects values that make no sense. */
void switching_start(struct switching *switching, uint64_t now_ns);

/* It is `now_ns`; the condition has been this since `at_ns`, and a person has set `hand`. True if `on` has
 * changed. */
bool switching_update(struct switching *switching, const struct switching_settings *settings, enum truth condition,
                      uint64_t at_ns, enum switching_hand hand, uint64_t now_ns);

/* It is on, and an output that it excludes is to be on instead. */
void switching_yield(struct switching *switching);

/* A person has set it, maybe to what was set already: it may go on again. */
void switching_asked(struct switching *switching);

/* Something else has switched it, such as the end of the service: its times count from then. */
void switching_switched(struct switching *switching, bool on, uint64_t now_ns);
