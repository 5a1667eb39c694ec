/* roomctl find: what measures here, of Industrial I/O, hwmon and 1-Wire, with its present value and its
 * section. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <string.h>

#include "client/json.h"
#include "files.h"
#include "iio-folder.h"
#include "roomctl-process.h"
#include "roomctl/say.h"
#include "sysfs-folder.h"
#include "tap-main.h"
#include "thermometer.h"

#define HWMON "/sys/class/hwmon"
#define W1 "/sys/bus/w1/devices"

static struct roomctl_process roomctl;

static void expect(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("there is no '%s' in:\n%s\n%s", words, roomctl.out, roomctl.err);
}

static void test_sensors(void **state)
{
	(void)state;
	thermometer_set(21.5);
	sysfs_folder_make(HWMON);
	sysfs_folder_set(HWMON, "hwmon0", "name", "sht3x\n");
	sysfs_folder_set(HWMON, "hwmon0", "temp1_input", "19250\n");
	sysfs_folder_set(HWMON, "hwmon0", "humidity1_input", "54300\n");
	sysfs_folder_set(HWMON, "hwmon0", "in0_input", "3300\n");
	sysfs_folder_make(W1);
	sysfs_folder_set(W1, "28-0123456789ab", "w1_slave", "");
	assert_int_equal(roomctl_run(&roomctl, 0, "find --for 1s"), STATUS_DONE);
	expect(roomctl.out, "TemperatureSensor  tmp117              temp       21.50 °C\n");
	expect(roomctl.out, "TemperatureSensor  hwmon:sht3x         temp1      19.25 °C\n");
	expect(roomctl.out, "HumiditySensor     hwmon:sht3x         humidity1  54.3 %\n");
	expect(roomctl.out,
	       "w1:28-0123456789ab             device w1:28-0123456789ab, w1_slave: it is empty");
	expect(roomctl.out, "\n[TemperatureSensor tmp117]\nDevice=tmp117\n");
	expect(roomctl.out, "\n[HumiditySensor sht3x]\nDevice=hwmon:sht3x\nChannel=humidity1\n");
	assert_null(strstr(roomctl.out, "in0"));
	/* And no word on lines, where there is no chip, but this. */
	expect(roomctl.err, "roomctl: there is no GPIO chip here that the kernel has a driver for (no /dev/gpiochip*); ");
	assert_null(strstr(roomctl.out, "watched"));
	sysfs_folder_remove(W1);
	sysfs_folder_remove(HWMON);
}

/* Two of one name are called by label or by path; a channel that no kind reads is left out. */
static void test_channels_of_iio(void **state)
{
	static const char *const air[] = { "name",
		                           "scd4x",
		                           "in_concentration_co2_raw",
		                           "620",
		                           "in_concentration_co2_scale",
		                           "0.0001",
		                           "in_temp_input",
		                           "22000",
		                           "in_voltage0_raw",
		                           "1",
		                           NULL };
	static const char *const garden[] = { "name", "bh1750", "label", "garden", "in_illuminance_input",
		                              "1200", NULL };
	struct json_object *report;

	(void)state;
	iio_folder_make();
	iio_folder_plug(0, air);
	iio_folder_plug(1, garden);
	assert_int_equal(roomctl_run(&roomctl, 0, "find --for 1s --json"), STATUS_DONE);
	report = json_tokener_parse(roomctl.out);
	assert_non_null(report);
	assert_int_equal(json_object_array_length(member_of(report, "sensors")), 3);
	expect(roomctl.out,
	       "{\"kind\":\"CarbonDioxideSensor\",\"device\":\"scd4x\",\"channel\":\"concentration_co2\"");
	expect(roomctl.out, "\"value\":620");
	expect(roomctl.out,
	       "{\"kind\":\"IlluminanceSensor\",\"device\":\"garden\",\"channel\":\"illuminance\",\"unit\":\"lx\","
	       "\"value\":1200");
	json_object_put(report);
	iio_folder_remove();
}

static int setup(void **state)
{
	(void)state;
	roomctl_open();
	thermometer_make();
	run_program("modprobe", "lm75", NULL); /* for the folders of hwmon and of 1-Wire */
	run_program("modprobe", "wire", NULL);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sensors),
	cmocka_unit_test(test_channels_of_iio),
};

RUN_TESTS_WITH_SETUP(tests, setup)
