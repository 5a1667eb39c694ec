/* When an on/off level counts as active: after it has been active for some time (OnDelaySec=), and until it
 * has been inactive for some time (OffDelaySec=). Pure: levels and the kernel's times come in, changes come
 * out.
 *
 * The result depends on when the edges were, to the nanosecond, and not on when they were handled. A pulse
 * that was long enough counts, as two changes, even if it is over by now. A change has the time at which its
 * delay was over. A level that has lasted exactly as long as the delay counts. A shorter pulse never makes
 * the result active. But if the result is active while its off-delay runs, a shorter pulse starts the
 * off-delay again. */
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
	int level;         /* enum delay_level: the result; unknown until the first level counts */
	uint64_t since_ns; /* since when: the edge and the delay */
};

struct delay_change {
	bool active;
	bool first;     /* the level was not known before, and may be older than this */
	uint64_t at_ns; /* CLOCK_MONOTONIC */
};

/* One edge may end the delay of the edge before it, and count at once. */
#define DELAY_CHANGES_MAX 2

/* The level has been `active` or not since `at_ns`. The same level again changes nothing. The first level, at
 * the start of the device, counts as if it began then; a first inactive level counts at once, because nothing
 * was active before. Edges come in order. If one is from before a change that delay_time() has already
 * returned (it was called too early), it counts as at that change, so that the last level is never lost.
 * Returns how many changes there are in `ret`, in order. */
unsigned delay_input(struct delay *delay, const struct delay_settings *settings, bool active, uint64_t at_ns,
                     struct delay_change ret[static DELAY_CHANGES_MAX]);

/* It is `now_ns`, and all edges from before have been handled. True if there is a change, in `*ret`. */
bool delay_time(struct delay *delay, const struct delay_settings *settings, uint64_t now_ns,
                struct delay_change *ret);

/* When delay_time() will return a change, if there is no edge before that; NEVER_NS: never. Depends on the
 * settings. */
uint64_t delay_next_ns(const struct delay *delay, const struct delay_settings *settings);

/* After the structure was filled with the values that an earlier process kept. False: nothing is known, or
 * the values made no sense and were cleared; the level has to be read. */
bool delay_restored(struct delay *delay, uint64_t now_ns);
