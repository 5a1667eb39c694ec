/* 1-Wire thermometers: what the kernel's driver says of a DS18B20, which no bus of the testbed has, in files
 * of the test. On virtual time. */
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "sysfs-folder.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define DEVICES "/sys/bus/w1/devices"
#define HALL_ID "28-0123456789ab"
#define ATTIC_ID "10-0000000000ff"
#define FILE_NAME "w1_slave"
#define BYTES "72 01 4b 46 7f ff 0e 10 57 "
#define WARM BYTES ": crc=57 YES\n" BYTES "t=23125\n"
#define COOL BYTES ": crc=57 YES\n" BYTES "t=-62\n"
#define POWER_ON BYTES ": crc=57 YES\n" BYTES "t=85000\n"

#define HALL "[TemperatureSensor hall]\nErrorsUntilUnavailable=1\nDevice=w1:" HALL_ID "\n"
#define ATTIC "[TemperatureSensor attic]\nErrorsUntilUnavailable=1\nDevice=w1:" ATTIC_ID "\n"

static void say(const char *text)
{
	sysfs_folder_set(DEVICES, HALL_ID, FILE_NAME, text);
}

static int setup_folder(void **state)
{
	sysfs_folder_make(DEVICES);
	say(WARM);
	sysfs_folder_set(DEVICES, ATTIC_ID, FILE_NAME, COOL);
	return room_setup(state);
}

static int teardown_folder(void **state)
{
	int r = room_teardown(state);

	sysfs_folder_remove(DEVICES);
	return r;
}

static double next_value(struct room_fixture *room, const char *name)
{
	return process_wait(&room->roomd, "temperature_update", name)->value;
}

static void expect_reason(struct room_fixture *room, const char *words)
{
	const char *reason = process_wait(&room->roomd, "sensor_unavailable", "hall")->text;

	if (!strstr(reason, words))
		fail_msg("'%s' does not say '%s'", reason, words);
}

static void test_values(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, HALL ATTIC);
	assert_true(next_value(room, "hall") == 23.125);
	assert_true(next_value(room, "attic") == -0.062);
	say(POWER_ON);
	assert_true(next_value(room, "hall") == 85);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 0);
	assert_false(process_has_mapped(&room->roomd, "libiio"));
}

/* Whatever happens to one, the other is read. */
static void test_what_is_no_reading(void **state)
{
	static const struct {
		const char *text; /* NULL: it cannot be read */
		const char *words;
	} rows[] = {
		{ "", "device w1:" HALL_ID ", w1_slave: it is empty" },
		{ BYTES ": crc=12 NO\n" BYTES "t=23125\n",
		  "w1_slave: the checksum of what was read is wrong" },
		{ BYTES ": crc=57 YES\n" BYTES "t=warm\n", "t=warm'; expected two lines" },
		{ NULL, "w1_slave: reading failed: Input/output error" },
	};
	struct room_fixture *room = *state;

	process_start(&room->roomd, HALL ATTIC);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		assert_true(next_value(room, "hall") == 23.125);
		if (rows[i].text)
			say(rows[i].text);
		else
			sysfs_folder_break(DEVICES, HALL_ID, FILE_NAME);
		expect_reason(room, rows[i].words);
		assert_true(next_value(room, "attic") == -0.062);
		say(WARM);
		process_wait(&room->roomd, "sensor_available", "hall");
	}
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", "attic"), 0);
}

static void test_gone_and_back(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, HALL ATTIC);
	assert_true(next_value(room, "hall") == 23.125);
	sysfs_folder_unplug(DEVICES, HALL_ID);
	expect_reason(room, "device w1:" HALL_ID ": no 1-Wire device has this id; found: ");
	assert_non_null(strstr(room->roomd.events[room->roomd.next - 1].text, "w1:" ATTIC_ID));
	process_let_pass_ms(&room->roomd, 300000);
	say(COOL);
	/* The folder is the test's, so the kernel says nothing of it by itself. */
	file_write("add", "/sys/bus/gpio/devices/gpiochip0/uevent");
	process_wait(&room->roomd, "sensor_available", "hall");
	assert_true(next_value(room, "hall") == -0.062);
	/* Without anybody noticing. */
	sysfs_folder_unplug(DEVICES, HALL_ID);
	say(WARM);
	assert_true(next_value(room, "hall") == 23.125);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 1);
}

/* A device of another kind has no temperature there. */
static void test_no_thermometer(void **state)
{
	struct room_fixture *room = *state;

	sysfs_folder_set(DEVICES, "29-0123456789ab", "name", "29-0123456789ab\n");
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=w1:29-0123456789ab\n"
	                            "ErrorsUntilUnavailable=1\n");
	expect_reason(room, "w1_slave: it is not there: the kernel's w1_therm does not drive this device");
}

/* A conversion takes its time, in which everything else goes on. */
static void test_a_slow_one(void **state)
{
	struct room_fixture *room = *state;

	sysfs_folder_slow(DEVICES, HALL_ID, FILE_NAME);
	process_start(&room->roomd, HALL ATTIC "IntervalSec=100ms\n[MotionSensor hall]\nLine=PIR_HALL\n");
	for (int i = 0; i < 7; i++)
		next_value(room, "attic");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	assert_int_equal(process_count(&room->roomd, "temperature_update", "hall"), 0);
	sysfs_folder_answer(DEVICES, HALL_ID, FILE_NAME, WARM);
	assert_true(next_value(room, "hall") == 23.125);
	say(WARM); /* for the end: a reading that hangs is for another test */
}

/* The kernel's own module makes the folder that the test's are mounted over. */
static int setup(void **state)
{
	(void)state;
	run_program("modprobe", "wire", NULL);
	return 0;
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_folder, teardown_folder)

static const struct CMUnitTest tests[] = {
	FOLDER_TEST(test_values),        FOLDER_TEST(test_what_is_no_reading),
	FOLDER_TEST(test_gone_and_back), FOLDER_TEST(test_no_thermometer),
	FOLDER_TEST(test_a_slow_one),
};

RUN_TESTS_WITH_SETUP(tests, setup)
