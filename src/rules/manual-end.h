/* When a state that a person has set ends by itself: a pure part of the LightController.
 *
 * The person gives a time span. So while the machine runs, the end is on CLOCK_MONOTONIC, whatever the wall
 * clock is set to. Two times are on CLOCK_REALTIME: the one that people see, and the one that survives power
 * loss, after which CLOCK_MONOTONIC begins anew. Both follow the wall clock when it is set. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* The longest span: 10 years. */
#define MANUAL_END_USEC_MAX (UINT64_C(3652) * 86400 * USEC_PER_SEC)

struct manual_end {
	uint64_t at_ns;      /* CLOCK_MONOTONIC; NEVER_NS: it does not end by itself */
	uint64_t at_usec;    /* CLOCK_REALTIME; 0: it does not end by itself */
	uint64_t for_usec;   /* the span that was given; 0: it does not end by itself, or an older version has kept it */
	bool by_wall_clock;  /* at_usec counts, because at_ns was computed from it with a clock that may be wrong */
	uint64_t shown_usec; /* the end as people see it: at_usec, unless the clock is too wrong for that */
};

/* A moment on both clocks. */
struct manual_now {
	uint64_t monotonic_ns, realtime_usec;
};

/* Reads both clocks, one after the other. If the wall clock is set in between, manual_end_follow() corrects
 * it later. */
struct manual_now manual_now(void);

/* Sets the end to this time from now, at most MANUAL_END_USEC_MAX; 0: it does not end by itself. */
void manual_end_set(struct manual_end *end, struct manual_now now, uint64_t for_usec);

/* After power loss: at_usec and for_usec have the kept values. Most boards have no clock with a battery, and
 * start with a time that is behind until it is corrected. Until then at_usec counts, but the rest is never
 * longer than the span that was given. False: the time is over, or the values make no sense; then there is no
 * end any more. */
bool manual_end_restore(struct manual_end *end, struct manual_now now);

/* After a restart: all members but shown_usec have the kept values. The wall clock may have been set
 * meanwhile. */
void manual_end_recall(struct manual_end *end, struct manual_now now);

/* The wall clock may have been set. Less than a second does not count: that is its normal error. The first
 * time after power loss this corrects the clock, and at_ns is computed from at_usec. In all other cases
 * at_usec is computed from at_ns. True if either has changed. */
bool manual_end_follow(struct manual_end *end, struct manual_now now);
