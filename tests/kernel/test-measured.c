/* Each kind that measures: its channel in the kernel's unit, its value in ours, at the ends of what there is, and
 * its limits. On virtual time; the attributes are files of the test. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "iio-folder.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "util/cleanup.h"

struct kind {
	const char *kind, *events, *channel, *unit;
	/* What the attribute says, and what that is; rows end with NULL. */
	struct {
		const char *text;
		double value;
	} rows[8];
	const char *impossible, *why;
	/* Below High=, Low= and between: the attribute. */
	const char *limits, *high, *low, *normal;
};

/* Documentation/ABI/testing/sysfs-bus-iio of the kernel has the units. */
static const struct kind kinds[] = {
	{ "TemperatureSensor",
	  "temperature",
	  "temp",
	  "°C",
	  { { "-40000", -40 }, { "0", 0 }, { "21500", 21.5 }, { "125000", 125 } },
	  "-650788984",
	  "nothing is colder than -273.15 °C",
	  "High=28\nLow=5\n",
	  "28500",
	  "4500",
	  "20000" },
	{ "HumiditySensor",
	  "humidity",
	  "humidityrelative",
	  "%",
	  { { "0", 0 }, { "48828", 48.828 }, { "100000", 100 } },
	  "100500",
	  "it is from 0 to 100 %",
	  "High=65\nLow=30\n",
	  "65100",
	  "29900",
	  "50000" },
	{ "IlluminanceSensor",
	  "illuminance",
	  "illuminance",
	  "lx",
	  { { "0", 0 }, { "0.54", 0.54 }, { "15", 15 }, { "120000", 120000 } },
	  "-1",
	  "it is from 0 to 1000000 lx",
	  "High=500\nLow=15\n",
	  "501",
	  "14",
	  "100" },
	{ "PressureSensor",
	  "pressure",
	  "pressure",
	  "hPa",
	  { { "101.325", 1013.25 }, { "30.000", 300 }, { "110", 1100 } },
	  "-0.5",
	  "it is from 0 to 1000000 hPa",
	  "High=1030\nLow=990\n",
	  "103.1",
	  "98.9",
	  "101" },
	{ "CarbonDioxideSensor",
	  "carbon_dioxide",
	  "concentration_co2",
	  "ppm",
	  { { "0.0415", 415 }, { "0", 0 }, { "4", 40000 } },
	  "101",
	  "it is from 0 to 1000000 ppm",
	  "High=1200\nLow=350\n",
	  "0.13",
	  "0.03",
	  "0.08" },
};

static int setup_folder(void **state)
{
	iio_folder_make();
	return room_setup(state);
}

static int teardown_folder(void **state)
{
	int r = room_teardown(state);

	iio_folder_remove();
	return r;
}

/* A sensor of this kind, whose channel says `text`. */
static void start(struct room_fixture *room, const struct kind *kind, const char *text, const char *keys)
{
	const char *attributes[] = { "name", "sensor", NULL, text, NULL };
	char input[64], config[256];

	snprintf(input, sizeof input, "in_%s_input", kind->channel);
	attributes[2] = input;
	iio_folder_plug(0, attributes);
	snprintf(config, sizeof config, "[%s hall]\nDevice=sensor\nErrorsUntilUnavailable=1\n%s", kind->kind, keys);
	process_start(&room->roomd, config);
}

static void end(struct room_fixture *room)
{
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);
	iio_folder_unplug(0);
}

static void set(const struct kind *kind, const char *text)
{
	char input[64];

	snprintf(input, sizeof input, "in_%s_input", kind->channel);
	iio_folder_set(0, input, text);
}

static const struct process_event *wait_for(struct room_fixture *room, const struct kind *kind, const char *what)
{
	char name[64];

	snprintf(name, sizeof name, "%s_%s", kind->events, what);
	return process_wait(&room->roomd, name, "hall");
}

static void test_values(void **state)
{
	struct room_fixture *room = *state;

	for (const struct kind *kind = kinds; kind < kinds + ELEMENTS(kinds); kind++) {
		start(room, kind, kind->rows[0].text, "");
		for (size_t i = 0; kind->rows[i].text; i++) {
			double value;

			if (i > 0)
				set(kind, kind->rows[i].text);
			value = wait_for(room, kind, "update")->value;
			if (fabs(value - kind->rows[i].value) > 0.0006)
				fail_msg("%s: %s is %.10g %s", kind->kind, kind->rows[i].text, value,
				         kind->unit);
		}
		end(room);
	}
}

static void test_limits(void **state)
{
	struct room_fixture *room = *state;

	for (const struct kind *kind = kinds; kind < kinds + ELEMENTS(kinds); kind++) {
		start(room, kind, kind->high, kind->limits);
		wait_for(room, kind, "high");
		set(kind, kind->normal);
		wait_for(room, kind, "normal");
		set(kind, kind->low);
		wait_for(room, kind, "low");
		end(room);
	}
}

static void test_what_cannot_be(void **state)
{
	struct room_fixture *room = *state;

	for (const struct kind *kind = kinds; kind < kinds + ELEMENTS(kinds); kind++) {
		const char *reason;
		char low[64];

		start(room, kind, kind->impossible, kind->limits);
		reason = process_wait(&room->roomd, "sensor_unavailable", "hall")->text;
		if (!strstr(reason, kind->why))
			fail_msg("%s: '%s' does not say '%s'", kind->kind, reason, kind->why);
		snprintf(low, sizeof low, "%s_low", kind->events);
		assert_int_equal(process_count(&room->roomd, low, NULL), 0);
		end(room);
	}
}

/* Another quantity of the same device is no substitute. */
static void test_another_channel(void **state)
{
	static const char *const attributes[] = { "name", "sensor", "in_concentration_voc_input", "0.04", NULL };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, "[CarbonDioxideSensor hall]\nDevice=sensor\nChannel=concentration_voc\n");
	assert_non_null(strstr(process_wait(&room->roomd, "sensor_unavailable", "hall")->text,
	                       "expected a channel of type concentration_co2"));
}

/* One chip, three kinds. */
static void test_one_chip(void **state)
{
	static const char *const attributes[] = {
		"name", "bme280", "in_temp_input", "21500", "in_humidityrelative_input", "40000", "in_pressure_input",
		"101.3", NULL
	};
	static const char config[] = "[TemperatureSensor air]\nDevice=bme280\n"
				     "[HumiditySensor air]\nDevice=bme280\n"
				     "[PressureSensor air]\nDevice=bme280\n";
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, config);
	assert_true(process_wait(&room->roomd, "temperature_update", "air")->value == 21.5);
	assert_true(process_wait(&room->roomd, "humidity_update", "air")->value == 40);
	assert_true(process_wait(&room->roomd, "pressure_update", "air")->value == 1013);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_folder, teardown_folder)

static const struct CMUnitTest tests[] = {
	FOLDER_TEST(test_values),         FOLDER_TEST(test_limits),   FOLDER_TEST(test_what_cannot_be),
	FOLDER_TEST(test_another_channel), FOLDER_TEST(test_one_chip),
};

RUN_TESTS(tests)
