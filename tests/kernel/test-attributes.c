/* Thermometers as their drivers describe them in sysfs: what the kernel's ABI leaves to a driver, and what
 * drivers and sensors get wrong. On virtual time; the attributes are files of the test. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "iio-folder.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define HALL "[TemperatureSensor hall]\nDevice=sensor\nErrorsUntilUnavailable=1\n"

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

static double next_value(struct room_fixture *room)
{
	return process_wait(&room->roomd, "temperature_update", "hall")->value;
}

/* That the sensor is unavailable, for this reason. */
static void expect_reason(struct room_fixture *room, const char *words)
{
	const char *reason = process_wait(&room->roomd, "sensor_unavailable", "hall")->text;

	if (!strstr(reason, words))
		fail_msg("'%s' does not say '%s'", reason, words);
}

/* That the last event says each of these words, behind what the device has. */
static void expect_reason_names(struct room_fixture *room, const char *const *words)
{
	const char *list = strstr(room->roomd.events[room->roomd.next - 1].text, "has: ");

	assert_non_null(list);
	for (; *words; words++)
		if (!strstr(list, *words))
			fail_msg("'%s' does not name %s", list, *words);
}

/* --- optional attributes --------------------------------------------------------------------- */

static void test_scale_and_offset_are_optional(void **state)
{
	static const struct {
		const char *attributes[9];
		double value;
	} rows[] = {
		{ { "name", "sensor", "in_temp_raw", "21500" }, 21.5 },
		{ { "name", "sensor", "in_temp_raw", "210", "in_temp_scale", "100" }, 21 },
		{ { "name", "sensor", "in_temp_raw", "21500", "in_temp_offset", "-1500" }, 20 },
		{ { "name", "sensor", "in_temp_raw", "2000", "in_temp_offset", "100", "in_temp_scale",
		    "10.000000" },
		  21 },
		{ { "name", "sensor", "in_temp_input", "21500", "in_temp_scale", "2" }, 21.5 },
		{ { "name", "sensor", "in_temp_input", "-500" }, -0.5 },
		{ { "name", "sensor", "in_temp_input", "21500 " }, 21.5 },
		{ { "name", "sensor", "in_temp_raw", "344000", "in_temp_scale", "0.062500000" }, 21.5 },
	};
	struct room_fixture *room = *state;

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		iio_folder_plug(0, rows[i].attributes);
		process_start(&room->roomd, HALL);
		assert_true(next_value(room) == rows[i].value);
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

/* The attribute that could not be read, and why. */
static void test_a_failure_names_the_attribute(void **state)
{
	static const struct {
		const char *attributes[9];
		const char *broken;
		const char *words;
	} rows[] = {
		{ { "name", "sensor", "in_temp_raw", "210", "in_temp_scale", "100" },
		  "in_temp_raw",
		  "device sensor (iio:device0), channel temp, in_temp_raw: reading failed: Input/output error" },
		{ { "name", "sensor", "in_temp_raw", "210", "in_temp_scale", "100" },
		  "in_temp_scale",
		  "in_temp_scale: reading failed: Input/output error" },
		{ { "name", "sensor", "in_temp_raw", "210", "in_temp_offset", "100" },
		  "in_temp_offset",
		  "in_temp_offset: reading failed: Input/output error" },
		{ { "name", "sensor", "in_temp_input", "21000" },
		  "in_temp_input",
		  "in_temp_input: reading failed: Input/output error" },
		{ { "name", "sensor", "in_temp_raw", "210", "in_temp_scale", "0.000000000" },
		  NULL,
		  "in_temp_scale: it is 0; expected another number" },
		{ { "name", "sensor", "in_temp_raw", "warm" },
		  NULL,
		  "in_temp_raw: it is 'warm'; expected a number" },
		{ { "name", "sensor", "in_temp_raw", "" }, NULL, "in_temp_raw: it is ''; expected a number" },
		{ { "name", "sensor", "in_temp_raw", "nan" },
		  NULL,
		  "in_temp_raw: it is 'nan'; expected a number" },
		{ { "name", "sensor", "in_temp_raw", "21 22" },
		  NULL,
		  "in_temp_raw: it is '21 22'; expected a number" },
		{ { "name", "sensor", "in_temp_raw", "21,5" },
		  NULL,
		  "in_temp_raw: it is '21,5'; expected a number" },
		{ { "name", "sensor", "in_temp_input", "0x10" },
		  NULL,
		  "in_temp_input: it is '0x10'; expected a number" },
		{ { "name", "sensor", "in_temp_input", "1e3" },
		  NULL,
		  "in_temp_input: it is '1e3'; expected a number" },
		{ { "name", "sensor", "in_temp_raw", "210", "in_temp_scale", "10 dB" },
		  NULL,
		  "in_temp_scale: it is '10 dB'; expected a number" },
		{ { "name", "sensor", "in_temp_scale", "100" },
		  NULL,
		  "it has neither of the attributes 'input' and 'raw'" },
	};
	struct room_fixture *room = *state;

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		iio_folder_plug(0, rows[i].attributes);
		if (rows[i].broken)
			iio_folder_break(0, rows[i].broken);
		process_start(&room->roomd, HALL);
		expect_reason(room, rows[i].words);
		assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), 0);
		assert_int_equal(process_count(&room->roomd, "temperature_low", NULL), 0);
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

/* A driver may find out later; and may have been reloaded. */
static void test_an_attribute_that_fails_for_a_while(void **state)
{
	static const char *const attributes[] = { "name",          "sensor", "in_temp_raw", "210",
		                                  "in_temp_scale", "100",    NULL };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, HALL "Low=5\n");
	assert_true(next_value(room) == 21);
	iio_folder_set(0, "in_temp_scale", "0");
	expect_reason(room, "in_temp_scale: it is 0");
	iio_folder_set(0, "in_temp_scale", "100");
	process_wait(&room->roomd, "sensor_available", "hall");
	assert_true(next_value(room) == 21);
	assert_int_equal(process_count(&room->roomd, "temperature_low", NULL), 0);
}

/* What is set is not what is measured, and is not said to be missing either. */
static void test_an_output_is_called_one(void **state)
{
	static const char *const attributes[] = { "name",  "sensor", "out_temp_raw", "21000", "in_temp0_raw",
		                                  "22000", NULL };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, HALL);
	expect_reason(room, "channel temp: device sensor has it as an output, which is set and not measured; "
	                    "it has: ");
	expect_reason_names(room, (const char *const[]){ "temp (output)", "temp0", NULL });
}

/* Where the same word is an input and an output, the input is meant. */
static void test_an_input_goes_before_an_output(void **state)
{
	static const char *const attributes[] = { "name",  "sensor", "out_temp_raw", "90000", "in_temp_raw",
		                                  "22000", NULL };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, HALL);
	assert_true(next_value(room) == 22);
}

/* --- quantities ------------------------------------------------------------------------------ */

/* Relative humidity in thousandths is a number like any other: 52.9 °C, and an alarm. */
static void test_another_quantity_is_refused(void **state)
{
	static const char *const attributes[] = {
		"name",  "sensor",           "in_temp_input", "21500", "in_humidityrelative_input",
		"52900", "in_colortemp_raw", "5000",          NULL
	};
	static const struct {
		const char *channel, *reason;
	} rows[] = {
		{ "humidityrelative",
		  "channel humidityrelative: its type is humidityrelative; expected a channel of type temp; device "
		  "sensor has: " },
		{ "colortemp",
		  "channel colortemp: its type is colortemp; expected a channel of type temp; " },
	};
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		char config[160];

		snprintf(config, sizeof config,
		         "[TemperatureSensor hall]\nDevice=sensor\nChannel=%s\nHigh=28\nLow=10\n",
		         rows[i].channel);
		process_start(&room->roomd, config);
		expect_reason(room, rows[i].reason);
		expect_reason_names(room,
		                    (const char *const[]){ "temp", "humidityrelative", "colortemp", NULL });
		assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), 0);
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

/* A number or a word behind the type does not change it. */
static void test_every_channel_of_the_type_is_read(void **state)
{
	static const char *const attributes[] = { "name",
		                                  "sensor",
		                                  "in_temp0_raw",
		                                  "20000",
		                                  "in_temp_ambient_raw",
		                                  "21000",
		                                  "in_temp1_object_raw",
		                                  "22000",
		                                  NULL };
	static const char *const channels[] = { "temp0", "temp_ambient", "temp1_object" };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	for (size_t i = 0; i < ELEMENTS(channels); i++) {
		char config[160];

		snprintf(config, sizeof config, "[TemperatureSensor hall]\nDevice=sensor\nChannel=%s\n",
		         channels[i]);
		process_start(&room->roomd, config);
		assert_true(next_value(room) == 20. + (double)i);
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

/* --- values that are none -------------------------------------------------------------------- */

/* Copies of the DHT22 say so when it is -0.9 °C. */
static void test_a_copy_with_another_sign(void **state)
{
	static const char *const attributes[] = { "name",          "dht11@4", "label", "sensor",
		                                  "in_temp_input", "100",     NULL };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, HALL "Low=-10\n");
	assert_true(next_value(room) == 0.1);
	iio_folder_set(0, "in_temp_input", "-3275900");
	expect_reason(room,
	              "device sensor, channel temp: -3275.90 °C is no reading: it is a copy of a DHT22");
	iio_folder_set(0, "in_temp_input", "100");
	process_wait(&room->roomd, "sensor_available", "hall");
	assert_true(next_value(room) == 0.1);
	assert_int_equal(process_count(&room->roomd, "temperature_low", NULL), 0);
}

static void test_colder_than_can_be(void **state)
{
	static const char *const attributes[] = { "name", "sensor", "in_temp_input", "-300000", NULL };
	struct room_fixture *room = *state;

	iio_folder_plug(0, attributes);
	process_start(&room->roomd, HALL "Low=-10\nOffset=100\n");
	expect_reason(room, "-300.00 °C is no reading: nothing is colder");
	assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), 0);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_folder, teardown_folder)

static const struct CMUnitTest tests[] = {
	FOLDER_TEST(test_scale_and_offset_are_optional),
	FOLDER_TEST(test_a_failure_names_the_attribute),
	FOLDER_TEST(test_an_attribute_that_fails_for_a_while),
	FOLDER_TEST(test_an_output_is_called_one),
	FOLDER_TEST(test_an_input_goes_before_an_output),
	FOLDER_TEST(test_another_quantity_is_refused),
	FOLDER_TEST(test_every_channel_of_the_type_is_read),
	FOLDER_TEST(test_a_copy_with_another_sign),
	FOLDER_TEST(test_colder_than_can_be),
};

RUN_TESTS(tests)
