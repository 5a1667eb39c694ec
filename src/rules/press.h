/* What a person means with a button: a single press, a double one, or a long one. Pure: levels and the kernel's
 * times come in, the meaning comes out.
 *
 *     single   pressed and released. Reported as soon as it cannot become another press any more: with
 *              DoubleSec=, that long after the release; without it, at the release; with neither DoubleSec=
 *              nor LongSec=, at the press itself
 *     double   pressed again less than DoubleSec= after the release. Reported at the second press, however
 *              long that one is held
 *     long     held for LongSec=. Reported at that moment; nothing is reported at the release
 *
 * The result depends on when the edges were, to the nanosecond, and not on when they were handled. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct press_settings {
	uint64_t double_ns, long_ns; /* 0: there are no double or no long presses */
};

/* A double click as on desktops, and a press that is certainly meant to be long. */
#define PRESS_DOUBLE_DEFAULT_NS UINT64_C(400000000)
#define PRESS_LONG_DEFAULT_NS UINT64_C(800000000)

enum press_meaning {
	PRESS_SINGLE,
	PRESS_DOUBLE,
	PRESS_LONG,
};

enum press_state {
	PRESS_UNKNOWN,  /* may be pressed or not: nothing counts before a release */
	PRESS_RELEASED, /* not pressed */
	PRESS_HELD,     /* pressed, and reported: only the release is missing */
	PRESS_BEGUN,    /* pressed since `since_ns`: single or long */
	PRESS_ONCE,     /* released since `since_ns`: single, or the first half of a double */
};

/* All zero at first, and again when edges were lost or the device has gone. A button that is held then means
 * nothing until it is released, and a press that was not complete does not count. All of it is worth keeping
 * over a restart (CLOCK_MONOTONIC). */
struct press {
	int state; /* enum press_state */
	uint64_t since_ns;
};

struct press_said {
	enum press_meaning meaning;
	uint64_t at_ns; /* when it became certain, on CLOCK_MONOTONIC */
};

/* One edge may complete the press before it, and be a press itself. */
#define PRESS_SAID_MAX 2

/* The button has been pressed or not since `at_ns`. Edges come in order; the same level again changes
 * nothing. Returns how many presses are complete, in `ret` in order. */
unsigned press_input(struct press *press, const struct press_settings *settings, bool pressed, uint64_t at_ns,
                     struct press_said ret[static PRESS_SAID_MAX]);

/* It is `now_ns`, and all edges from before have been handled. True if a press is complete, in `*ret`. */
bool press_time(struct press *press, const struct press_settings *settings, uint64_t now_ns,
                struct press_said *ret);

/* When press_time() will return a press, if there is no edge before that; NEVER_NS (util/clock.h): never.
 * Depends on the settings. */
uint64_t press_next_ns(const struct press *press, const struct press_settings *settings);

/* After the structure was filled with the values that an earlier process kept. False: nothing is known, or
 * the values made no sense and were cleared; the level has to be read. */
bool press_restored(struct press *press, uint64_t now_ns);
