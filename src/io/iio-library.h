/* libiio's functions. The library is loaded only if a device is read with it: it brings a dozen other
 * libraries, which a room without an IIO device does not need. The only includer of <iio.h>. */
#pragma once

#include <iio.h>

#include "util/problem.h"

/* The functions that are used, without their prefix. */
#define IIO_FUNCTIONS(X)             \
	X(channel_attr_get_filename) \
	X(channel_attr_read)         \
	X(channel_find_attr)         \
	X(channel_get_id)            \
	X(channel_get_name)          \
	X(channel_is_output)         \
	X(context_destroy)           \
	X(context_get_device)        \
	X(context_get_devices_count) \
	X(create_context_from_uri)   \
	X(device_get_channel)        \
	X(device_get_channels_count) \
	X(device_get_id)             \
	X(device_get_label)          \
	X(device_get_name)           \
	X(get_backend)               \
	X(get_backends_count)

struct iio_library {
#define IIO_MEMBER(name) __typeof__(iio_##name) *name;
	IIO_FUNCTIONS(IIO_MEMBER)
#undef IIO_MEMBER
};

/* Loads libiio. To be called before any other of these functions, and not by two threads at a time; further
 * calls do nothing. -ELIBACC, with a sentence: it is not installed, or is not libiio; may be tried again. */
int iio_load(struct problem *problem);

/* iio_load() fills it, before any thread uses it. Constant from then on. */
extern struct iio_library libiio;
