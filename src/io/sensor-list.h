/* Lists what this machine can measure: every channel of every device of Industrial I/O, hardware monitoring
 * and 1-Wire, as Device= and Channel= of roomd.conf(5) name it. Read from sysfs, without a library; nothing
 * is measured. */
#pragma once

#include <limits.h>

#include "io/sysfs.h"

struct sensor_channel {
	/* The name for Device= that only this device has: its label, else its name, else its path below
	 * /sys/devices. */
	char device[PATH_MAX];
	char name[SYSFS_TEXT_SIZE]; /* the driver's name for it; "": none */
	char channel[NAME_MAX + 1]; /* "temp", "temp2", "concentration_co2"; "" for 1-Wire, which has none */
	char type[NAME_MAX + 1];    /* the channel without its number: as struct quantity_channel has it */
	bool iio;                   /* false: the type is a word of hwmon */
};

typedef void (*sensor_handler)(const struct sensor_channel *channel, void *userdata);

/* Calls `handler` for each of them, device by device. */
void sensor_list(sensor_handler handler, void *userdata);

/* --- pure ----------------------------------------------------------------------------------------- */

/* Gets the channel and its type from a file's name: "in_temp_ambient_raw" gives "temp_ambient" for both;
 * "in_temp0_input" gives "temp0" of type "temp". False: the file is not a channel's. */
bool sensor_iio_channel(const char *file, struct sensor_channel *ret);

/* The same for hwmon: "temp1_input" gives "temp1" of type "temp". */
bool sensor_hwmon_channel(const char *file, struct sensor_channel *ret);
