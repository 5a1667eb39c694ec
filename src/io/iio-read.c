#define _GNU_SOURCE
#include "io/iio-read.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/iio-library.h"
#include "util/cleanup.h"
#include "util/cut.h"

#define MILLI 1000.0

struct iio_read_context {
	struct iio_context *iio;
	bool local;
	/* Of each device's folder in sysfs, which is a new one when a device is plugged in, whatever its
	 * number: libiio would read the attributes of whoever has the number now. */
	ino_t inodes[];
};

bool iio_read_is_local(const char *uri)
{
	return strncmp(uri, "local:", strlen("local:")) == 0;
}

/* Not by iio_has_backend(): libiio declares it to read no memory (attribute const), so a compiler may call it
 * before the name is in the buffer it is given. */
bool iio_uri_is_known(const char *uri)
{
	size_t length = strcspn(uri, ":");

	for (unsigned i = 0; uri[length] && i < libiio.get_backends_count(); i++) {
		const char *backend = libiio.get_backend(i);

		if (strlen(backend) == length && memcmp(backend, uri, length) == 0)
			return true;
	}
	return false;
}

/* 0 if it is not there. */
static ino_t inode_of(const struct iio_device *device)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "/sys/bus/iio/devices/%s", libiio.device_get_id(device));
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

void iio_read_open_context(const char *uri, struct iio_read_context **ret, struct iio_reading *reading)
{
	struct iio_context *iio = libiio.create_context_from_uri(uri);
	struct iio_read_context *context;
	unsigned n;

	if (!iio) {
		reading->error = errno ? -errno : -EIO;
		reading->absent = true;
		/* libiio says so of a kernel without IIO and of one without any device. */
		problem_set(&reading->problem, reading->error, "IIO context %s cannot be opened: %s", uri,
		            reading->error == -ENOENT || reading->error == -ENODEV
		                    ? "it has no IIO device"
		                    : problem_errno(reading->error));
		return;
	}
	n = libiio.context_get_devices_count(iio);
	context = calloc(1, sizeof *context + n * sizeof context->inodes[0]);
	if (!context) {
		libiio.context_destroy(iio);
		reading->error =
			problem_set(&reading->problem, -ENOMEM, "IIO context %s: out of memory", uri);
		return;
	}
	context->iio = iio;
	context->local = iio_read_is_local(uri);
	for (unsigned i = 0; context->local && i < n; i++)
		context->inodes[i] = inode_of(libiio.context_get_device(iio, i));
	*ret = context;
}

struct iio_read_context *iio_read_close_context(struct iio_read_context *context)
{
	if (!context)
		return NULL;
	libiio.context_destroy(context->iio);
	free(context);
	return NULL;
}

/* True if the i-th device is not the one any more that it was when the context was made. */
static bool is_stale(const struct iio_read_context *context, unsigned i)
{
	return context->local && inode_of(libiio.context_get_device(context->iio, i)) != context->inodes[i];
}

/* True if `path` is the IIO device, or the device that its driver is bound to, below /sys/devices. The
 * latter stays the same when the device is plugged in again. */
static bool has_path(const struct iio_device *device, const char *path)
{
	_cleanup_(cleanup_free) char *real = NULL, *wanted = NULL;
	char link[PATH_MAX];
	size_t length;

	snprintf(link, sizeof link, "/sys/bus/iio/devices/%s", libiio.device_get_id(device));
	real = realpath(link, NULL);
	wanted = realpath(path, NULL);
	if (!real || !wanted)
		return false;
	length = strlen(wanted);
	return strncmp(real, wanted, length) == 0 &&
	       (!real[length] || (real[length] == '/' && !strchr(real + length + 1, '/')));
}

static bool is_called(const struct iio_device *device, const char *word)
{
	const char *name = libiio.device_get_name(device), *label = libiio.device_get_label(device);

	if (word[0] == '/')
		return has_path(device, word);
	return strcmp(libiio.device_get_id(device), word) == 0 || (name && strcmp(name, word) == 0) ||
	       (label && strcmp(label, word) == 0);
}

static void describe_devices(const struct iio_context *context, char *buffer, size_t size)
{
	unsigned n = libiio.context_get_devices_count(context);

	*buffer = '\0';
	for (unsigned i = 0; i < n; i++) {
		const struct iio_device *device = libiio.context_get_device(context, i);
		const char *name = libiio.device_get_name(device), *label = libiio.device_get_label(device);

		cut_add(buffer, size, "%s (%s%s%s)", libiio.device_get_id(device), name ? name : "no name",
		        label ? ", label " : "", label ? label : "");
	}
	if (n == 0)
		cut_add(buffer, size, "none");
}

static int find_device(const struct iio_context *context, const struct iio_channel_settings *settings,
                       unsigned *ret_index, struct problem *problem)
{
	unsigned n = libiio.context_get_devices_count(context), found = n;
	char devices[320];

	for (unsigned i = 0; i < n; i++) {
		if (!is_called(libiio.context_get_device(context, i), settings->device))
			continue;
		if (found < n)
			return problem_set(
				problem, -ENOTUNIQ,
				"device %s: both %s and %s are called so; give a label or the path below /sys/devices",
				settings->device,
				libiio.device_get_id(libiio.context_get_device(context, found)),
				libiio.device_get_id(libiio.context_get_device(context, i)));
		found = i;
	}
	if (found == n) {
		describe_devices(context, devices, sizeof devices);
		return problem_set(
			problem, -ENODEV,
			"device %s: no IIO device has this name, label, id or path in %s; found: %s",
			settings->device, settings->uri, devices);
	}
	*ret_index = found;
	return 0;
}

static int find_channel(const struct iio_device *device, const struct iio_channel_settings *settings,
                        const struct iio_channel **ret, struct problem *problem)
{
	const struct iio_channel *channel = libiio.device_find_channel(device, settings->channel, false);
	unsigned n = libiio.device_get_channels_count(device);
	char channels[320] = "";

	if (channel) {
		*ret = channel;
		return 0;
	}
	for (unsigned i = 0; i < n; i++)
		cut_add(channels, sizeof channels, "%s",
		        libiio.channel_get_id(libiio.device_get_channel(device, i)));
	if (n == 0)
		cut_add(channels, sizeof channels, "none");
	return problem_set(problem, -ENODEV, "channel %s: device %s has no such input channel; it has: %s",
	                   settings->channel, settings->device, channels);
}

static int read_millicelsius(const struct iio_channel *channel, double *ret)
{
	double raw, scale, offset = 0;
	int r;

	if (libiio.channel_find_attr(channel, "input"))
		return libiio.channel_attr_read_double(channel, "input", ret);
	r = libiio.channel_attr_read_double(channel, "raw", &raw);
	if (r >= 0)
		r = libiio.channel_attr_read_double(channel, "scale", &scale);
	if (r >= 0 && libiio.channel_find_attr(channel, "offset"))
		r = libiio.channel_attr_read_double(channel, "offset", &offset);
	if (r < 0)
		return r;
	*ret = (raw + offset) * scale;
	return 0;
}

void iio_read_channel(const struct iio_read_context *context, const struct iio_channel_settings *settings,
                      struct iio_reading *reading)
{
	const struct iio_channel *channel;
	const struct iio_device *device;
	double millicelsius = NAN;
	unsigned index;
	int r;

	r = find_device(context->iio, settings, &index, &reading->problem);
	if (r >= 0) {
		device = libiio.context_get_device(context->iio, index);
		r = find_channel(device, settings, &channel, &reading->problem);
	}
	if (r < 0) {
		reading->error = r;
		reading->absent = true;
		return;
	}
	r = read_millicelsius(channel, &millicelsius);
	if (r >= 0 && !isfinite(millicelsius))
		r = -ERANGE;
	/* Asked afterwards, so that it holds for what was read. */
	if (is_stale(context, index))
		r = -ESTALE;
	if (r < 0)
		problem_set(&reading->problem, r, "device %s (%s), channel %s: reading failed: %s",
		            settings->device, libiio.device_get_id(device), settings->channel,
		            r == -ESTALE ? "it has gone" : problem_errno(r));
	reading->error = r < 0 ? r : 0;
	reading->celsius = millicelsius / MILLI;
}
