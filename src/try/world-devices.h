/* The devices of a simulated world: folders of attributes instead of the kernel's. Errors are negative errnos
 * with a sentence. */
#pragma once

#include "try/plan.h"

/* Covers the kernel's device folders, and makes the outputs of the plan. -EOPNOTSUPP: the kernel has no
 * folder for a sort of device in the plan. */
int world_devices_cover(const struct plan *plan, struct problem *problem);

/* Adds the device with this number, with the values of its channels; or removes it. */
int world_device_plug(const struct plan *plan, size_t device, const double *values, struct problem *problem);
int world_device_unplug(const struct plan *plan, size_t device, struct problem *problem);

/* Sets the value of a channel whose device is there. */
int world_channel_set(const struct plan *plan, size_t channel, double value, struct problem *problem);
