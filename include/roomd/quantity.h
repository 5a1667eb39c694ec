/* What can be measured: the facts about a quantity, each in one place. Its readings, limits, events, and the
 * way people see it, follow from them. */
#pragma once

/* How the kernel reports it: the kernel's name for the channel, and how many of the kernel's units make one
 * of ours. */
struct quantity_channel {
	const char *type; /* NULL: the kernel has no such channel */
	double per_unit;
};

struct quantity {
	const char *name;   /* "temperature": as its events are called, temperature_update */
	const char *unit;   /* "°C": UTF-8, as people see it */
	unsigned precision; /* digits after the point, as people see it */
	double least, most; /* in the unit: values outside are impossible, by physics or by definition */
	const char *least_is; /* what the least is, as a sentence; NULL: there is no more to say */
	/* Documentation/ABI/testing/sysfs-bus-iio: "temp" in milli-degrees, "humidityrelative" in
	 * milli-percent, "pressure" in kPa, "concentration_co2" in percent. */
	struct quantity_channel iio;
	/* Documentation/hwmon/sysfs-interface.rst: "temp" in milli-degrees, "humidity" in milli-percent. */
	struct quantity_channel hwmon;
};
