/* What the two halves of the family share: where readings come from (measured-source.c), and what is done
 * with them (measured.c). */
#pragma once

#include "family/measured.h"

/* Checks the keys that say where readings come from. Returns the same as measured_check(). */
int measured_source_check(const struct component_class *class, const struct measured_config *config, const char **ret_key,
                          struct problem *problem);

/* Whether a reading is valid. 1: it is, and sensor->filter.value has the value; 0: not known yet; a negative
 * errno: it is not, and `problem` says why. */
int measured_judge(struct measured *sensor, const struct reading *reading, struct problem *problem);

/* Takes in a valid value: remembers it, reports it, compares it with the limits. */
void measured_take(struct measured *sensor, double value, uint64_t monotonic_ns);

/* Compares what the device showed, before any correction, with the readings before: too many equal ones make
 * the sensor suspect. */
void measured_watch_for_frozen(struct measured *sensor, double shown, uint64_t monotonic_ns);
