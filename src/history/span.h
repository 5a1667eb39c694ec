/* The sums of a series over a stretch of time: how long it was known, and its least, mean and greatest value.
 * Pure. All times are in µs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* The two steps in which old numbers are kept. The longer one is also the length of a window of the record.
 * The last is how many short steps a window has. */
#define FIVE_USEC (300 * USEC_PER_SEC)
#define WINDOW_USEC (7200 * USEC_PER_SEC)
#define WINDOW_FIVES (WINDOW_USEC / FIVE_USEC)

enum series_state {
	SERIES_KNOWN,
	SERIES_GAP, /* nothing is known */
	SERIES_UNAVAILABLE,
};

struct span {
	double min, max, last; /* of the known values; there are none if known_usec and n are 0 */
	double sum;            /* the value times µs */
	uint64_t known_usec, on_usec, unavailable_usec; /* on: a value other than 0 */
	uint32_t n, ups; /* how many values were recorded; how often it changed from 0 to another value */
};

/* A value was recorded. It counts even if it lasted for no time. `up`: it was 0 before, and is not now. */
void span_note(struct span *span, double value, bool up);

/* The value lasted for `usec`. */
void span_hold(struct span *span, enum series_state state, double value, uint64_t usec);

/* Adds all of `other`, or, for a part of its time, a share of it, from 0 to 1. */
void span_add(struct span *span, const struct span *other, double share);

/* The mean, weighted by time; NAN if nothing is known. */
double span_mean(const struct span *span);

bool span_is_empty(const struct span *span);
