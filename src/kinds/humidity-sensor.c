/* HumiditySensor: relative humidity of the air. */
#include "family/measured.h"
#include "kinds/kinds.h"

#define LEAST 0
#define MOST 100

static const struct quantity humidity = {
	.name = "humidity",
	.unit = "%",
	.precision = 1,
	.usual = 50,
	.least = LEAST,
	.most = MOST,
	.iio = { "humidityrelative", 1000 }, /* milli-percent */
	.hwmon = { "humidity", 1000 },
};

static const struct option options[] = {
	MEASURED_OPTIONS("bme280", "humidityrelative", LEAST, MOST, "a relative humidity in %, such as 65",
	                 "a relative humidity in %, such as 30", 100, "2",
	                 "a number of % from 0 to 100, such as 2",
	                 "a number of % from -100 to 100, such as -1.5"),
	{ 0 },
};

MEASURED_KIND(humidity_sensor_class, "HumiditySensor", humidity, "relative humidity", options);
