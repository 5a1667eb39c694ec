#define _GNU_SOURCE
#include "io/iio-read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/iio-library.h"
#include "io/sysfs.h"
#include "util/cleanup.h"
#include "util/cut.h"
#include "util/utf8.h"

/* Of texts: a line of the configuration is shorter. */
#define NAME_SIZE SYSFS_TEXT_SIZE
#define DEVICES "/sys/bus/iio/devices"

struct reading_context {
	struct iio_context *iio;
	bool local;
	/* Of each device's folder in sysfs, which is a new one when a device is plugged in, whatever its
	 * number: libiio would read the attributes of whoever has the number now. */
	ino_t inodes[];
};

static bool is_local(const struct reader_settings *settings)
{
	return strncmp(settings->uri, "local:", strlen("local:")) == 0;
}

/* Not by iio_has_backend(): libiio declares it to read no memory (attribute const), so a compiler may call it
 * before the name is in the buffer it is given. */
static bool uri_is_known(const char *uri)
{
	size_t length = strcspn(uri, ":");

	for (unsigned i = 0; uri[length] && i < libiio.get_backends_count(); i++) {
		const char *backend = libiio.get_backend(i);

		if (strlen(backend) == length && memcmp(backend, uri, length) == 0)
			return true;
	}
	return false;
}

static int check(const struct reader_settings *settings, const char **ret_key, struct problem *problem)
{
	if (!settings->quantity->iio.type) {
		*ret_key = "Device";
		return problem_set(problem, -EINVAL, "another device: none of IIO measures %s",
		                   settings->quantity->name);
	}
	if (!uri_is_known(settings->uri)) {
		*ret_key = "Uri";
		return problem_set(problem, -EINVAL, "a libiio context, such as local: or ip:192.168.1.5");
	}
	if (settings->device && settings->device[0] == '/' && strcmp(settings->uri, "local:") != 0) {
		*ret_key = "Device";
		return problem_set(problem, -EINVAL,
		                   "a name, label or iio:deviceN; a path is for Uri=local: only");
	}
	return 0;
}

/* 0 if it is not there. */
static ino_t inode_of(const struct iio_device *device)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, DEVICES "/%s", libiio.device_get_id(device));
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* libiio says so of a kernel without IIO and of one without any device. */
static int refuse_context(const struct reader_settings *settings, int error, struct problem *problem)
{
	char found[READING_SOURCE_LIST_SIZE];

	if (error != -ENOENT && error != -ENODEV)
		return problem_set(problem, error, "IIO context %s cannot be opened: %s", settings->uri,
		                   problem_errno(error));
	return problem_set(problem, error, "IIO context %s cannot be opened: it has no IIO device%s%s",
	                   settings->uri, is_local(settings) ? "; found: " : "",
	                   is_local(settings) ? reading_source_list(found) : "");
}

static void open_context(const struct reader_settings *settings, struct reading_context **ret,
                         struct reading *reading)
{
	const char *uri = settings->uri;
	struct iio_context *iio = libiio.create_context_from_uri(uri);
	struct reading_context *context;
	unsigned n;

	if (!iio) {
		/* libiio says so of a kernel without IIO and of one without any device. */
		bool no_device = errno == ENOENT || errno == ENODEV;

		reading->error = errno ? -errno : -EIO;
		reading->absent = no_device || !is_local(settings);
		refuse_context(settings, reading->error, &reading->problem);
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
	context->local = is_local(settings);
	for (unsigned i = 0; context->local && i < n; i++)
		context->inodes[i] = inode_of(libiio.context_get_device(iio, i));
	*ret = context;
}

static struct reading_context *close_context(struct reading_context *context)
{
	if (!context)
		return NULL;
	libiio.context_destroy(context->iio);
	free(context);
	return NULL;
}

/* True if the i-th device is not the one any more that it was when the context was made. */
static bool is_stale(const struct reading_context *context, unsigned i)
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

	snprintf(link, sizeof link, DEVICES "/%s", libiio.device_get_id(device));
	real = realpath(link, NULL);
	wanted = realpath(path, NULL);
	if (!real || !wanted)
		return false;
	length = strlen(wanted);
	return strncmp(real, wanted, length) == 0 &&
	       (!real[length] || (real[length] == '/' && !strchr(real + length + 1, '/')));
}

/* A name or label, which is what a driver or a device tree made it, as a text; "" for NULL. Returns `buffer`.
 */
static char *text_of(const char *name, char buffer[static NAME_SIZE])
{
	return utf8_copy(name ? name : "", buffer, NAME_SIZE);
}

/* Compared as it is shown, so that what somebody reads is what can be written. */
static bool is_called(const struct iio_device *device, const char *word)
{
	char name[NAME_SIZE], label[NAME_SIZE];

	if (word[0] == '/')
		return has_path(device, word);
	return strcmp(libiio.device_get_id(device), word) == 0 ||
	       strcmp(text_of(libiio.device_get_name(device), name), word) == 0 ||
	       strcmp(text_of(libiio.device_get_label(device), label), word) == 0;
}

static int is_device(const struct dirent *entry)
{
	return strncmp(entry->d_name, "iio:device", strlen("iio:device")) == 0;
}

/* The name and label may be "": there are none. */
static void add_device(char *buffer, size_t size, const char *id, const char *name, const char *label)
{
	cut_add(buffer, size, "%s (%s%s%s)", id, *name ? name : "no name", *label ? ", label " : "", label);
}

static void list(char *buffer, size_t size)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = sysfs_list(AT_FDCWD, DEVICES, is_device);
	char path[PATH_MAX], name[NAME_SIZE], label[NAME_SIZE];

	for (int i = 0; i < devices.n; i++) {
		const char *id = devices.entries[i]->d_name;
		int folder;

		snprintf(path, sizeof path, DEVICES "/%s", id);
		folder = sysfs_open(path);
		if (folder < 0)
			continue;
		add_device(buffer, size, id, sysfs_read_name(folder, "name", name),
		           sysfs_read_name(folder, "label", label));
		close(folder);
	}
}

/* Those of a context on another machine. */
static char *describe_devices(const struct iio_context *context, char buffer[static READING_SOURCE_LIST_SIZE])
{
	unsigned n = libiio.context_get_devices_count(context);

	*buffer = '\0';
	for (unsigned i = 0; i < n; i++) {
		const struct iio_device *device = libiio.context_get_device(context, i);
		char name[NAME_SIZE], label[NAME_SIZE];

		add_device(buffer, READING_SOURCE_LIST_SIZE, libiio.device_get_id(device),
		           text_of(libiio.device_get_name(device), name),
		           text_of(libiio.device_get_label(device), label));
	}
	if (n == 0)
		cut_add(buffer, READING_SOURCE_LIST_SIZE, "none");
	return buffer;
}

static int find_device(const struct iio_context *context, const struct reader_settings *settings,
                       unsigned *ret_index, struct problem *problem)
{
	unsigned n = libiio.context_get_devices_count(context), found = n;
	char devices[READING_SOURCE_LIST_SIZE];

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
	if (found == n)
		return problem_set(
			problem, -ENODEV,
			"device %s: no IIO device has this name, label, id or path in %s; found: %s",
			settings->device, settings->uri,
			is_local(settings) ? reading_source_list(devices)
					   : describe_devices(context, devices));
	*ret_index = found;
	return 0;
}

/* "temp, voltage0 (output)"; "none". */
static void describe_channels(const struct iio_device *device, char *buffer, size_t size)
{
	unsigned n = libiio.device_get_channels_count(device);

	*buffer = '\0';
	for (unsigned i = 0; i < n; i++) {
		const struct iio_channel *channel = libiio.device_get_channel(device, i);
		char id[NAME_SIZE];

		cut_add(buffer, size, "%s%s", text_of(libiio.channel_get_id(channel), id),
		        libiio.channel_is_output(channel) ? " (output)" : "");
	}
	if (n == 0)
		cut_add(buffer, size, "none");
}

/* By id or name, compared as devices are; NULL: none is called so. */
static const struct iio_channel *channel_called(const struct iio_device *device, const char *word,
                                                bool output)
{
	unsigned n = libiio.device_get_channels_count(device);
	char id[NAME_SIZE], name[NAME_SIZE];

	for (unsigned i = 0; i < n; i++) {
		const struct iio_channel *channel = libiio.device_get_channel(device, i);

		if (libiio.channel_is_output(channel) == output &&
		    (strcmp(text_of(libiio.channel_get_id(channel), id), word) == 0 ||
		     strcmp(text_of(libiio.channel_get_name(channel), name), word) == 0))
			return channel;
	}
	return NULL;
}

/* The word of the kernel's ABI that a channel's id begins with, before numbers and modifiers: "temp" of
 * "temp0" and "temp_ambient". libiio's own types end with those of its release. */
static size_t type_length(const char *channel_id)
{
	return strspn(channel_id, "abcdefghijklmnopqrstuvwxyz");
}

/* A type with a modifier, "concentration_co2", is that substance and no other. */
static bool has_type(const struct iio_channel *channel, const char *type)
{
	const char *id = libiio.channel_get_id(channel);
	size_t length = type_length(id);

	if (type_length(type) != length || memcmp(id, type, length) != 0)
		return false;
	return !type[length] || strcmp(id + length + strspn(id + length, "0123456789"), type + length) == 0;
}

/* Why the channel that was found (NULL: none) is not one to be read. */
static int refuse_channel(const struct iio_device *device, const struct reader_settings *settings,
                          const struct iio_channel *channel, struct problem *problem)
{
	const char *id = channel ? libiio.channel_get_id(channel) : "";
	char channels[320];

	describe_channels(device, channels, sizeof channels);
	if (channel)
		return problem_set(
			problem, -EINVAL,
			"channel %s: its type is %.*s; expected a channel of type %s; device %s has: %s",
			settings->channel, (int)type_length(id), id, settings->quantity->iio.type,
			settings->device, channels);
	return problem_set(problem, -ENODEV, "channel %s: device %s %s; it has: %s", settings->channel,
	                   settings->device,
	                   channel_called(device, settings->channel, true)
	                           ? "has it as an output, which is set and not measured"
	                           : "has no such input channel",
	                   channels);
}

static int find_channel(const struct iio_device *device, const struct reader_settings *settings,
                        const struct iio_channel **ret, struct problem *problem)
{
	const struct iio_channel *channel = channel_called(device, settings->channel, false);

	if (!channel || !has_type(channel, settings->quantity->iio.type))
		return refuse_channel(device, settings, channel, problem);
	*ret = channel;
	return 0;
}

/* Of one of the channel's attributes. As a text: libiio takes what begins with a number for one. */
static int read_number(const struct iio_channel *channel, const char *attribute, double *ret,
                       struct problem *problem)
{
	char text[SYSFS_TEXT_SIZE] = "", file[NAME_SIZE];
	ssize_t n = libiio.channel_attr_read(channel, attribute, text, sizeof text - 1);

	text_of(libiio.channel_attr_get_filename(channel, attribute), file);
	if (n == sizeof text - 1) /* maybe not all of it */
		n = -EFBIG;
	if (n < 0)
		return problem_set(problem, (int)n, ", %s: reading failed: %s", file, problem_errno((int)n));
	return sysfs_number(file, text, ret, problem);
}

/* The same of one that the kernel's ABI leaves to drivers. */
static int read_optional(const struct iio_channel *channel, const char *attribute, double missing,
                         double *ret, struct problem *problem)
{
	if (libiio.channel_find_attr(channel, attribute))
		return read_number(channel, attribute, ret, problem);
	*ret = missing;
	return 0;
}

/* With a scale of 0 everything is 0: a driver that does not know its scale (yet). */
static int read_scaled(const struct iio_channel *channel, double *ret, struct problem *problem)
{
	double raw, scale, offset;
	char file[NAME_SIZE];
	int r;

	r = read_number(channel, "raw", &raw, problem);
	if (r >= 0)
		r = read_optional(channel, "scale", 1, &scale, problem);
	if (r >= 0 && scale == 0)
		r = problem_set(problem, -ERANGE,
		                ", %s: it is 0; expected another number, as every reading would be 0",
		                text_of(libiio.channel_attr_get_filename(channel, "scale"), file));
	if (r >= 0)
		r = read_optional(channel, "offset", 0, &offset, problem);
	if (r < 0)
		return r;
	*ret = (raw + offset) * scale;
	return 0;
}

/* `*ret_absent`: there is nothing that could be read. */
static int read_value(const struct iio_channel *channel, double *ret, bool *ret_absent,
                      struct problem *problem)
{
	if (libiio.channel_find_attr(channel, "input"))
		return read_number(channel, "input", ret, problem);
	if (libiio.channel_find_attr(channel, "raw"))
		return read_scaled(channel, ret, problem);
	*ret_absent = true;
	return problem_set(problem, -ENODEV,
	                   ": it has neither of the attributes 'input' and 'raw', which are what is read");
}

/* What a device that was found has to say. */
static int read_found(const struct reading_context *context, const struct reader_settings *settings,
                      unsigned index, struct reading *reading)
{
	const struct iio_device *device = libiio.context_get_device(context->iio, index);
	const struct iio_channel *channel = NULL;
	double value = NAN;
	struct problem why;
	const char *name;
	int r;

	r = find_channel(device, settings, &channel, &reading->problem);
	if (r < 0) {
		reading->absent = true;
		return r;
	}
	r = read_value(channel, &value, &reading->absent, &why);
	/* Asked afterwards, so that it holds for what was read. */
	if (is_stale(context, index))
		r = problem_set(&why, -ESTALE, ": reading failed: it has gone");
	if (r < 0)
		return problem_set(&reading->problem, r, "device %s (%s), channel %s%s", settings->device,
		                   libiio.device_get_id(device), settings->channel, why.text);
	name = libiio.device_get_name(device);
	snprintf(reading->device, sizeof reading->device, "%s", name ? name : "");
	reading->value = value / settings->quantity->iio.per_unit;
	return 0;
}

static void read_channel(const struct reading_context *context, const struct reader_settings *settings,
                         struct reading *reading)
{
	unsigned index;
	int r;

	r = find_device(context->iio, settings, &index, &reading->problem);
	reading->absent = r < 0;
	if (r >= 0)
		r = read_found(context, settings, index, reading);
	reading->error = r;
}

const struct reading_source iio_source = {
	.prefix = "",
	.load = iio_load,
	.check = check,
	.is_local = is_local,
	.list = list,
	.open = open_context,
	.read = read_channel,
	.close = close_context,
};
