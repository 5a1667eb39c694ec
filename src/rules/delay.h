/* When an on/off level counts as active: after it has been active for some time (OnDelaySec=), and until it has
 * been inactive for some time (OffDelaySec=). Pure: levels and the kernel's times come in, changes come out.
 *
 * The result depends on when the edges were, to the nanosecond, and not on when they were handled. A pulse
 * that was long enough counts, as two changes, even if it is over by now. A change has the time at which its
 * delay was over. A level that has lasted exactly as long as the delay counts. A pulse that is
 * shorter never makes the result active; while it is active because its off-delay runs, the pulse says that
 * it is not inactive yet, and the off-delay begins anew. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct delay_settings {
	uint64_t on_ns, off_ns; /* 0: at once; NEVER_NS (util/clock.h): never */
};

enum delay_level {
	DELAY_UNKNOWN,
	DELAY_INACTIVE,
	DELAY_ACTIVE,
};

/* All zero at first, and again when the device has gone. All of it is worth keeping over a restart
 * (CLOCK_MONOTONIC): a delay that runs goes on, with the length that is set by then. */
struct delay {
	int input;         /* enum delay_level: the last edge's */
	uint64_t input_ns; /* since when */
	int level;         /* enum delay_level: what counts; unknown until the first level counts */
	uint64_t since_ns; /* since when: the edge and the delay */
};

struct delay_change {
	bool active;
	bool first;     /* it was not known before, so it may have been so for long */
	uint64_t at_ns; /* CLOCK_MONOTONIC */
};

/* One edge may end the delay of the one before it, and count at once. */
#define DELAY_CHANGES_MAX 2

/* The level is this since `at_ns`. The same one again changes nothing: levels are compared, edges not
 * counted. The first one, which a device has at the start, counts as one that began then; a first inactive
 * one counts at once, as nothing was active before. Edges come in their order; one from before a change that
 * delay_time() has given already (it was asked too early) counts as at that change, so the last level is
 * never lost. How many changes there are, in order. */
unsigned delay_input(struct delay *delay, const struct delay_settings *settings, bool active, uint64_t at_ns,
                     struct delay_change ret[static DELAY_CHANGES_MAX]);

/* It is `now_ns`, and edges from before that have been handled. Whether there is a change, into `*ret`. */
bool delay_time(struct delay *delay, const struct delay_settings *settings, uint64_t now_ns,
                struct delay_change *ret);

/* When delay_time() has something to say, if there is no edge before; NEVER_NS: it has not. Other settings
 * are another time. */
uint64_t delay_next_ns(const struct delay *delay, const struct delay_settings *settings);

/* After the structure was filled with what another one kept. False: nothing is known, because nothing was, or
 * because it made no sense and was forgotten; the level has to be read. */
bool delay_restored(struct delay *delay, uint64_t now_ns);
