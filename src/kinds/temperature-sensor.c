/* TemperatureSensor: of the air, or of whatever a thermometer touches. */
#include "family/measured.h"
#include "kinds/kinds.h"

#define LEAST (-273.15)
#define MOST 10000

static const struct quantity temperature = {
	.name = "temperature",
	.unit = "°C",
	.precision = 2,
	.usual = 20,
	.least = LEAST,
	.most = MOST,
	.least_is = "nothing is colder than -273.15 °C",
	.iio = { "temp", 1000 },
	.hwmon = { "temp", 1000 },
};

static const struct option options[] = {
	MEASURED_OPTIONS("tmp117", "temp", LEAST, MOST, "a temperature in °C, such as 28 or -4.5",
	                 "a temperature in °C, such as 5 or -4.5", 1000, "0.5",
	                 "a number of degrees from 0 to 1000, such as 0.5",
	                 "a number of degrees from -1000 to 1000, such as -0.3"),
	{ 0 },
};

MEASURED_KIND(temperature_sensor_class, "TemperatureSensor", temperature, "temperature", options);
