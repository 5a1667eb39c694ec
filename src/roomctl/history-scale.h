/* The axis of a number: steps of 1, 2 or 5 times a power of ten. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "roomctl/history-data.h"

struct history_scale {
	double low, high; /* the ends of the axis: multiples of the step; low < high */
	double step;
	size_t steps;      /* from low to high; at least one */
	unsigned decimals; /* digits after the point in its labels */
};

#define HISTORY_LABEL_SIZE 32

/* Makes an axis for numbers from `low` to `high`, which may be equal, with at most `most` (1 or more) steps.
 * A step is at least one unit of the last of `precision` digits after the point. Numbers that are not finite
 * count as 0; numbers beyond 1e100 count as 1e100. */
struct history_scale history_scale_for(double low, double high, size_t most, unsigned precision);

/* The label at the step `i`, counted from the low end; in the "C" locale. Returns `buffer`. */
char *history_scale_label(const struct history_scale *scale, size_t i, char buffer[static HISTORY_LABEL_SIZE]);

/* The place of a value between the low end (0) and the high end (1). Values outside are at the nearer end;
 * NaN is at the low one. */
double history_scale_place(const struct history_scale *scale, double value);

/* The range of the series' known numbers, including limits that are near enough: no further away than the
 * numbers spread, so that these keep their room. False: there is no number. */
bool history_scale_range(const struct history_series *series, double *ret_low, double *ret_high);
