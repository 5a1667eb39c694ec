/* IlluminanceSensor: how light it is. */
#include "family/measured.h"
#include "kinds/kinds.h"

#define LEAST 0
#define MOST 1e6

static const struct quantity illuminance = {
	.name = "illuminance",
	.unit = "lx",
	.precision = 1,
	.usual = 100,
	.least = LEAST,
	.most = MOST,
	.iio = { "illuminance", 1 }, /* lux */
};

static const struct option options[] = {
	MEASURED_OPTIONS("bh1750", "illuminance", LEAST, MOST, "an illuminance in lx, such as 500",
	                 "an illuminance in lx, such as 15", 1e6, "1",
	                 "a number of lx from 0 to 1000000, such as 5",
	                 "a number of lx from -1000000 to 1000000, such as -3"),
	{ 0 },
};

MEASURED_KIND(illuminance_sensor_class, "IlluminanceSensor", illuminance, "illuminance", options);
