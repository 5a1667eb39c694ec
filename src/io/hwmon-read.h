/* Reading hardware monitoring devices (Documentation/hwmon/sysfs-interface.rst): the processor's own
 * thermometer, an LM75, a TMP102, an SHT3x. By hand, from /sys/class/hwmon. */
#pragma once

#include "io/reading-source.h"

/* A device is "hwmon:" and its driver's name ("hwmon:lm75"), its label, or a path below /sys/devices: its
 * own, or that of the device that its driver is bound to, which stays the same when it is plugged in again.
 * Its number is nothing to go by. A channel is "temp1", what its label says, or, without a number ("temp"),
 * the first of the quantity's type.
 *
 * Reads `input`, and if there is `fault`, that. Errors as of other sources; -ENOTUNIQ: two are called so;
 * -EIO: the device says that its channel has a fault. */
extern const struct reading_source hwmon_source;
