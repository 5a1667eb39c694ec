#define _GNU_SOURCE
#include "io/hwmon-read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/sysfs.h"
#include "util/cleanup.h"
#include "util/cut.h"
#include "util/utf8.h"

#define CLASS "/sys/class/hwmon"
#define PREFIX "hwmon:"
#define ID_SIZE (NAME_MAX + 1)
#define INPUT "_input"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

struct reading_context {
	int folder;
	char id[ID_SIZE]; /* "hwmon2" */
	char name[SYSFS_TEXT_SIZE];
};

/* What stands behind the prefix: a name, label or path. */
static const char *word_of(const struct reader_settings *settings)
{
	return settings->device + strlen(PREFIX);
}

static int check(const struct reader_settings *settings, const char **ret_key, struct problem *problem)
{
	if (!settings->quantity->hwmon.type) {
		*ret_key = "Device";
		return problem_set(problem, -EINVAL, "an IIO device: no hwmon device measures %s",
		                   settings->quantity->name);
	}
	if (!*word_of(settings)) {
		*ret_key = "Device";
		return problem_set(problem, -EINVAL,
		                   "the name or label of a hwmon device behind " PREFIX
		                   ", such as hwmon:lm75, or its path below /sys/devices");
	}
	return reading_source_check_local(settings, ret_key, problem);
}

static char *path_of(const char *id, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, CLASS "/%s", id);
	return path;
}

static bool is_same_file(int folder, const char *file, const struct stat *other)
{
	struct stat st;

	return fstatat(folder, file, &st, AT_EMPTY_PATH) == 0 && st.st_ino == other->st_ino &&
	       st.st_dev == other->st_dev;
}

/* Names are compared as they are shown, so that what somebody reads is what can be written. */
static bool is_called(int folder, const char *word)
{
	char text[SYSFS_TEXT_SIZE];
	struct stat wanted;

	if (word[0] == '/')
		return stat(word, &wanted) == 0 &&
		       (is_same_file(folder, "", &wanted) || is_same_file(folder, "device", &wanted));
	return strcmp(sysfs_read_name(folder, "name", text), word) == 0 ||
	       strcmp(sysfs_read_name(folder, "label", text), word) == 0;
}

static int is_device(const struct dirent *entry)
{
	return strncmp(entry->d_name, "hwmon", strlen("hwmon")) == 0;
}

static void list(char *buffer, size_t size)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = sysfs_list(AT_FDCWD, CLASS, is_device);
	char path[PATH_MAX], name[SYSFS_TEXT_SIZE], label[SYSFS_TEXT_SIZE];

	for (int i = 0; i < devices.n; i++) {
		const char *id = devices.entries[i]->d_name;
		int folder = sysfs_open(path_of(id, path));

		if (folder < 0)
			continue;
		sysfs_read_name(folder, "name", name);
		sysfs_read_name(folder, "label", label);
		cut_add(buffer, size, PREFIX "%s (%s%s%s)", name, id, *label ? ", label " : "", label);
		close(folder);
	}
}

/* Where it is below /sys/devices, and stays when it is plugged in again, if it has such a place. */
static char *place_of(const char *id)
{
	char path[PATH_MAX], device[PATH_MAX + sizeof "/device"];
	char *place;

	snprintf(device, sizeof device, "%s/device", path_of(id, path));
	place = realpath(device, NULL);
	return place ? place : realpath(path, NULL);
}

static int refuse_two(const struct reader_settings *settings, const char *one, const char *other,
                      struct problem *problem)
{
	_cleanup_(cleanup_free) char *place = place_of(one), *other_place = place_of(other);

	return problem_set(problem, -ENOTUNIQ,
	                   "device %s: both %s (%s) and %s (%s) are called so; give a label, or " PREFIX
	                   " and one of these paths",
	                   settings->device, place ? place : "?", one, other_place ? other_place : "?",
	                   other);
}

static int refuse_unknown(const struct reader_settings *settings, struct problem *problem)
{
	char found[READING_SOURCE_LIST_SIZE];

	return problem_set(problem, -ENODEV,
	                   "device %s: no hwmon device has this name, label or path; found: %s",
	                   settings->device, reading_source_list(found));
}

/* Its folder, and its number; or a negative errno. */
static int find_device(const struct reader_settings *settings, char ret_id[static ID_SIZE],
                       struct problem *problem)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = sysfs_list(AT_FDCWD, CLASS, is_device);
	char path[PATH_MAX];
	int found = -1;

	for (int i = 0; i < devices.n; i++) {
		const char *id = devices.entries[i]->d_name;
		int folder = sysfs_open(path_of(id, path));

		if (folder < 0)
			continue;
		if (!is_called(folder, word_of(settings))) {
			close(folder);
			continue;
		}
		if (found >= 0) {
			close(folder);
			close(found);
			return refuse_two(settings, ret_id, id, problem);
		}
		found = folder;
		snprintf(ret_id, ID_SIZE, "%s", id);
	}
	return found < 0 ? refuse_unknown(settings, problem) : found;
}

static void open_device(const struct reader_settings *settings, struct reading_context **ret,
                        struct reading *reading)
{
	struct reading_context *context = calloc(1, sizeof *context);

	if (!context) {
		reading->error =
			problem_set(&reading->problem, -ENOMEM, "device %s: out of memory", settings->device);
		return;
	}
	context->folder = find_device(settings, context->id, &reading->problem);
	if (context->folder < 0) {
		reading->error = context->folder;
		reading->absent = true;
		free(context);
		return;
	}
	sysfs_read_name(context->folder, "name", context->name);
	*ret = context;
}

static struct reading_context *close_device(struct reading_context *context)
{
	if (!context)
		return NULL;
	close(context->folder);
	free(context);
	return NULL;
}

/* --- channels -------------------------------------------------------------------------------- */

static size_t type_length(const char *channel)
{
	return strspn(channel, LETTERS);
}

static bool has_type(const char *channel, const char *type)
{
	return strlen(type) == type_length(channel) && memcmp(channel, type, strlen(type)) == 0;
}

/* "temp1_input", and not "temp1_crit" or "name". */
static int is_input(const struct dirent *entry)
{
	const char *number = entry->d_name + type_length(entry->d_name);
	size_t digits = strspn(number, DIGITS);

	return number > entry->d_name && digits > 0 && strcmp(number + digits, INPUT) == 0;
}

/* "temp1" of "temp1_input", for all of them. */
static struct sysfs_list list_channels(const struct reading_context *context)
{
	struct sysfs_list channels = sysfs_list(context->folder, ".", is_input);

	for (int i = 0; i < channels.n; i++) {
		char *name = channels.entries[i]->d_name;

		name[strlen(name) - strlen(INPUT)] = '\0';
	}
	return channels;
}

static char *read_label(const struct reading_context *context, const char *channel,
                        char label[static SYSFS_TEXT_SIZE])
{
	char file[ID_SIZE + sizeof "_label"];

	snprintf(file, sizeof file, "%s_label", channel);
	return sysfs_read_name(context->folder, file, label);
}

/* "temp1, temp2 (label CPU), in0"; "none". */
static void describe_channels(const struct reading_context *context, const struct sysfs_list *channels,
                              char *buffer, size_t size)
{
	char label[SYSFS_TEXT_SIZE];

	*buffer = '\0';
	for (int i = 0; i < channels->n; i++) {
		const char *channel = channels->entries[i]->d_name;

		read_label(context, channel, label);
		cut_add(buffer, size, "%s%s%s%s", channel, *label ? " (label " : "", label,
		        *label ? ")" : "");
	}
	if (channels->n == 0)
		cut_add(buffer, size, "none");
}

/* Without a number it is the default of Channel=, which is a word of IIO's. */
static bool is_any(const struct reader_settings *settings)
{
	const struct quantity *quantity = settings->quantity;

	return strcmp(settings->channel, quantity->hwmon.type) == 0 ||
	       (quantity->iio.type && strcmp(settings->channel, quantity->iio.type) == 0);
}

/* Whether this is the channel that is meant, by its name or any of the type; or by its label. */
static bool is_meant(const struct reader_settings *settings, const char *channel)
{
	return is_any(settings) ? has_type(channel, settings->quantity->hwmon.type)
	                        : strcmp(channel, settings->channel) == 0;
}

static bool is_labelled(const struct reading_context *context, const struct reader_settings *settings,
                        const char *channel)
{
	char label[SYSFS_TEXT_SIZE];

	return !is_any(settings) && strcmp(read_label(context, channel, label), settings->channel) == 0;
}

/* NULL: there is none, or (`ret_other`) there are two of one label. */
static const char *look_for_channel(const struct reading_context *context,
                                    const struct reader_settings *settings, const struct sysfs_list *channels,
                                    const char **ret_other)
{
	const char *found = NULL;

	for (int i = 0; i < channels->n; i++)
		if (is_meant(settings, channels->entries[i]->d_name))
			return channels->entries[i]->d_name;
	for (int i = 0; i < channels->n; i++) {
		const char *channel = channels->entries[i]->d_name;

		if (!is_labelled(context, settings, channel))
			continue;
		if (found) {
			*ret_other = channel;
			return found;
		}
		found = channel;
	}
	return found;
}

static int find_channel(const struct reading_context *context, const struct reader_settings *settings,
                        char ret_channel[static ID_SIZE], struct problem *problem)
{
	_cleanup_(sysfs_list_free) struct sysfs_list channels = list_channels(context);
	const char *other = NULL, *channel = look_for_channel(context, settings, &channels, &other);
	const char *type = settings->quantity->hwmon.type;
	char has[320];

	if (channel && !other && has_type(channel, type)) {
		snprintf(ret_channel, ID_SIZE, "%s", channel);
		return 0;
	}
	describe_channels(context, &channels, has, sizeof has);
	if (!channel)
		return problem_set(problem, -ENODEV, "channel %s: device %s has no such channel; it has: %s",
		                   settings->channel, settings->device, has);
	if (other)
		return problem_set(problem, -ENOTUNIQ,
		                   "channel %s: both %s and %s of device %s have this label; expected one of "
		                   "them",
		                   settings->channel, channel, other, settings->device);
	return problem_set(problem, -EINVAL,
	                   "channel %s: its type is %.*s; expected a channel of type %s; device %s has: %s",
	                   settings->channel, (int)type_length(channel), channel, type, settings->device,
	                   has);
}

/* --- reading --------------------------------------------------------------------------------- */

/* Few have this file. Asked after the value, so that it holds for what was read. */
static int check_fault(const struct reading_context *context, const char *channel, struct problem *problem)
{
	char file[ID_SIZE + sizeof "_fault"];
	double fault;
	int r;

	snprintf(file, sizeof file, "%s_fault", channel);
	r = sysfs_read_number(context->folder, file, &fault, problem);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	return fault != 0 ? problem_set(problem, -EIO, ", %s: the device says that it has a fault", file) : 0;
}

static int read_value(const struct reading_context *context, const char *channel, double *ret,
                      struct problem *problem)
{
	char file[ID_SIZE + sizeof INPUT];
	int r;

	snprintf(file, sizeof file, "%s" INPUT, channel);
	r = sysfs_read_number(context->folder, file, ret, problem);
	return r < 0 ? r : check_fault(context, channel, problem);
}

static int read_found(const struct reading_context *context, const struct reader_settings *settings,
                      struct reading *reading)
{
	char channel[ID_SIZE];
	struct problem why;
	double value;
	int r;

	r = find_channel(context, settings, channel, &reading->problem);
	if (r < 0) {
		reading->absent = true;
		return r;
	}
	r = read_value(context, channel, &value, &why);
	if (r < 0)
		return problem_set(&reading->problem, r, "device %s (%s), channel %s%s", settings->device,
		                   context->id, settings->channel, why.text);
	utf8_copy(context->name, reading->device, sizeof reading->device);
	reading->value = value / settings->quantity->hwmon.per_unit;
	return 0;
}

/* Of a device that has gone nothing can be read, whoever has its number now. */
static void read_channel(const struct reading_context *context, const struct reader_settings *settings,
                         struct reading *reading)
{
	char path[PATH_MAX];

	reading->error = read_found(context, settings, reading);
	if (reading->error && !sysfs_is(context->folder, path_of(context->id, path)))
		reading->error = problem_set(&reading->problem, -ESTALE, "device %s (%s): it has gone",
		                             settings->device, context->id);
}

const struct reading_source hwmon_source = {
	.prefix = PREFIX,
	.check = check,
	.is_local = reading_source_always_local,
	.list = list,
	.open = open_device,
	.read = read_channel,
	.close = close_device,
};
