#define _GNU_SOURCE
#include "io/sensor-list.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

#define IIO "/sys/bus/iio/devices"
#define HWMON "/sys/class/hwmon"
#define W1 "/sys/bus/w1/devices"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* --- names of files ---------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), n = strlen(end);

	return length > n && strcmp(text + length - n, end) == 0;
}

/* The first number is left out: "temp0_ambient" is "temp_ambient". */
static void set_type(struct sensor_channel *channel)
{
	size_t word = strspn(channel->channel, LETTERS), digits = strspn(channel->channel + word, DIGITS);

	snprintf(channel->type, sizeof channel->type, "%.*s%s", (int)word, channel->channel,
	         channel->channel + word + digits);
}

bool sensor_iio_channel(const char *file, struct sensor_channel *ret)
{
	const char *end = ends_with(file, "_input") ? "_input" : ends_with(file, "_raw") ? "_raw" : NULL;
	size_t length = strlen(file);

	if (!end || strncmp(file, "in_", strlen("in_")) != 0 || length <= strlen("in_") + strlen(end))
		return false;
	snprintf(ret->channel, sizeof ret->channel, "%.*s", (int)(length - strlen("in_") - strlen(end)),
	         file + strlen("in_"));
	ret->iio = true;
	set_type(ret);
	return true;
}

bool sensor_hwmon_channel(const char *file, struct sensor_channel *ret)
{
	size_t word = strspn(file, LETTERS), digits = strspn(file + word, DIGITS);

	if (word == 0 || digits == 0 || strcmp(file + word + digits, "_input") != 0)
		return false;
	snprintf(ret->channel, sizeof ret->channel, "%.*s", (int)(word + digits), file);
	ret->iio = false;
	set_type(ret);
	return true;
}

/* --- devices ----------------------------------------------------------------------------------- */

/* One way of the kernel's to show devices. */
struct folder {
	const char *path, *prefix; /* what Device= begins with */
	bool (*is_channel)(const char *file, struct sensor_channel *ret);
	int (*is_device)(const struct dirent *entry);
};

struct names {
	char name[SYSFS_TEXT_SIZE], label[SYSFS_TEXT_SIZE];
};

static int is_iio(const struct dirent *entry)
{
	return strncmp(entry->d_name, "iio:device", strlen("iio:device")) == 0;
}

static int is_hwmon(const struct dirent *entry)
{
	return strncmp(entry->d_name, "hwmon", strlen("hwmon")) == 0;
}

static int is_any(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static char *path_of(const struct folder *folder, const char *id, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder->path, id);
	return path;
}

static void read_names(const struct folder *folder, const char *id, struct names *ret)
{
	char path[PATH_MAX];
	int fd = sysfs_open(path_of(folder, id, path));

	*ret = (struct names){ 0 };
	if (fd < 0)
		return;
	sysfs_read_name(fd, "name", ret->name);
	sysfs_read_name(fd, "label", ret->label);
	close(fd);
}

/* Whether `word` is the name or label of this device, and of no other. */
static bool is_unique(const struct folder *folder, const struct sysfs_list *devices, const char *word)
{
	unsigned n = 0;

	for (int i = 0; i < devices->n; i++) {
		struct names names;

		read_names(folder, devices->entries[i]->d_name, &names);
		n += strcmp(names.name, word) == 0 || strcmp(names.label, word) == 0;
	}
	return *word && n == 1;
}

/* The device that its driver is bound to, which has the same path when it is plugged in again; or else its
 * own. */
static char *place_of(const struct folder *folder, const char *id)
{
	char path[PATH_MAX], device[PATH_MAX + sizeof "/device"];
	char *own = realpath(path_of(folder, id, path), NULL), *slash, *place;

	if (folder->is_device == is_iio) {
		slash = own ? strrchr(own, '/') : NULL;
		if (slash && strncmp(own, "/sys/devices/", strlen("/sys/devices/")) == 0)
			*slash = '\0';
		return own;
	}
	snprintf(device, sizeof device, "%s/device", path);
	place = realpath(device, NULL);
	if (!place)
		return own;
	free(own);
	return place;
}

static void call_device(const struct folder *folder, const struct sysfs_list *devices, const char *id,
                        const struct names *names, struct sensor_channel *channel)
{
	_cleanup_(cleanup_free) char *place = NULL;
	const char *word = is_unique(folder, devices, names->label)  ? names->label
	                   : is_unique(folder, devices, names->name) ? names->name
	                                                             : NULL;

	if (!word)
		place = place_of(folder, id);
	snprintf(channel->device, sizeof channel->device, "%s%s", folder->prefix,
	         word    ? word
	         : place ? place
	                 : id);
	snprintf(channel->name, sizeof channel->name, "%s", names->name);
}

/* Both "input" and "raw" of a channel may be there. */
static bool was_told(const struct sysfs_list *files, int before, const struct folder *folder,
                     const char *channel)
{
	struct sensor_channel other;

	for (int i = 0; i < before; i++)
		if (folder->is_channel(files->entries[i]->d_name, &other) &&
		    strcmp(other.channel, channel) == 0)
			return true;
	return false;
}

static void list_device(const struct folder *folder, const struct sysfs_list *devices, const char *id,
                        sensor_handler handler, void *userdata)
{
	char path[PATH_MAX];
	_cleanup_(sysfs_list_free) struct sysfs_list files =
		sysfs_list(AT_FDCWD, path_of(folder, id, path), is_any);
	struct sensor_channel channel = { 0 };
	struct names names;

	read_names(folder, id, &names);
	if (strcmp(names.name, "w1_slave_temp") == 0)
		return; /* of hwmon: a 1-Wire thermometer, which is told of as that, by its id */
	call_device(folder, devices, id, &names, &channel);
	for (int i = 0; i < files.n; i++)
		if (folder->is_channel(files.entries[i]->d_name, &channel) &&
		    !was_told(&files, i, folder, channel.channel))
			handler(&channel, userdata);
}

static void list_folder(const struct folder *folder, sensor_handler handler, void *userdata)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices =
		sysfs_list(AT_FDCWD, folder->path, folder->is_device);

	for (int i = 0; i < devices.n; i++)
		list_device(folder, &devices, devices.entries[i]->d_name, handler, userdata);
}

/* Of the devices on the bus only thermometers have this file. */
static void list_w1(sensor_handler handler, void *userdata)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = sysfs_list(AT_FDCWD, W1, is_any);

	for (int i = 0; i < devices.n; i++) {
		struct sensor_channel channel = { .type = "temp" };
		char file[PATH_MAX];

		snprintf(file, sizeof file, W1 "/%s/w1_slave", devices.entries[i]->d_name);
		if (access(file, F_OK) < 0)
			continue;
		snprintf(channel.device, sizeof channel.device, "w1:%s", devices.entries[i]->d_name);
		handler(&channel, userdata);
	}
}

void sensor_list(sensor_handler handler, void *userdata)
{
	static const struct folder iio = { IIO, "", sensor_iio_channel, is_iio };
	static const struct folder hwmon = { HWMON, "hwmon:", sensor_hwmon_channel, is_hwmon };

	list_folder(&iio, handler, userdata);
	list_folder(&hwmon, handler, userdata);
	list_w1(handler, userdata);
}
