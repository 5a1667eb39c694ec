/* A source of readings: one of the ways in which the kernel gives them. The source knows how its devices are
 * written, found and read. */
#pragma once

#include "io/reader.h"

/* A device that a source has found, and keeps open from one reading to the next. */
struct reading_context;

struct reading_source {
	/* The beginning of Device=; "": all devices that belong to no other source. */
	const char *prefix;

	/* Called on the loop's thread; see reader_load() and reader_check(). `load` may be NULL. */
	int (*load)(struct problem *problem);
	int (*check)(const struct reader_settings *settings, const char **ret_key, struct problem *problem);
	/* True for the machine's own devices. */
	bool (*is_local)(const struct reader_settings *settings);
	/* Adds this machine's devices to a list (util/cut.h), each as it is written in Device=, with its
	 * other name. Does not need the library. */
	void (*list)(char *buffer, size_t size);

	/* All of these block. They are called on a worker's thread. */

	/* Looks for the device. The context has the devices of this moment, without those that are plugged in
	 * later. On failure, fills error, absent and problem of the reading, and leaves `*ret` alone. */
	void (*open)(const struct reader_settings *settings, struct reading_context **ret,
	             struct reading *reading);
	/* Reads the channel: fills value and device, or error, absent and problem. -ESTALE: the device that
	 * the context knows has gone, and another may have come instead. */
	void (*read)(const struct reading_context *context, const struct reader_settings *settings,
	             struct reading *reading);
	/* Takes NULL; returns NULL. */
	struct reading_context *(*close)(struct reading_context *context);
};

/* For sources that have only the machine's own devices. */
bool reading_source_always_local(const struct reader_settings *settings);
int reading_source_check_local(const struct reader_settings *settings, const char **ret_key,
                               struct problem *problem);

/* Lists this machine's devices of all sources, for a message about a device that was not found: "iio:device0
 * (tmp117), hwmon:lm75 (hwmon1)"; "none". Returns `buffer`. */
#define READING_SOURCE_LIST_SIZE 400
char *reading_source_list(char buffer[static READING_SOURCE_LIST_SIZE]);

/* The source of this device; never NULL. `device` may be NULL, as in a configuration that lacks it. */
const struct reading_source *reading_source_of(const char *device);
