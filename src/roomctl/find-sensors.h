/* The thermometers and other sensors of this machine that a kind of component can read, with their present
 * values. */
#pragma once

#include <stddef.h>

#include "io/sensor-list.h"
#include "roomd/component.h"
#include "util/problem.h"

struct find_sensor {
	struct sensor_channel channel;
	const struct component_class *class; /* the kind that reads it */
	int error;                           /* 0, or why it could not be read, with `problem` */
	double value;                        /* in the unit of the kind's quantity */
	struct problem problem;
};

struct find_sensors {
	struct find_sensor *sensors;
	size_t n;
	bool out_of_memory;
};

/* Reads all sensors, one after the other: a DS18B20 takes a second. 0 or -ENOMEM. */
int find_sensors_read(struct find_sensors *sensors);
void find_sensors_free(struct find_sensors *sensors);

/* The section for a sensor, with this name. To be freed; NULL: no memory. */
char *find_sensor_section(const struct find_sensor *sensor, const char *name);

/* The sensor's value, "21.44 °C", or why there is none. Returns `buffer`. */
char *find_sensor_value(const struct find_sensor *sensor, char *buffer, size_t size);

/* A name for the sensor's section, made from its own name. Returns `buffer`, of SEEN_NAME_SIZE. */
char *find_sensor_name(const struct find_sensor *sensor, char *buffer);
