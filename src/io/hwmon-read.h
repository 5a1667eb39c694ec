/* Reading hardware monitoring devices (Documentation/hwmon/sysfs-interface.rst): the processor's own
 * thermometer, an LM75, a TMP102, an SHT3x. Read from /sys/class/hwmon, without a library. */
#pragma once

#include "io/reading-source.h"

/* A device is "hwmon:" and its driver's name ("hwmon:lm75"), its label, or a path below /sys/devices: its
 * own, or that of the device that its driver is bound to, which stays the same when it is plugged in again.
 * Its number may be another one after the next boot. A channel is "temp1", what its label says, or, without a
 * number ("temp"), the first of the quantity's type.
 *
 * Reads the file `input`, and `fault` if there is one. Errors are those of other sources; and -ENOTUNIQ: two
 * devices have the name; -EIO: the device reports a fault of the channel. */
extern const struct reading_source hwmon_source;
