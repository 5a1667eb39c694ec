/* Reading Industrial I/O (Documentation/ABI/testing/sysfs-bus-iio) through libiio: the machine's own devices,
 * and those of another one on the network. The only part that knows libiio. */
#pragma once

#include "io/reading-source.h"

/* A context is a libiio context: all devices that there were when it was made. A device is what is called so
 * (name, label, "iio:deviceN"), or has this path below /sys/devices; a channel has libiio's id ("temp",
 * "temp_ambient").
 *
 * Reads `input` if the channel has that attribute, else (raw + offset) * scale, both of which are in the
 * kernel's units by its ABI; where a driver has no offset it is 0, where it has no scale it is 1. -ESTALE:
 * the device that the context knows under this number has gone, perhaps with another in its place. -EINVAL:
 * the channel measures something else. -EBADMSG: an attribute is no number. -ERANGE: the scale is 0. Others:
 * an attribute cannot be read. */
extern const struct reading_source iio_source;
