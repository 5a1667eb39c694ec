#include "metrics/unit-names.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

static const struct {
	const char *unit;
	struct metric_unit metric;
} known[] = {
	{ "", { "", 1, 0 } },
	{ "°C", { "celsius", 1, 0 } },
	{ "°F", { "celsius", 5.0 / 9, -160.0 / 9 } },
	{ "K", { "celsius", 1, -273.15 } },
	{ "%", { "ratio", 0.01, 0 } },
	{ "ppm", { "ppm", 1, 0 } }, /* as everybody reads it: docs/decisions.md */
	{ "lx", { "lux", 1, 0 } },
	{ "Pa", { "pascals", 1, 0 } },
	{ "hPa", { "pascals", 100, 0 } },
	{ "kPa", { "pascals", 1000, 0 } },
	{ "mV", { "volts", 0.001, 0 } },
	{ "V", { "volts", 1, 0 } },
	{ "mA", { "amperes", 0.001, 0 } },
	{ "A", { "amperes", 1, 0 } },
	{ "W", { "watts", 1, 0 } },
	{ "kW", { "watts", 1000, 0 } },
	{ "Wh", { "joules", 3600, 0 } },
	{ "kWh", { "joules", 3.6e6, 0 } },
	{ "Hz", { "hertz", 1, 0 } },
	{ "ms", { "seconds", 0.001, 0 } },
	{ "s", { "seconds", 1, 0 } },
	{ "min", { "seconds", 60, 0 } },
	{ "h", { "seconds", 3600, 0 } },
	{ "mm", { "meters", 0.001, 0 } },
	{ "cm", { "meters", 0.01, 0 } },
	{ "m", { "meters", 1, 0 } },
	{ "m/s", { "meters_per_second", 1, 0 } },
	{ "g", { "grams", 1, 0 } },
	{ "kg", { "grams", 1000, 0 } },
	{ "l", { "liters", 1, 0 } },
	{ "l/min", { "liters_per_second", 1.0 / 60, 0 } },
	{ "µg/m³", { "grams_per_cubic_meter", 1e-6, 0 } },
	{ "dB", { "decibels", 1, 0 } },
};

static const struct metric_unit *find(const char *unit)
{
	for (size_t i = 0; i < ELEMENTS(known); i++)
		if (strcmp(known[i].unit, unit) == 0)
			return &known[i].metric;
	return NULL;
}

bool metric_unit_is_known(const char *unit)
{
	return find(unit) != NULL;
}

/* "a/b" is read as "a per b". */
static void spell_out(const char *unit, char *buffer, size_t size)
{
	const char *slash = strchr(unit, '/');

	if (slash)
		snprintf(buffer, size, "%.*s per %s", (int)(slash - unit), unit, slash + 1);
	else
		snprintf(buffer, size, "%s", unit);
}

struct metric_unit metric_unit_of(const char *unit)
{
	const struct metric_unit *found = find(unit);
	struct metric_unit made = { .factor = 1 };
	char words[METRIC_UNIT_SIZE];

	if (found)
		return *found;
	spell_out(unit, words, sizeof words);
	metric_name_make(words, made.name, sizeof made.name);
	return made;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char to_small(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

char *metric_name_make(const char *text, char *buffer, size_t size)
{
	size_t n = 0;

	for (; *text && n + 2 < size; text++) {
		char c = to_small(*text);

		if (is_digit(c) || (c >= 'a' && c <= 'z'))
			buffer[n++] = c;
		else if (n > 0 && buffer[n - 1] != '_')
			buffer[n++] = '_';
	}
	n -= n > 0 && buffer[n - 1] == '_';
	buffer[n] = '\0';
	return buffer;
}
