#include "io/w1-read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/sysfs.h"
#include "io/w1-text.h"
#include "util/cleanup.h"
#include "util/cut.h"

#define DEVICES "/sys/bus/w1/devices"
#define PREFIX "w1:"
#define FILE_NAME "w1_slave"
/* As the kernel writes them. */
#define HEXADECIMAL "0123456789abcdef"
#define FAMILY_DIGITS 2
#define NUMBER_DIGITS 12
#define PER_DEGREE 1000

/* The folder of the device, whose name is its id. */
struct reading_context {
	int folder;
};

static const char *id_of(const struct reader_settings *settings)
{
	return settings->device + strlen(PREFIX);
}

static bool is_id(const char *id)
{
	return strspn(id, HEXADECIMAL) == FAMILY_DIGITS && id[FAMILY_DIGITS] == '-' &&
	       strspn(id + FAMILY_DIGITS + 1, HEXADECIMAL) == NUMBER_DIGITS &&
	       !id[FAMILY_DIGITS + 1 + NUMBER_DIGITS];
}

static int check(const struct reader_settings *settings, const char **ret_key, struct problem *problem)
{
	*ret_key = "Device";
	if (strcmp(settings->quantity->name, "temperature") != 0)
		return problem_set(problem, -EINVAL, "another device: one of " PREFIX " is a thermometer");
	if (!is_id(id_of(settings)))
		return problem_set(problem, -EINVAL,
		                   "an id as in " DEVICES " behind " PREFIX
		                   ", such as w1:28-0123456789ab: hexadecimal digits, 2 and 12");
	return reading_source_check_local(settings, ret_key, problem);
}

static int is_device(const struct dirent *entry)
{
	return is_id(entry->d_name);
}

static void list(char *buffer, size_t size)
{
	_cleanup_(sysfs_list_free) struct sysfs_list devices = sysfs_list(AT_FDCWD, DEVICES, is_device);

	for (int i = 0; i < devices.n; i++)
		cut_add(buffer, size, PREFIX "%s", devices.entries[i]->d_name);
}

static char *path_of(const struct reader_settings *settings, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, DEVICES "/%s", id_of(settings));
	return path;
}

static int refuse(const struct reader_settings *settings, int error, struct problem *problem)
{
	char found[READING_SOURCE_LIST_SIZE];

	if (error != -ENOENT)
		return problem_set(problem, error, "device %s: %s", settings->device, problem_errno(error));
	return problem_set(problem, -ENODEV, "device %s: no 1-Wire device has this id; found: %s",
	                   settings->device, reading_source_list(found));
}

static void open_device(const struct reader_settings *settings, struct reading_context **ret,
                        struct reading *reading)
{
	char path[PATH_MAX];
	int folder = sysfs_open(path_of(settings, path));
	struct reading_context *context = folder >= 0 ? calloc(1, sizeof *context) : NULL;

	if (!context) {
		reading->error = refuse(settings, folder < 0 ? folder : -ENOMEM, &reading->problem);
		reading->absent = folder < 0;
		if (folder >= 0)
			close(folder);
		return;
	}
	context->folder = folder;
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

static int read_value(const struct reading_context *context, double *ret, struct problem *problem)
{
	char text[SYSFS_TEXT_SIZE];
	int r = sysfs_read(context->folder, FILE_NAME, text);

	if (r == -ENOENT)
		return problem_set(problem, r,
		                   "it is not there: the kernel's w1_therm does not drive this device");
	if (r < 0)
		return problem_set(problem, r, "reading failed: %s", problem_errno(r));
	return w1_text_parse(text, ret, problem);
}

static void read_channel(const struct reading_context *context, const struct reader_settings *settings,
                         struct reading *reading)
{
	char path[PATH_MAX];
	struct problem why;
	double milli;
	int r = read_value(context, &milli, &why);

	if (r >= 0) {
		snprintf(reading->device, sizeof reading->device, "%s", id_of(settings));
		reading->value = milli / PER_DEGREE;
		return;
	}
	reading->error =
		problem_set(&reading->problem, r, "device %s, " FILE_NAME ": %s", settings->device, why.text);
	/* One that was taken off and put on again has a folder of its own. */
	if (!sysfs_is(context->folder, path_of(settings, path)))
		reading->error = -ESTALE;
}

const struct reading_source w1_source = {
	.prefix = PREFIX,
	.check = check,
	.is_local = reading_source_always_local,
	.list = list,
	.open = open_device,
	.read = read_channel,
	.close = close_device,
};
