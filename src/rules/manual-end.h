/* When a state that a person has set ends by itself: a pure part of the LightController.
 *
 * It is asked for as a time span, so while the machine runs it ends on CLOCK_MONOTONIC, whatever the wall
 * clock is set to. Two things are on CLOCK_REALTIME: what people are shown, and what is left after power
 * loss, when the other clock begins anew. Both follow the wall clock when it is set. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* Nothing longer can be asked for; 10 years. */
#define MANUAL_END_USEC_MAX (UINT64_C(3652) * 86400 * USEC_PER_SEC)

struct manual_end {
	uint64_t at_ns;      /* CLOCK_MONOTONIC; NEVER_NS: it does not end by itself */
	uint64_t at_usec;    /* CLOCK_REALTIME; 0: it does not */
	uint64_t for_usec;   /* what was asked for; 0: it does not end, or an older version has kept it */
	bool by_wall_clock;  /* at_usec is what counts, because at_ns was computed from it and that may be
	                        wrong */
	uint64_t shown_usec; /* at_usec as people are shown it: not one that the clock is too wrong for */
};

/* A moment on both clocks. */
struct manual_now {
	uint64_t monotonic_ns, realtime_usec;
};

/* Read one after the other; what happens to the clock in between is found by whoever watches it. */
struct manual_now manual_now(void);

/* It ends after this time, at most MANUAL_END_USEC_MAX; 0: not by itself. */
void manual_end_set(struct manual_end *end, struct manual_now now, uint64_t for_usec);

/* After power loss: at_usec and for_usec are what was kept. Most boards have no clock with a battery, and
 * start with a time that is behind until it is put right. So at_usec goes on counting until then; but it is
 * never longer than what was asked for. False: it is over, or makes no sense, and was set to no end. */
bool manual_end_restore(struct manual_end *end, struct manual_now now);

/* After a restart: all but shown_usec is what was kept. The wall clock may have been set meanwhile. */
void manual_end_recall(struct manual_end *end, struct manual_now now);

/* The wall clock may have been set, by at least a second: less is what it may be wrong by. The first time
 * after power loss that puts it right, and at_ns follows from at_usec; after that, and else, at_usec follows
 * from at_ns. True if either is another. */
bool manual_end_follow(struct manual_end *end, struct manual_now now);
