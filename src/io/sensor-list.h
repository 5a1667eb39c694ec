/* What this machine has that measures: every channel of every device of Industrial I/O, hardware monitoring
 * and 1-Wire, as Device= and Channel= of roomd.conf(5) call it. From sysfs, by hand; nothing is measured. */
#pragma once

#include <limits.h>

#include "io/sysfs.h"

struct sensor_channel {
	/* As Device= calls this device and no other: its label, else its name, else its path below
	 * /sys/devices. */
	char device[PATH_MAX];
	char name[SYSFS_TEXT_SIZE]; /* what its driver calls it; "" */
	char channel[NAME_MAX + 1]; /* "temp", "temp2", "concentration_co2"; "" for 1-Wire, which has none */
	char type[NAME_MAX + 1];    /* the channel without its number: as struct quantity_channel has it */
	bool iio;                   /* or else the type is a word of hwmon's */
};

typedef void (*sensor_handler)(const struct sensor_channel *channel, void *userdata);

/* Calls `handler` for each of them, device by device. */
void sensor_list(sensor_handler handler, void *userdata);

/* --- pure ----------------------------------------------------------------------------------------- */

/* The channel and its type of the name of a file: "in_temp_ambient_raw" is "temp_ambient", and so is its
 * type; "in_temp0_input" is "temp0" of type "temp". False: the file is of another kind. */
bool sensor_iio_channel(const char *file, struct sensor_channel *ret);

/* The same: "temp1_input" is "temp1" of type "temp". */
bool sensor_hwmon_channel(const char *file, struct sensor_channel *ret);
