/* Reading one temperature through libiio, blocking: the worker's part of iio.h. Runs on the worker's thread.
 * The only part that knows libiio, which iio_load() has loaded. */
#pragma once

#include "io/iio.h"

/* A libiio context, and which devices it was made of. */
struct iio_read_context;

/* Makes the context of this URI; scans all devices of a local one. If that fails, fills error, absent and
 * problem of the reading and leaves `*ret` alone. */
void iio_read_open_context(const char *uri, struct iio_read_context **ret, struct iio_reading *reading);

/* Takes NULL; returns NULL. */
struct iio_read_context *iio_read_close_context(struct iio_read_context *context);

/* Reads the channel in °C: `input` if it has that attribute, else (raw + offset) × scale, both of which are
 * m°C by the kernel's Documentation/ABI/testing/sysfs-bus-iio; where a driver has no offset it is 0, where it
 * has no scale it is 1. Fills error, absent, celsius, device and problem. -ESTALE: the device that the
 * context knows under this number has gone, perhaps with another in its place. -EINVAL: the channel measures
 * something else. -EBADMSG: an attribute is no number. -ERANGE: the scale is 0, or it comes to no number.
 * Others: an attribute cannot be read. */
void iio_read_channel(const struct iio_read_context *context, const struct iio_channel_settings *settings,
                      struct iio_reading *reading);
