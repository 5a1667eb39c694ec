/* What a person means with a button: a single press, a double one, or a long one. Pure: levels and the kernel's
 * times come in, the meaning comes out.
 *
 *     single   pressed and released. Reported as soon as it cannot become another press any more: with
 *              DoubleSec=, that long after the release; without it, at the release; without LongSec=, too, at
 *              the press itself
 *     double   pressed again less than DoubleSec= after the release. Reported at the second press, however
 *              long that one is held
 *     long     held for LongSec=. Reported at that moment; nothing is reported at the release
 *
 * What comes out depends on when the edges were, to the nanosecond, and not on when they were handled. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct press_settings {
	uint64_t double_ns, long_ns; /* 0: there are none */
};

/* A double click as desktops have it, and a press that nobody means to be a short one. */
#define PRESS_DOUBLE_DEFAULT_NS UINT64_C(400000000)
#define PRESS_LONG_DEFAULT_NS UINT64_C(800000000)

enum press_meaning {
	PRESS_SINGLE,
	PRESS_DOUBLE,
	PRESS_LONG,
};

enum press_state {
	PRESS_UNKNOWN,  /* pressed or not: nothing counts before a release */
	PRESS_RELEASED, /* nothing is waited for */
	PRESS_HELD,     /* nothing is waited for but the release */
	PRESS_BEGUN,    /* pressed since `since_ns`: single or long */
	PRESS_ONCE,     /* released since `since_ns`: single, or the first half of a double */
};

/* All zero at first, and again when edges were lost or the device has gone: what is held by then means
 * nothing until it was released, and a press that was not complete nobody has made. All of it is worth
 * keeping over a restart (CLOCK_MONOTONIC). */
struct press {
	int state; /* enum press_state */
	uint64_t since_ns;
};

struct press_said {
	enum press_meaning meaning;
	uint64_t at_ns; /* when it became certain, on CLOCK_MONOTONIC */
};

/* One edge may end the time of the press before it, and be one itself. */
#define PRESS_SAID_MAX 2

/* The button is pressed or not since `at_ns`. Edges come in their order; the same one again changes nothing.
 * How many meanings there are, in order. */
unsigned press_input(struct press *press, const struct press_settings *settings, bool pressed, uint64_t at_ns,
                     struct press_said ret[static PRESS_SAID_MAX]);

/* It is `now_ns`, and edges from before that have been handled. Whether something was meant, into `*ret`. */
bool press_time(struct press *press, const struct press_settings *settings, uint64_t now_ns,
                struct press_said *ret);

/* When press_time() has something to say, if there is no edge before; NEVER_NS (util/clock.h): it has not.
 * Other settings are another time. */
uint64_t press_next_ns(const struct press *press, const struct press_settings *settings);

/* After the structure was filled with what another one kept. False: nothing is known, because nothing was, or
 * because it made no sense and was forgotten; the level has to be read. */
bool press_restored(struct press *press, uint64_t now_ns);
