/* What a measuring program prints: one line of JSON on standard output for each round of each thing measured,
 * which tests/perf/bench collects. */
#pragma once

#include <stddef.h>

/* {"measure": "edge-to-relay", "variant": "roomd", "round": 2, "unit": "us", "values": [131, 128, ...]}
 * `measure`, `variant` and `unit` are plain words; values may be any number of samples of one round, or one
 * figure. Not a number is printed as null. */
void sample_print(const char *measure, const char *variant, unsigned round, const char *unit,
                  const double *values, size_t n);

/* The same with one value. */
void sample_print_one(const char *measure, const char *variant, unsigned round, const char *unit,
                      double value);

/* Why something was not measured: {"measure": ..., "variant": ..., "skipped": "python3-lgpio is missing"} */
void sample_skip(const char *measure, const char *variant, const char *reason);

/* What something said of itself, in words: {"measure": ..., "variant": ..., "said": "connecting to ..."} */
void sample_say(const char *measure, const char *variant, const char *words);
