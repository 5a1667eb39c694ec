/* What is known of a series in a stretch of time: how long it was known, and the least, the mean and the greatest of it.
 * Pure. All times are µs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

/* The finer steps of what is left of old numbers, and the coarser ones, which are also the windows of the record. A window
 * has so many of the finer ones. */
#define FIVE_USEC (300 * USEC_PER_SEC)
#define WINDOW_USEC (7200 * USEC_PER_SEC)
#define WINDOW_FIVES (WINDOW_USEC / FIVE_USEC)

enum series_state {
	SERIES_KNOWN,
	SERIES_GAP, /* nothing is known */
	SERIES_UNAVAILABLE,
};

struct span {
	double min, max, last; /* of what was known; nothing was if known_usec and n are 0 */
	double sum;            /* the value times µs */
	uint64_t known_usec, on_usec, unavailable_usec; /* on: a value other than 0 */
	uint32_t n, ups; /* values that were recorded; how often from 0 to another */
};

/* A value was recorded; it counts, however short it holds. `up`: it was 0 before, and is not now. */
void span_note(struct span *span, double value, bool up);

/* It held for so long. */
void span_hold(struct span *span, enum series_state state, double value, uint64_t usec);

/* As if all that `other` knows had been in it, too, or (of a part of its time) a share of it from 0 to 1. */
void span_add(struct span *span, const struct span *other, double share);

/* Weighted by time; NAN if nothing is known. */
double span_mean(const struct span *span);

bool span_is_empty(const struct span *span);
