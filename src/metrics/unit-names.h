/* Units as Prometheus wants them: base units, by their names, a percentage as a ratio
 * (https://prometheus.io/docs/practices/naming/). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define METRIC_UNIT_SIZE 48

struct metric_unit {
	char name[METRIC_UNIT_SIZE]; /* "celsius": the end of the metric's name; "": none */
	double factor, offset;       /* our value times `factor` plus `offset` is in that unit */
};

/* The unit for one that a kind declares ("°C", "hPa"; UTF-8, may be empty). An unknown unit stays the same,
 * and its name is made from its letters and digits: "l/h" becomes "l_per_h". */
struct metric_unit metric_unit_of(const char *unit);

/* True if metric_unit_of() knows it. */
bool metric_unit_is_known(const char *unit);

/* Makes a valid name of a metric from any text: lower case letters, digits, one "_" between words, none at
 * the ends. A name that does not fit is cut. Returns `buffer`. */
char *metric_name_make(const char *text, char *buffer, size_t size);
