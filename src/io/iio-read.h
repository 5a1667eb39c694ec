/* Reading Industrial I/O (Documentation/ABI/testing/sysfs-bus-iio) through libiio: the machine's own devices,
 * and those of another one on the network. The only part that knows libiio. */
#pragma once

#include "io/reading-source.h"

/* A context is a libiio context: all devices that were there when it was made. A device is given by its name,
 * its label, "iio:deviceN", or its path below /sys/devices; a channel by libiio's id ("temp",
 * "temp_ambient").
 *
 * Reads `input` if the channel has that attribute, else (raw + offset) * scale. The kernel's ABI defines the
 * units of both. A missing offset is 0, a missing scale 1. -ESTALE: the device that the context knows by this
 * number has gone, and another may have come instead. -EINVAL: the channel measures something else. -EBADMSG:
 * an attribute is not a number. -ERANGE: the scale is 0. Others: an attribute cannot be read. */
extern const struct reading_source iio_source;
