/* CarbonDioxideSensor: how much of it is in the air. */
#include "family/measured.h"
#include "kinds/kinds.h"

#define LEAST 0
#define MOST 1e6

static const struct quantity carbon_dioxide = {
	.name = "carbon_dioxide",
	.unit = "ppm",
	.precision = 0,
	.usual = 600,
	.least = LEAST,
	.most = MOST,
	.iio = { "concentration_co2", 1e-4 }, /* percent */
};

static const struct option options[] = {
	MEASURED_OPTIONS("scd4x", "concentration_co2", LEAST, MOST, "a number of ppm, such as 1200",
	                 "a number of ppm, such as 350", 1e6, "50",
	                 "a number of ppm from 0 to 1000000, such as 50",
	                 "a number of ppm from -1000000 to 1000000, such as -40"),
	{ 0 },
};

MEASURED_KIND(carbon_dioxide_sensor_class, "CarbonDioxideSensor", carbon_dioxide, "carbon dioxide", options);
