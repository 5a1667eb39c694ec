#define _GNU_SOURCE
#include "io/pwm-find.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/cut.h"

#define HWMON "hwmon:"
#define DIGITS "0123456789"
#define CHANNEL_MAX 9999
#define LIST_SIZE 400

/* --- what is written ----------------------------------------------------------------------------- */

static int parse_number(const char *text, unsigned *ret)
{
	size_t length = strspn(text, DIGITS);

	if (length == 0 || length > 4 || text[length])
		return -EINVAL;
	*ret = (unsigned)strtoul(text, NULL, 10);
	return 0;
}

static int parse_channel(const struct pwm_name *name, const char *text, unsigned *ret)
{
	size_t prefix = name->hwmon ? strlen("pwm") : 0;

	if (strncmp(text, "pwm", prefix) != 0)
		return -EINVAL;
	return parse_number(text + prefix, ret);
}

/* A PCI device has colons in its name, so the last one counts. */
int pwm_parse(const char *text, struct pwm_name *ret, struct problem *problem)
{
	struct pwm_name name = { .hwmon = strncmp(text, HWMON, strlen(HWMON)) == 0 };
	const char *device = name.hwmon ? text + strlen(HWMON) : text;
	const char *colon = strrchr(device, ':');
	size_t length = colon ? (size_t)(colon - device) : 0;

	if (length == 0 || length >= sizeof name.device || parse_channel(&name, colon + 1, &name.channel) < 0)
		return problem_set(problem, -EINVAL,
		                   "%s", name.hwmon ? "a fan of a hardware monitor, such as hwmon:pwmfan:pwm1"
		                                    : "a channel of a PWM chip, such as pwmchip0:1 or "
		                                      "fe20c000.pwm:1, or a fan of a hardware monitor, such as "
		                                      "hwmon:pwmfan:pwm1");
	memcpy(name.device, device, length);
	*ret = name;
	return 0;
}

/* --- the devices there are ----------------------------------------------------------------------- */

static const char *class_of(bool hwmon)
{
	return hwmon ? "hwmon" : "pwm";
}

static int is_chip(const struct dirent *entry)
{
	return strncmp(entry->d_name, "pwmchip", strlen("pwmchip")) == 0;
}

static int is_hwmon(const struct dirent *entry)
{
	return strncmp(entry->d_name, "hwmon", strlen("hwmon")) == 0;
}

/* "pwm1", and not "pwm1_enable". */
static int is_fan(const struct dirent *entry)
{
	unsigned number;

	return strncmp(entry->d_name, "pwm", strlen("pwm")) == 0 &&
	       parse_number(entry->d_name + strlen("pwm"), &number) == 0;
}

static struct sysfs_list list_devices(const char *root, bool hwmon)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/class/%s", root, class_of(hwmon));
	return sysfs_list(AT_FDCWD, path, hwmon ? is_hwmon : is_chip);
}

/* The last part of the path of the device that the chip is part of; "" if there is none. */
static void read_device_name(int folder, char name[static SYSFS_TEXT_SIZE])
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(folder, "device", target, sizeof target - 1);
	const char *slash;

	target[length > 0 ? length : 0] = '\0';
	slash = strrchr(target, '/');
	snprintf(name, SYSFS_TEXT_SIZE, "%.*s", SYSFS_TEXT_SIZE - 1, slash ? slash + 1 : target);
	sysfs_quote(name);
}

/* -errno: it has gone meanwhile. */
static int open_place(const char *root, bool hwmon, const char *id, struct pwm_place *ret)
{
	snprintf(ret->id, sizeof ret->id, "%.*s", (int)sizeof ret->id - 1, id);
	snprintf(ret->path, sizeof ret->path, "%s/class/%s/%s", root, class_of(hwmon), ret->id);
	ret->folder = sysfs_open(ret->path);
	if (ret->folder < 0)
		return ret->folder;
	if (hwmon)
		sysfs_read_name(ret->folder, "name", ret->name);
	else
		read_device_name(ret->folder, ret->name);
	return 0;
}

static bool is_same_file(int folder, const char *file, const struct stat *other)
{
	struct stat st;

	return fstatat(folder, file, &st, AT_EMPTY_PATH) == 0 && st.st_ino == other->st_ino &&
	       st.st_dev == other->st_dev;
}

static bool is_called(const struct pwm_place *place, const struct pwm_name *name)
{
	char label[SYSFS_TEXT_SIZE];
	struct stat wanted;

	if (name->device[0] == '/')
		return stat(name->device, &wanted) == 0 &&
		       (is_same_file(place->folder, "", &wanted) || is_same_file(place->folder, "device", &wanted));
	if (strcmp(place->name, name->device) == 0)
		return true;
	if (!name->hwmon)
		return strcmp(place->id, name->device) == 0;
	return strcmp(sysfs_read_name(place->folder, "label", label), name->device) == 0;
}

/* --- the one that is meant, and why it is not there ---------------------------------------------- */

static void list_chip(const struct pwm_place *place, char *buffer, size_t size)
{
	char channels[SYSFS_TEXT_SIZE];

	sysfs_read_name(place->folder, "npwm", channels);
	cut_add(buffer, size, "%s (%s, %s channel%s)", place->id, place->name, channels,
	        strcmp(channels, "1") == 0 ? "" : "s");
}

static void list_fans(const struct pwm_place *place, char *buffer, size_t size)
{
	_cleanup_(sysfs_list_free) struct sysfs_list fans = sysfs_list(place->folder, ".", is_fan);

	for (int i = 0; i < fans.n; i++)
		cut_add(buffer, size, HWMON "%s:%s (%s)", place->name, fans.entries[i]->d_name, place->id);
}

static void add_to_list(const char *root, bool hwmon, char *buffer, size_t size)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = list_devices(root, hwmon);
	struct pwm_place place;

	for (int i = 0; i < devices.n; i++) {
		if (open_place(root, hwmon, devices.entries[i]->d_name, &place) < 0)
			continue;
		(hwmon ? list_fans : list_chip)(&place, buffer, size);
		close(place.folder);
	}
}

static int refuse_unknown(const char *root, const struct pwm_name *name, const char *text,
                          struct problem *problem)
{
	char found[LIST_SIZE] = "";

	add_to_list(root, false, found, sizeof found);
	add_to_list(root, true, found, sizeof found);
	return problem_set(problem, -ENODEV, "output %s: no %s has this name or path; found: %s", text,
	                   name->hwmon ? "hwmon device" : "PWM chip", *found ? found : "none");
}

char *pwm_device_path(const struct pwm_place *place, char path[static SYSFS_TEXT_SIZE])
{
	char device[sizeof place->path + sizeof "/device"];
	_cleanup_(cleanup_free) char *real = NULL;

	snprintf(device, sizeof device, "%s/device", place->path);
	real = realpath(device, NULL);
	if (!real)
		real = realpath(place->path, NULL);
	cut_copy(path, SYSFS_TEXT_SIZE, real ? real : place->path);
	return path;
}

static int refuse_two(const struct pwm_place *one, const struct pwm_place *other, const char *text,
                      struct problem *problem)
{
	char path[SYSFS_TEXT_SIZE], other_path[SYSFS_TEXT_SIZE];

	return problem_set(problem, -ENOTUNIQ,
	                   "output %s: both %s (%s) and %s (%s) are called so; give one of these paths in the "
	                   "place of the name",
	                   text, pwm_device_path(one, path), one->id, pwm_device_path(other, other_path),
	                   other->id);
}

int pwm_find(const char *root, const struct pwm_name *name, const char *text, struct pwm_place *ret,
             struct problem *problem)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = list_devices(root, name->hwmon);
	struct pwm_place found = { .folder = -1 }, place;
	int r = 0;

	for (int i = 0; i < devices.n && r >= 0; i++) {
		if (open_place(root, name->hwmon, devices.entries[i]->d_name, &place) < 0)
			continue;
		if (!is_called(&place, name)) {
			close(place.folder);
		} else if (found.folder >= 0) {
			r = refuse_two(&found, &place, text, problem);
			close(place.folder);
		} else {
			found = place;
		}
	}
	if (r >= 0 && found.folder < 0)
		return refuse_unknown(root, name, text, problem);
	if (r < 0)
		close(found.folder);
	else
		*ret = found;
	return r;
}

/* --- the kernel's own control -------------------------------------------------------------------- */

static int is_zone(const struct dirent *entry)
{
	return strncmp(entry->d_name, "thermal_zone", strlen("thermal_zone")) == 0;
}

/* "cdev0", and not "cdev0_trip_point". */
static int is_cooling_link(const struct dirent *entry)
{
	unsigned number;

	return strncmp(entry->d_name, "cdev", strlen("cdev")) == 0 &&
	       parse_number(entry->d_name + strlen("cdev"), &number) == 0;
}

static const char *skip_marks(const char *text)
{
	return text + strspn(text, "-_");
}

/* A cooling device says of its fan no more than a name, and each driver writes it a little differently from the
 * one it has in hwmon: "pwm-fan" is pwmfan's, "emc2305_fan" emc2305's, "dell-smm-fan1" dell_smm's. */
static bool begins_with(const char *type, const char *name)
{
	for (type = skip_marks(type), name = skip_marks(name); *name;
	     type = skip_marks(type + 1), name = skip_marks(name + 1))
		if (tolower((unsigned char)*type) != tolower((unsigned char)*name))
			return false;
	return true;
}

static bool cools_with(int zone, const char *name, char type[static SYSFS_TEXT_SIZE])
{
	_cleanup_(sysfs_list_free) struct sysfs_list links = sysfs_list(zone, ".", is_cooling_link);
	char file[NAME_MAX + sizeof "/type"];

	for (int i = 0; i < links.n; i++) {
		snprintf(file, sizeof file, "%s/type", links.entries[i]->d_name);
		if (begins_with(sysfs_read_name(zone, file, type), name))
			return true;
	}
	return false;
}

/* The kernel leaves the fans of a disabled zone alone. */
static bool drives(int zone, const char *name, char type[static SYSFS_TEXT_SIZE])
{
	char mode[SYSFS_TEXT_SIZE];

	return strcmp(sysfs_read_name(zone, "mode", mode), "disabled") != 0 && cools_with(zone, name, type);
}

int pwm_check_zones(const char *root, const char *text, const struct pwm_place *place, struct problem *problem)
{
	char class[PATH_MAX], path[PATH_MAX + NAME_MAX + 1], type[SYSFS_TEXT_SIZE], name[SYSFS_TEXT_SIZE];
	_cleanup_(sysfs_list_free) struct sysfs_list zones = { 0 };
	int r = 0;

	if (!*place->name)
		return 0;
	snprintf(class, sizeof class, "%s/class/thermal", root);
	zones = sysfs_list(AT_FDCWD, class, is_zone);
	for (int i = 0; i < zones.n && r >= 0; i++) {
		int zone;

		snprintf(path, sizeof path, "%s/%s", class, zones.entries[i]->d_name);
		zone = sysfs_open(path);
		if (zone < 0)
			continue;
		if (drives(zone, place->name, type))
			r = problem_set(problem, -EBUSY,
			                "output %s: the kernel sets this fan's speed itself, for %s (%s), as its "
			                "cooling device %s; expected a fan that no thermal zone has: take it out of "
			                "the zone in the device tree, or leave it to the kernel",
			                text, zones.entries[i]->d_name, sysfs_read_name(zone, "type", name), type);
		close(zone);
	}
	return r;
}
