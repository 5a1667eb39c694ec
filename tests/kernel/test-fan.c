/* Fans on the kernel's own drivers, on virtual time: behind a relay, and a PCA9685's channel (on i2c-stub), which follow a
 * TMP117. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "i2c-stub.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define RACK "[TemperatureSensor rack]\nDevice=tmp117\nIntervalSec=1s\nHysteresis=2\n"
#define FAN "[Fan rack]\nTemperature=rack\nOffBelow=40\nFullAbove=60\n"

#define PCA9685 0x40
#define CHANNEL "/sys/class/pwm/pwmchip0/pwm0/"
#define PERIOD_NS 1000000

static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	run_program("modprobe", "pwm-pca9685", NULL);
	return 0;
}

static void start(struct room_fixture *room, const char *config, double celsius)
{
	thermometer_set(celsius);
	process_start(&room->roomd, config);
	process_wait(&room->roomd, "temperature_update", "rack");
	process_settle(&room->roomd);
}

/* On at OffBelow=, off when it is colder by the hysteresis. */
static void test_relay(void **state)
{
	struct room_fixture *room = *state;

	start(room, RACK FAN "Line=PORCH_RELAY\n", 30);
	room_expect_level(room, PORCH_RELAY, false);
	thermometer_set(41);
	process_wait(&room->roomd, "fan_on", "rack");
	room_expect_level(room, PORCH_RELAY, true);
	thermometer_set(39);
	process_let_pass_ms(&room->roomd, 5000);
	room_expect_level(room, PORCH_RELAY, true);
	thermometer_set(37);
	process_wait(&room->roomd, "fan_off", "rack");
	room_expect_level(room, PORCH_RELAY, false);
}

/* Full speed while nobody knows how hot it is; said once, and once that it is known again. */
static void test_thermometer_unplugged(void **state)
{
	struct room_fixture *room = *state;

	start(room, RACK FAN "Line=PORCH_RELAY\n", 30);
	thermometer_unplug();
	process_wait(&room->roomd, "fan_on", "rack");
	room_expect_level(room, PORCH_RELAY, true);
	process_let_pass_ms(&room->roomd, 60000);
	thermometer_plug();
	thermometer_set(30);
	process_wait(&room->roomd, "fan_off", "rack");
	room_expect_level(room, PORCH_RELAY, false);
	assert_int_equal(process_count(&room->roomd, "fan_on", NULL), 1);
}

static void test_unknown_off(void **state)
{
	struct room_fixture *room = *state;

	start(room, RACK FAN "Line=PORCH_RELAY\nWhenUnknown=off\n", 50);
	room_expect_level(room, PORCH_RELAY, true);
	thermometer_unplug();
	process_wait(&room->roomd, "fan_off", "rack");
	room_expect_level(room, PORCH_RELAY, false);
	thermometer_plug();
	thermometer_set(50);
	process_wait(&room->roomd, "fan_on", "rack");
}

/* One that is added while it is hot asks, and need not wait for the next reading. */
static void test_added_while_it_is_hot(void **state)
{
	struct room_fixture *room = *state;
	static const char slow[] = "[TemperatureSensor rack]\nDevice=tmp117\nIntervalSec=1h\nHigh=45\n";

	start(room, slow, 50);
	process_reload(&room->roomd, "[TemperatureSensor rack]\nDevice=tmp117\nIntervalSec=1h\nHigh=45\n" FAN "Line=PORCH_RELAY\n");
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, PORCH_RELAY, true);
}

/* Made anew, it goes on as it was. */
static void test_made_anew(void **state)
{
	struct room_fixture *room = *state;

	start(room, RACK FAN "Line=PORCH_RELAY\n", 50);
	process_wait(&room->roomd, "fan_on", "rack");
	trace_clear();
	process_reload(&room->roomd, RACK FAN "Line=PORCH_RELAY\nLocation=Rack\n");
	process_let_pass_ms(&room->roomd, 5000);
	room_expect_level(room, PORCH_RELAY, true);
	assert_int_equal(process_count(&room->roomd, "fan_off", NULL), 0);
}

static unsigned long duty_cycle(void)
{
	char text[32];

	file_read(text, sizeof text, CHANNEL "duty_cycle");
	return strtoul(text, NULL, 10);
}

/* In proportion, of which the kernel has the duty cycle, once the thread has written it. */
static void expect_percent(struct room_fixture *room, unsigned percent)
{
	process_settle(&room->roomd);
	for (int i = 0; i < 1000 && duty_cycle() != PERIOD_NS / 100 * percent; i++)
		let_pass_ms(1);
	assert_int_equal(duty_cycle(), PERIOD_NS / 100 * percent);
}

static double next_speed(struct room_fixture *room)
{
	return process_wait(&room->roomd, "fan_speed", "rack")->value;
}

static void test_duty_cycle(void **state)
{
	struct room_fixture *room = *state;

	i2c_stub_plug(PCA9685, "pca9685");
	start(room, RACK FAN "Pwm=pwmchip0:0\nPwmHertz=1000\nMinPercent=20\n", 30);
	thermometer_set(50);
	process_wait(&room->roomd, "fan_on", "rack");
	assert_true(next_speed(room) == 60);
	expect_percent(room, 60);
	thermometer_set(55);
	assert_true(next_speed(room) == 80);
	expect_percent(room, 80);
	thermometer_set(70);
	assert_true(next_speed(room) == 100);
	expect_percent(room, 100);
	thermometer_set(39);
	assert_true(next_speed(room) == 20);
	thermometer_set(30);
	process_wait(&room->roomd, "fan_off", "rack");
	expect_percent(room, 0);
	process_stop(&room->roomd);
	i2c_stub_unplug(PCA9685);
}

/* A chip that is not there is said, and taken up when it comes. */
static void test_chip_comes_late(void **state)
{
	struct room_fixture *room = *state;

	/* Which comes first, that or a reading, two threads decide. */
	thermometer_set(50);
	process_start(&room->roomd, RACK FAN "Pwm=pwmchip0:0\nPwmHertz=1000\nMinPercent=20\n");
	process_wait(&room->roomd, "output_unavailable", "rack");
	i2c_stub_plug(PCA9685, "pca9685");
	process_wait(&room->roomd, "output_available", "rack");
	process_wait(&room->roomd, "fan_on", "rack");
	expect_percent(room, 60);
	process_stop(&room->roomd);
	i2c_stub_unplug(PCA9685);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_relay),
	ROOM_TEST(test_thermometer_unplugged),
	ROOM_TEST(test_unknown_off),
	ROOM_TEST(test_added_while_it_is_hot),
	ROOM_TEST(test_made_anew),
	ROOM_TEST(test_duty_cycle),
	ROOM_TEST(test_chip_comes_late),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
