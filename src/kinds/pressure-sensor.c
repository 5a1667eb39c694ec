/* PressureSensor: of the air, or of what is in a pipe. */
#include "family/measured.h"
#include "kinds/kinds.h"

#define LEAST 0
#define MOST 1e6

static const struct quantity pressure = {
	.name = "pressure",
	.unit = "hPa",
	.precision = 1,
	.usual = 1013,
	.least = LEAST,
	.most = MOST,
	.iio = { "pressure", 0.1 }, /* kilopascal */
};

static const struct option options[] = {
	MEASURED_OPTIONS("bmp280", "pressure", LEAST, MOST, "a pressure in hPa, such as 1030",
	                 "a pressure in hPa, such as 990", 1e6, "0.5",
	                 "a number of hPa from 0 to 1000000, such as 0.5",
	                 "a number of hPa from -1000000 to 1000000, such as 4.5"),
	{ 0 },
};

MEASURED_KIND(pressure_sensor_class, "PressureSensor", pressure, "pressure", options);
