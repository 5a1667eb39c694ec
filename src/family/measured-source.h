/* What the two halves of the family share: where readings come from (measured-source.c), and what is made of them
 * (measured.c). */
#pragma once

#include "family/measured.h"

/* Whether the keys of the source can be written so. As measured_check(). */
int measured_source_check(const struct component_class *class, const struct measured_config *config, const char **ret_key,
                          struct problem *problem);

/* Whether a reading is one: 1, with sensor->filter.value; 0: that is not known yet; else why not. */
int measured_judge(struct measured *sensor, const struct reading *reading, struct problem *problem);

/* It is one: remembered, told, compared with the limits. */
void measured_take(struct measured *sensor, double value, uint64_t monotonic_ns);

/* What the device has shown, whatever was made of it. */
void measured_watch_for_frozen(struct measured *sensor, double shown, uint64_t monotonic_ns);
