/* Each kind that measures: its channel in the kernel's unit, its value in ours, at the ends of what there is, its
 * limits, and what becomes of readings that nobody would believe. On virtual time; the attributes are files of the test. */
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
	  "cannot be: the most is 100 %",
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
	  "cannot be: the least is 0 lx",
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
	  "cannot be: the least is 0 hPa",
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
	  "cannot be: the most is 1000000 ppm",
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

/* --- readings one can trust ------------------------------------------------------------------ */

/* The next reading's time, and some. */
#define INTERVAL_MS 1000
#define HALL "[TemperatureSensor hall]\nDevice=sensor\nIntervalSec=1\nErrorsUntilUnavailable=3\n"

/* Each text is what the device says for one reading; `expected` has what was told, with spaces between. */
static void expect_told(struct room_fixture *room, const char *keys, const char *const *texts,
                        const char *expected)
{
	const char *attributes[] = { "name", "sensor", "in_temp_input", texts[0], NULL };
	char config[256], told[256] = "";

	iio_folder_plug(0, attributes);
	snprintf(config, sizeof config, HALL "%s", keys);
	process_start(&room->roomd, config);
	process_let_pass_ms(&room->roomd, INTERVAL_MS / 2);
	for (size_t i = 1; texts[i]; i++) {
		iio_folder_set(0, "in_temp_input", texts[i]);
		process_let_pass_ms(&room->roomd, INTERVAL_MS);
	}
	for (size_t i = 0; i < room->roomd.events_n; i++)
		if (strcmp(room->roomd.events[i].event, "temperature_update") == 0)
			snprintf(told + strlen(told), sizeof told - strlen(told), "%s%g", *told ? " " : "",
			         room->roomd.events[i].value);
	if (strcmp(told, expected) != 0)
		fail_msg("%s: told %s, expected %s", keys, told, expected);
	end(room);
}

static void test_filters(void **state)
{
	static const struct {
		const char *keys, *texts[8], *told;
	} rows[] = {
		{ "", { "21000", "85000", "21000" }, "21 85 21" },
		{ "Reject=85 -127\n", { "21000", "85000", "-127000", "84750", "21000" }, "21 84.75 21" },
		{ "ValidMin=-20\nValidMax=45\n", { "21000", "85000", "-21000", "45000" }, "21 45" },
		{ "MaxStep=5\n", { "21000", "21000", "85000", "21000", "22000" }, "21 21 21 22" },
		{ "MaxStep=5\n", { "21000", "60000", "60000", "60000" }, "21 60 60" },
		{ "MedianOf=3\n", { "21000", "21000", "85000", "22000", "22000" }, "21 21 21 22 22" },
		{ "Factor=2\nOffset=1\n", { "10000", "20000" }, "21 41" },
		{ "ReportDelta=1\n", { "21000", "21500", "21900", "22000", "22500" }, "21 22" },
		{ "ReportDelta=10\nReportSec=3\n",
		  { "21000", "21100", "21200", "21300", "21400", "21500", "21600" },
		  "21 21.3 21.6" },
		{ "ReportSec=2\n", { "21000", "21100", "21200", "21300", "21400" }, "21 21.2 21.4" },
	};

	for (size_t i = 0; i < ELEMENTS(rows); i++)
		expect_told(*state, rows[i].keys, rows[i].texts, rows[i].told);
}

/* Limits see what is not told; what nobody believes raises none, is a failure like any other, and says why. */
static void test_limits_and_failures(void **state)
{
	static const char *const attributes[] = { "name", "sensor", "in_temp_input", "21000", NULL };
	struct room_fixture *room = *state;
	const char *reason;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, HALL "High=28\nLow=5\nReject=85\nReportSec=1h\n");
	process_wait(&room->roomd, "temperature_update", "hall");
	iio_folder_set(0, "in_temp_input", "29000");
	process_wait(&room->roomd, "temperature_high", "hall");
	iio_folder_set(0, "in_temp_input", "21000");
	process_wait(&room->roomd, "temperature_normal", "hall");
	iio_folder_set(0, "in_temp_input", "85000");
	reason = process_wait(&room->roomd, "sensor_unavailable", "hall")->text;
	if (!strstr(reason, "85.00 °C is no reading: ") || !strstr(reason, "Reject="))
		fail_msg("'%s'", reason);
	assert_int_equal(process_count(&room->roomd, "temperature_high", NULL), 1);
	assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), 1);
	iio_folder_set(0, "in_temp_input", "21000");
	process_wait(&room->roomd, "sensor_available", "hall");
	process_wait(&room->roomd, "temperature_update", "hall");
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_folder, teardown_folder)

static const struct CMUnitTest tests[] = {
	FOLDER_TEST(test_values),         FOLDER_TEST(test_limits),   FOLDER_TEST(test_what_cannot_be),
	FOLDER_TEST(test_another_channel), FOLDER_TEST(test_one_chip), FOLDER_TEST(test_filters),
	FOLDER_TEST(test_limits_and_failures),
};

RUN_TESTS(tests)
