/* libiio's functions, in a library that is loaded when there is something to be read with it: it comes with a
 * dozen others, which a room without an IIO device has no use for. The only includer of <iio.h>. */
#pragma once

#include <iio.h>

#include "util/problem.h"

/* Those that are used, without their prefix. */
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

/* Loads libiio, of which the process has nothing before: once, before any other of these functions, and not
 * by two threads at a time; then it does nothing any more. -ELIBACC, with a sentence: it is not installed, or
 * is none; may be tried again. */
int iio_load(struct problem *problem);

/* Filled by iio_load(), which is before any thread looks, and constant from then on. */
extern struct iio_library libiio;
