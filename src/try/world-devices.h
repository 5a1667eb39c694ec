/* The devices of a room that is tried: folders of attributes in the place of the kernel's. Errors are negative errnos with a
 * sentence. */
#pragma once

#include "try/plan.h"

/* Covers the kernel's folders of devices, and makes the outputs of the plan. -EOPNOTSUPP: the plan has devices of a kind of
 * which the kernel has no folder. */
int world_devices_cover(const struct plan *plan, struct problem *problem);

/* The i-th device is there, with what its channels measure; or has gone. */
int world_device_plug(const struct plan *plan, size_t device, const double *values, struct problem *problem);
int world_device_unplug(const struct plan *plan, size_t device, struct problem *problem);

/* What the i-th channel measures from now on; its device is there. */
int world_channel_set(const struct plan *plan, size_t channel, double value, struct problem *problem);
