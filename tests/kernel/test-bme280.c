/* A chip that measures three things, with the kernel's real driver: a BME280 on registers of the kernel's i2c-stub, read as
 * TemperatureSensor, HumiditySensor and PressureSensor. Registers and their meaning: Bosch's data sheet BST-BME280-DS002. On
 * virtual time. */
#include <math.h>
#include <string.h>

#include "files.h"
#include "i2c-stub.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define BME280 0x76
#define REGISTER_CALIBRATION 0x88          /* T1 to T3, P1 to P9: words, low byte first */
#define REGISTER_CALIBRATION_HUMIDITY 0xa1 /* H1; the others from 0xe1 on */
#define REGISTER_CALIBRATION_HUMIDITY_2 0xe1
#define REGISTER_ID 0xd0
#define REGISTER_VALUES 0xf7 /* pressure, temperature: 20 bits, left; humidity: 16 bits */
#define ID 0x60

#define AIR                                                                                                           \
	"[TemperatureSensor air]\nDevice=bme280\nErrorsUntilUnavailable=1\n"                                          \
	"[HumiditySensor air]\nDevice=bme280\nErrorsUntilUnavailable=1\n"                                             \
	"[PressureSensor air]\nDevice=bme280\nErrorsUntilUnavailable=1\n"

#define BYTES(word) (word) & 0xff, (word) >> 8 & 0xff

/* Temperature and pressure are the calculation example of Bosch's sheets: 25.08 °C and 1006.53 hPa. With this temperature,
 * the sheet's formula in floating point gives 43.86 % for a humidity of 28000. */
static const unsigned char calibration[] = {
	BYTES(27504), BYTES(26435), BYTES(-1000),
	BYTES(36477), BYTES(-10685), BYTES(3024), BYTES(2855), BYTES(140), BYTES(-7), BYTES(15500), BYTES(-14600), BYTES(6000),
};
static const unsigned char calibration_humidity[] = { 75 };
/* H2 = 362, H3 = 0, H4 = 313 and H5 = 50, which share a byte, H6 = 30. */
static const unsigned char calibration_humidity_2[] = { BYTES(362), 0, 313 >> 4, (313 & 0xf) | (50 & 0xf) << 4, 50 >> 4, 30 };

static void set(unsigned pressure, unsigned temperature, unsigned humidity)
{
	const unsigned char values[] = {
		pressure >> 12 & 0xff, pressure >> 4 & 0xff, (pressure & 0xf) << 4,
		temperature >> 12 & 0xff, temperature >> 4 & 0xff, (temperature & 0xf) << 4,
		humidity >> 8 & 0xff, humidity & 0xff,
	};

	i2c_stub_write_bytes(BME280, REGISTER_VALUES, values, sizeof values);
}

static int setup_chip(void **state)
{
	static const unsigned char id = ID;

	(void)state;
	i2c_stub_make("0x76");
	run_program("modprobe", "bmp280-i2c", NULL);
	i2c_stub_write_bytes(BME280, REGISTER_ID, &id, 1);
	i2c_stub_write_bytes(BME280, REGISTER_CALIBRATION, calibration, sizeof calibration);
	i2c_stub_write_bytes(BME280, REGISTER_CALIBRATION_HUMIDITY, calibration_humidity, sizeof calibration_humidity);
	i2c_stub_write_bytes(BME280, REGISTER_CALIBRATION_HUMIDITY_2, calibration_humidity_2,
	                     sizeof calibration_humidity_2);
	set(415148, 519888, 28000);
	i2c_stub_plug(BME280, "bme280");
	return 0;
}

/* The value of the next event of this name is `expected`, but for what the driver rounds. */
static void expect_measured(struct room_fixture *room, const char *event, double expected, double rounding)
{
	double value = process_wait(&room->roomd, event, "air")->value;

	if (!(fabs(value - expected) <= rounding))
		fail_msg("%s: %g, expected %g", event, value, expected);
}

static void expect_example(struct room_fixture *room)
{
	expect_measured(room, "temperature_update", 25.08, 0.005);
	expect_measured(room, "humidity_update", 43.86, 0.05);
	expect_measured(room, "pressure_update", 1006.53, 0.05);
}

static void test_three_values(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, AIR);
	expect_example(room);
}

/* Each has its own event when its own value has changed. */
static void test_one_changes(void **state)
{
	struct room_fixture *room = *state;

	process_start(&room->roomd, AIR);
	expect_example(room);
	set(415148, 519888, 30000);
	expect_measured(room, "humidity_update", 55.0, 0.05);
	set(415148, 519888, 28000);
}

static void test_unplugged_and_back(void **state)
{
	static const char *const kinds[] = { "TemperatureSensor", "HumiditySensor", "PressureSensor" };
	struct room_fixture *room = *state;

	process_start(&room->roomd, AIR);
	expect_example(room);
	i2c_stub_unplug(BME280);
	for (size_t i = 0; i < ELEMENTS(kinds); i++)
		assert_non_null(process_wait(&room->roomd, "sensor_unavailable", "air"));
	i2c_stub_plug(BME280, "bme280");
	expect_example(room);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_three_values),
	ROOM_TEST(test_one_changes),
	ROOM_TEST(test_unplugged_and_back),
};

RUN_TESTS_WITH_SETUP(tests, setup_chip)
