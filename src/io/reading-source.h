/* A source of readings: one of the ways in which the kernel gives them, with how its devices are written,
 * found and read. */
#pragma once

#include "io/reader.h"

/* What a source has found of a device, and keeps open from one reading to the next. */
struct reading_context;

struct reading_source {
	/* What Device= begins with; "": all that is of no other source. */
	const char *prefix;

	/* On the loop's thread; see reader_load() and reader_check(). `load` may be NULL. */
	int (*load)(struct problem *problem);
	int (*check)(const struct reader_settings *settings, const char **ret_key, struct problem *problem);
	/* True for the machine's own devices. */
	bool (*is_local)(const struct reader_settings *settings);
	/* Adds the devices that this machine has to a list (util/cut.h), each as Device= calls it, with what
	 * else it is called. By hand: the library need not be loaded. */
	void (*list)(char *buffer, size_t size);

	/* All of these block, on a worker's thread. */

	/* Looks for what the worker of this device reads from. The context is up to date at this moment: who
	 * is plugged in later need not be in it. If that fails, fills error, absent and problem of the
	 * reading and leaves `*ret` alone. */
	void (*open)(const struct reader_settings *settings, struct reading_context **ret,
	             struct reading *reading);
	/* Reads the channel: fills value and device, or error, absent and problem. -ESTALE: what the context
	 * knows of has gone, perhaps with another in its place. */
	void (*read)(const struct reading_context *context, const struct reader_settings *settings,
	             struct reading *reading);
	/* Takes NULL; returns NULL. */
	struct reading_context *(*close)(struct reading_context *context);
};

/* For sources whose devices are all the machine's own. */
bool reading_source_always_local(const struct reader_settings *settings);
int reading_source_check_local(const struct reader_settings *settings, const char **ret_key,
                               struct problem *problem);

/* The devices of all sources that this machine has, for whoever wrote another: "iio:device0 (tmp117),
 * hwmon:lm75 (hwmon1)"; "none". Returns `buffer`. */
#define READING_SOURCE_LIST_SIZE 400
char *reading_source_list(char buffer[static READING_SOURCE_LIST_SIZE]);

/* Whose device this is; never NULL. `device` may be NULL, as in a configuration that lacks it. */
const struct reading_source *reading_source_of(const char *device);
