/* Units as Prometheus wants them: base units, by their names, a percentage as a ratio
 * (https://prometheus.io/docs/practices/naming/). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define METRIC_UNIT_SIZE 48

struct metric_unit {
	char name[METRIC_UNIT_SIZE]; /* "celsius": what the metric's name ends in; "": it has none */
	double factor, offset;       /* what is ours, times the factor, plus the offset, is in that unit */
};

/* That of a unit as kinds declare it ("°C", "hPa"; UTF-8, may be empty). One that is not known stays what it is, and its name
 * is made of the letters and digits in it: "l/h" becomes "l_per_h". */
struct metric_unit metric_unit_of(const char *unit);

/* True if metric_unit_of() knows it. */
bool metric_unit_is_known(const char *unit);

/* A name that a metric may have, out of any text: small letters, digits, one "_" between words, none at the ends. What does not
 * fit is cut. Returns `buffer`. */
char *metric_name_make(const char *text, char *buffer, size_t size);
