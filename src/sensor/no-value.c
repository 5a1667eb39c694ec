#include "sensor/no-value.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Scales are written with so many digits that a value is met within this. */
#define NEARLY 0.0005

/* Sign and magnitude by the data sheet, two's complement in the copies: -0.1 °C is 0xffff, which the kernel's
 * driver (dht11) makes -3276.7 °C of, and -40 °C, the least that it measures, is 0xfe70. */
#define DHT22_COPY                                                                                                \
	-3276.8, -3236.8,                                                                                         \
		"it is a copy of a DHT22 that does not encode temperatures below zero as its data sheet has it (" \
		"Aosong AM2302)"

/* A row for each device and value. Up to an "@" the name is that of the driver's device, or of the node in a
 * device tree. A value that the device can also measure has no place here. */
static const struct {
	const char *quantity, *device;
	double from, to; /* both included */
	const char *reason;
} values[] = {
	{ "temperature", "tmp116", -256, -256,
	  "a TMP116 shows it from power-on to its first conversion (data sheet SBOS740)" },
	{ "temperature", "tmp117", -256, -256,
	  "a TMP117 shows it from power-on to its first conversion (data sheet SNOSD82)" },
	{ "temperature", "dht11", DHT22_COPY },
	{ "temperature", "dht22", DHT22_COPY },
};

static bool is_called(const char *device, const char *name)
{
	return strcspn(device, "@") == strlen(name) && memcmp(device, name, strlen(name)) == 0;
}

const char *no_value_reason(const char *quantity, const char *device, double value)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (value >= values[i].from - NEARLY && value <= values[i].to + NEARLY &&
		    strcmp(values[i].quantity, quantity) == 0 && is_called(device, values[i].device))
			return values[i].reason;
	return NULL;
}
