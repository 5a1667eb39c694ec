/* Thermometers whose drivers are the kernel's hwmon: an LM75 on registers of the kernel's i2c-stub, and files
 * of the test for what drivers say besides. On virtual time. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "i2c-stub.h"
#include "room-fixture.h"
#include "sysfs-folder.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define LM75 0x48
#define OTHER 0x49
#define REGISTER_TEMPERATURE 0x00
#define CLASS "/sys/class/hwmon"

#define HALL "[TemperatureSensor hall]\nErrorsUntilUnavailable=1\nDevice="

/* The register's upper nine bits are steps of half a degree. */
static void set(unsigned char address, double celsius)
{
	i2c_stub_write(address, REGISTER_TEMPERATURE, (uint16_t)(lround(celsius * 2) << 7));
}

static int setup_chips(void **state)
{
	(void)state;
	i2c_stub_make("0x48,0x49");
	run_program("modprobe", "lm75", NULL);
	i2c_stub_plug(LM75, "lm75");
	return 0;
}

static double next_value(struct room_fixture *room)
{
	return process_wait(&room->roomd, "temperature_update", "hall")->value;
}

/* That the sensor is unavailable, for a reason that says all of these words. */
static void expect_reason(struct room_fixture *room, const char *const *words)
{
	const char *reason = process_wait(&room->roomd, "sensor_unavailable", "hall")->text;

	for (; *words; words++)
		if (!strstr(reason, *words))
			fail_msg("'%s' does not say '%s'", reason, *words);
}

#define EXPECT_REASON(room, ...) expect_reason(room, (const char *const[]){ __VA_ARGS__, NULL })

static void start(struct room_fixture *room, const char *device, const char *more)
{
	char config[512];

	snprintf(config, sizeof config, HALL "%s\n%s", device, more);
	process_start(&room->roomd, config);
}

static void stop(struct room_fixture *room)
{
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);
}

/* --- the kernel's driver --------------------------------------------------------------------- */

static void test_values(void **state)
{
	static const double values[] = { 21.5, 0, -10.5, 85 };
	struct room_fixture *room = *state;

	set(LM75, 25);
	start(room, "hwmon:lm75", "");
	assert_true(next_value(room) == 25);
	for (size_t i = 0; i < ELEMENTS(values); i++) {
		set(LM75, values[i]);
		assert_true(next_value(room) == values[i]);
	}
	assert_false(process_has_mapped(&room->roomd, "libiio"));
}

/* Each way to name it finds the same one. */
static void test_ways_to_name_it(void **state)
{
	struct room_fixture *room = *state;
	char path[I2C_STUB_PATH_SIZE], bound[80], own[128];
	const char *const devices[] = { "hwmon:lm75", bound, own };

	snprintf(bound, sizeof bound, "hwmon:%s", i2c_stub_path(LM75, path));
	snprintf(own, sizeof own, "hwmon:%s/hwmon/hwmon0", path);
	set(LM75, 21);
	for (size_t i = 0; i < ELEMENTS(devices); i++) {
		start(room, devices[i], "Channel=temp1\n");
		assert_true(next_value(room) == 21);
		stop(room);
	}
}

/* Another one has its number meanwhile, and is not read in its place. */
static void test_plugged_again_under_another_number(void **state)
{
	struct room_fixture *room = *state;

	set(LM75, 21);
	set(OTHER, 50);
	start(room, "hwmon:lm75", "");
	assert_true(next_value(room) == 21);
	i2c_stub_unplug(LM75);
	i2c_stub_plug(OTHER, "tmp75");
	EXPECT_REASON(room, "device hwmon:lm75: no hwmon device has this name, label or path; found: ",
	              "hwmon:tmp75 (hwmon0)");
	process_let_pass_ms(&room->roomd, 300000);
	i2c_stub_plug(LM75, "lm75");
	process_wait(&room->roomd, "sensor_available", "hall");
	assert_true(next_value(room) == 21);
	/* Without anybody noticing. */
	i2c_stub_unplug(LM75);
	i2c_stub_unplug(OTHER);
	i2c_stub_plug(LM75, "lm75");
	i2c_stub_plug(OTHER, "tmp75");
	assert_true(next_value(room) == 21);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 1);
	i2c_stub_unplug(OTHER);
}

static void test_two_of_one_name(void **state)
{
	char first[I2C_STUB_PATH_SIZE], second[I2C_STUB_PATH_SIZE], device[80];
	struct room_fixture *room = *state;

	set(LM75, 21);
	set(OTHER, 50);
	i2c_stub_plug(OTHER, "lm75");
	i2c_stub_path(LM75, first);
	i2c_stub_path(OTHER, second);
	start(room, "hwmon:lm75", "");
	EXPECT_REASON(room, "device hwmon:lm75: both ", first, second, "are called so");
	stop(room);
	snprintf(device, sizeof device, "hwmon:%s", second);
	start(room, device, "");
	assert_true(next_value(room) == 50);
	i2c_stub_unplug(OTHER);
}

/* Whoever has taken the wrong kind of name sees the right one. */
static void test_an_iio_name_that_is_one_of_hwmon(void **state)
{
	struct room_fixture *room = *state;

	start(room, "lm75", "");
	EXPECT_REASON(room, "hwmon:lm75 (hwmon0)");
}

/* --- what drivers say besides ----------------------------------------------------------------- */

static int setup_folder(void **state)
{
	sysfs_folder_make(CLASS);
	return room_setup(state);
}

static int teardown_folder(void **state)
{
	int r = room_teardown(state);

	sysfs_folder_remove(CLASS);
	return r;
}

/* Pairs of an attribute and its text, ended by NULL. */
static void plug(const char *id, const char *const *attributes)
{
	sysfs_folder_unplug(CLASS, id);
	for (; attributes[0]; attributes += 2)
		sysfs_folder_set(CLASS, id, attributes[0], attributes[1]);
}

static void test_channels(void **state)
{
	static const char *const attributes[] = {
		"name",        "chip\n",  "in0_input",       "3300\n",  "temp10_input", "30000\n",
		"temp2_input", "22000\n", "temp2_crit",      "90000\n", "temp2_label",  "CPU\n",
		"temp3_input", "23000\n", "temp3_label",     "both\n",  "temp4_input",  "24000\n",
		"temp4_label", "both\n",  "humidity1_input", "45000\n", NULL,
	};
	static const struct {
		const char *channel;
		double value;      /* NAN: none, */
		const char *words; /* but this */
	} rows[] = {
		{ "", 22, "" },
		{ "Channel=temp\n", 22, "" },
		{ "Channel=temp3\n", 23, "" },
		{ "Channel=temp10\n", 30, "" },
		{ "Channel=CPU\n", 22, "" },
		{ "Channel=both\n", NAN,
		  "channel both: both temp3 and temp4 of device hwmon:chip have this label" },
		{ "Channel=temp1\n", NAN,
		  "channel temp1: device hwmon:chip has no such channel; it has: humidity1, in0, temp2 (label CPU), "
		  "temp3" },
		{ "Channel=in0\n", NAN, "channel in0: its type is in; expected a channel of type temp" },
		{ "Channel=humidity1\n", NAN,
		  "channel humidity1: its type is humidity; expected a channel of" },
		{ "Channel=temp2_crit\n", NAN, "has no such channel" },
	};
	struct room_fixture *room = *state;

	plug("hwmon3", attributes);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		start(room, "hwmon:chip", rows[i].channel);
		if (isnan(rows[i].value))
			EXPECT_REASON(room, rows[i].words);
		else
			assert_true(next_value(room) == rows[i].value);
		stop(room);
	}
}

static void test_what_is_no_reading(void **state)
{
	static const struct {
		const char *name, *text; /* NULL: it cannot be read */
		const char *words;
	} rows[] = {
		{ "temp1_input", NULL, "temp1_input: reading failed: Input/output error" },
		{ "temp1_input", "", "temp1_input: it is ''; expected a number" },
		{ "temp1_input", "21,5\n", "temp1_input: it is '21,5'; expected a number" },
		{ "temp1_input", "21 500\n", "temp1_input: it is '21 500'; expected a number" },
		{ "temp1_input", "0x10\n", "temp1_input: it is '0x10'; expected a number" },
		{ "temp1_input", "nan\n", "temp1_input: it is 'nan'; expected a number" },
		{ "temp1_fault", "1\n", "temp1_fault: the device says that it has a fault" },
		{ "temp1_fault", "maybe\n", "temp1_fault: it is 'maybe'; expected a number" },
		{ "temp1_fault", NULL, "temp1_fault: reading failed: Input/output error" },
	};
	struct room_fixture *room = *state;

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		plug("hwmon0", (const char *const[]){ "name", "chip\n", "temp1_input", "21000\n",
		                                      "temp1_fault", "0\n", NULL });
		start(room, "hwmon:chip", "");
		assert_true(next_value(room) == 21);
		if (rows[i].text)
			sysfs_folder_set(CLASS, "hwmon0", rows[i].name, rows[i].text);
		else
			sysfs_folder_break(CLASS, "hwmon0", rows[i].name);
		EXPECT_REASON(room, "device hwmon:chip (hwmon0), channel temp", rows[i].words);
		sysfs_folder_set(CLASS, "hwmon0", "temp1_input", "20000\n");
		sysfs_folder_set(CLASS, "hwmon0", "temp1_fault", "0\n");
		process_wait(&room->roomd, "sensor_available", "hall");
		assert_true(next_value(room) == 20);
		stop(room);
	}
}

static void test_labels(void **state)
{
	struct room_fixture *room = *state;

	plug("hwmon0",
	     (const char *const[]){ "name", "chip\n", "temp1_input", "20000\n", "label", "attic\n", NULL });
	plug("hwmon1",
	     (const char *const[]){ "name", "chip\n", "temp1_input", "21000\n", "label", "hall\n", NULL });
	start(room, "hwmon:hall", "");
	assert_true(next_value(room) == 21);
	stop(room);
	start(room, "hwmon:cellar", "");
	EXPECT_REASON(room, "hwmon:chip (hwmon0, label attic), hwmon:chip (hwmon1, label hall)");
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_folder, teardown_folder)

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_values),
	ROOM_TEST(test_ways_to_name_it),
	ROOM_TEST(test_plugged_again_under_another_number),
	ROOM_TEST(test_two_of_one_name),
	ROOM_TEST(test_an_iio_name_that_is_one_of_hwmon),
	FOLDER_TEST(test_channels),
	FOLDER_TEST(test_what_is_no_reading),
	FOLDER_TEST(test_labels),
};

RUN_TESTS_WITH_SETUP(tests, setup_chips)
