/* The axis of a number: steps of 1, 2 or 5 times a power of ten. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "roomctl/history-data.h"

struct history_scale {
	double low, high; /* of the axis: multiples of the step; low < high */
	double step;
	size_t steps;      /* from low to high; at least one */
	unsigned decimals; /* that its labels need */
};

#define HISTORY_LABEL_SIZE 32

/* The axis for numbers from `low` to `high`, which may be the same, with at most `most` steps (at least 1), each worth at
 * least one digit of `precision` digits behind the point. What is not finite counts as 0, what is beyond 1e100 as that. */
struct history_scale history_scale_for(double low, double high, size_t most, unsigned precision);

/* The label at the step `i`, counted from the low end; in the "C" locale. Returns `buffer`. */
char *history_scale_label(const struct history_scale *scale, size_t i, char buffer[static HISTORY_LABEL_SIZE]);

/* Where a value is between the ends: 0 is the low one, 1 the high one; outside is at the end. NaN is at the low one. */
double history_scale_place(const struct history_scale *scale, double value);

/* From the least to the most of what is known in the series, with those limits that are near enough to leave the numbers
 * room: at most as far away as these spread. False: there is no number. */
bool history_scale_range(const struct history_series *series, double *ret_low, double *ret_high);
