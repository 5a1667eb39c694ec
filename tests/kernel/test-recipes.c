/* Each recipe of docs/recipes.md as a room, on virtual time: the configuration is the page's own text, and
 * what the page says of it is what happens on the lines. A light sensor and a hygrometer are files of the
 * test; the thermometer is an LM75, the fan an AMC6821's, with the kernel's drivers on its i2c-stub. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "i2c-stub.h"
#include "iio-folder.h"
#include "message-bus.h"
#include "recipes.h"
#include "service-manager.h"
#include "sysfs-folder.h"
#include "tap-main.h"
#include "util/clock.h"
#include "wall-clock.h"

#define ROUNDING_NS (NSEC_PER_USEC * 100)

static void test_no_recipe_is_left_out(void **state)
{
	const char *unknown = recipe_unknown();

	(void)state;
	if (unknown)
		fail_msg("no test runs the recipe '%.*s'", (int)strcspn(unknown, "\n"), unknown);
	recipe_expect_devices();
}

/* --- the room -------------------------------------------------------------------------------- */

static struct service_manager *keeper;

static void start(struct room_fixture *room, const char *heading)
{
	recipe_start(room, heading, "", keeper);
}

static uint64_t set(struct room_fixture *room, enum room_line line, bool active, const char *event)
{
	sim_chip_pull(&room->chip, line, active);
	return process_wait(&room->roomd, event, NULL)->monotonic_ns;
}

static uint64_t motion(struct room_fixture *room, bool active)
{
	return set(room, PIR_HALL, active, active ? "motion_detected" : "motion_cleared");
}

static uint64_t next(struct room_fixture *room, const char *event)
{
	return process_wait(&room->roomd, event, NULL)->monotonic_ns;
}

/* The first reading that is this value. */
static uint64_t reading(struct room_fixture *room, const char *event, double value)
{
	const struct process_event *update;

	do
		update = process_wait(&room->roomd, event, NULL);
	while (fabs(update->value - value) > 0.0006);
	return update->monotonic_ns;
}

static void expect_after(uint64_t ns, uint64_t begin_ns, unsigned seconds)
{
	assert_in_range(ns - begin_ns, seconds * NSEC_PER_SEC, seconds * NSEC_PER_SEC + ROUNDING_NS);
}

/* --- a light only when it is dark ------------------------------------------------------------ */

#define LUX "in_illuminance_input"

static int setup_light(void **state)
{
	iio_folder_make();
	iio_folder_plug(0, (const char *const[]){ "name", "bh1750", LUX, "100", NULL });
	return room_setup(state);
}

static int teardown_light(void **state)
{
	int r = room_teardown(state);

	iio_folder_remove();
	return r;
}

static uint64_t illuminance(struct room_fixture *room, const char *lux)
{
	iio_folder_set(0, LUX, lux);
	return reading(room, "illuminance_update", strtod(lux, NULL));
}

static void expect_no_light(struct room_fixture *room)
{
	size_t before = process_count(&room->roomd, "light_on", NULL);

	motion(room, true);
	process_let_pass_ms(&room->roomd, 60000);
	assert_int_equal(process_count(&room->roomd, "light_on", NULL), before);
	room_expect_level(room, LIGHT_RELAY, false);
}

static void test_light(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start(room, LIGHT);
	reading(room, "illuminance_update", 100);
	expect_no_light(room);
	/* It gets dark while somebody is there. */
	at_ns = illuminance(room, "15");
	assert_int_equal(next(room, "light_on"), at_ns);
	room_expect_level(room, LIGHT_RELAY, true);
	/* Its own light. */
	illuminance(room, "300");
	process_let_pass_ms(&room->roomd, 600000);
	room_expect_level(room, LIGHT_RELAY, true);
	at_ns = motion(room, false);
	expect_after(next(room, "light_off"), at_ns, 120);
	room_expect_level(room, LIGHT_RELAY, false);
	/* The sun has risen meanwhile. */
	expect_no_light(room);
}

/* Dark is less than 20 lx, and then up to 30. */
static void test_dusk(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start(room, LIGHT);
	illuminance(room, "21");
	expect_no_light(room);
	motion(room, false);
	illuminance(room, "19");
	illuminance(room, "29");
	at_ns = motion(room, true);
	assert_int_equal(next(room, "light_on"), at_ns);
	motion(room, false);
	next(room, "light_off");
	illuminance(room, "31");
	expect_no_light(room);
}

static void test_light_sensor_fails(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start(room, LIGHT);
	reading(room, "illuminance_update", 100);
	expect_no_light(room);
	motion(room, false);
	iio_folder_unplug(0);
	next(room, "sensor_unavailable");
	at_ns = motion(room, true);
	assert_int_equal(next(room, "light_on"), at_ns);
}

/* --- a dehumidifier -------------------------------------------------------------------------- */

#define HWMON "/sys/class/hwmon"
#define HYGROMETER "hwmon0"

static void set_humidity(double percent)
{
	char text[32];

	snprintf(text, sizeof text, "%ld\n", lround(percent * 1000));
	sysfs_folder_set(HWMON, HYGROMETER, "humidity1_input", text);
}

static int setup_hygrometer(void **state)
{
	sysfs_folder_make(HWMON);
	sysfs_folder_set(HWMON, HYGROMETER, "name", "sht3x\n");
	set_humidity(50);
	return room_setup(state);
}

static int teardown_hygrometer(void **state)
{
	int r = room_teardown(state);

	sysfs_folder_remove(HWMON);
	return r;
}

static uint64_t humidity(struct room_fixture *room, double percent)
{
	set_humidity(percent);
	return reading(room, "humidity_update", percent);
}

static uint64_t window(struct room_fixture *room, bool open)
{
	return set(room, WINDOW_CONTACT, open, open ? "contact_opened" : "contact_closed");
}

static void expect_dehumidifier(struct room_fixture *room, bool on)
{
	room_expect_level(room, DEHUMIDIFIER_RELAY, on);
}

/* It has been humid for five minutes. */
static uint64_t start_humid(struct room_fixture *room)
{
	uint64_t at_ns, on_ns;

	start(room, DEHUMIDIFIER);
	reading(room, "humidity_update", 50);
	at_ns = humidity(room, 66);
	process_let_pass_ms(&room->roomd, 290000);
	expect_dehumidifier(room, false);
	on_ns = next(room, "switch_on");
	expect_after(on_ns, at_ns, 300);
	expect_dehumidifier(room, true);
	return on_ns;
}

/* From 65 on, and down to 60. */
static void test_humidity(void **state)
{
	struct room_fixture *room = *state;
	uint64_t at_ns;

	start_humid(room);
	humidity(room, 61);
	process_let_pass_ms(&room->roomd, 600000);
	expect_dehumidifier(room, true);
	at_ns = humidity(room, 59);
	assert_int_equal(next(room, "switch_off"), at_ns);
	expect_dehumidifier(room, false);
	humidity(room, 64);
	process_let_pass_ms(&room->roomd, 600000);
	assert_int_equal(process_count(&room->roomd, "switch_on", NULL), 1);
	expect_dehumidifier(room, false);
}

/* Humid for less than five minutes is not enough. */
static void test_humid_for_a_while(void **state)
{
	struct room_fixture *room = *state;

	start(room, DEHUMIDIFIER);
	humidity(room, 70);
	process_let_pass_ms(&room->roomd, 280000);
	humidity(room, 55);
	humidity(room, 70);
	process_let_pass_ms(&room->roomd, 280000);
	assert_int_equal(process_count(&room->roomd, "switch_on", NULL), 0);
}

/* The compressor: neither on nor off for less than it needs. */
static void test_compressor(void **state)
{
	struct room_fixture *room = *state;
	uint64_t on_ns, off_ns;

	on_ns = start_humid(room);
	process_let_pass_ms(&room->roomd, 60000);
	window(room, true);
	process_let_pass_ms(&room->roomd, 230000);
	expect_dehumidifier(room, true);
	off_ns = next(room, "switch_off");
	expect_after(off_ns, on_ns, 300);
	expect_dehumidifier(room, false);
	process_let_pass_ms(&room->roomd, 1000);
	window(room, false);
	on_ns = next(room, "switch_on");
	expect_after(on_ns, off_ns, 180);
	expect_dehumidifier(room, true);
}

static struct house {
	struct message_bus bus;
	struct service_manager manager;
	struct client person;
} house;

static int setup_house(void **state)
{
	house = (struct house){ 0 };
	message_bus_start(&house.bus);
	service_manager_start(&house.manager);
	keeper = &house.manager;
	return setup_hygrometer(state);
}

static int teardown_house(void **state)
{
	int r;

	if (house.person.bus)
		client_stop(&house.person);
	r = teardown_hygrometer(state);
	keeper = NULL;
	service_manager_stop(&house.manager);
	message_bus_stop(&house.bus);
	return r;
}

/* As roomctl on does it. */
static void ask_for_it(void)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	client_start(&house.person);
	if (client_call(&house.person, ROOMD_PATH "/switch/dehumidifier", "Switch", "SetOn", &error, "b", 1) <
	    0)
		fail_msg("SetOn: %s", error.message);
}

/* Nobody, not even a person or a restart. */
static void test_compressor_and_a_person(void **state)
{
	struct room_fixture *room = *state;
	uint64_t off_ns;

	start_humid(room);
	process_let_pass_ms(&room->roomd, 300000);
	window(room, true);
	off_ns = next(room, "switch_off");
	process_let_pass_ms(&room->roomd, 60000);
	process_stop(&room->roomd);
	process_start_successor(&room->roomd, NULL);
	service_manager_wait_ready(&house.manager, 2);
	ask_for_it();
	process_let_pass_ms(&room->roomd, 60000);
	expect_dehumidifier(room, false);
	expect_after(next(room, "switch_on"), off_ns, 180);
	expect_dehumidifier(room, true);
}

static void test_hygrometer_fails(void **state)
{
	struct room_fixture *room = *state;

	start_humid(room);
	process_let_pass_ms(&room->roomd, 300000);
	sysfs_folder_unplug(HWMON, HYGROMETER);
	next(room, "sensor_unavailable");
	next(room, "switch_off");
	expect_dehumidifier(room, false);
}

/* --- a fan ----------------------------------------------------------------------------------- */

#define LM75 0x48
#define LM75_TEMPERATURE 0x00
#define AMC6821 0x18

/* The register's upper nine bits are steps of half a degree. */
static void set_rack(double celsius)
{
	i2c_stub_write(LM75, LM75_TEMPERATURE, (uint16_t)(lround(celsius * 2) << 7));
}

static int setup_rack(void **state)
{
	set_rack(30);
	i2c_stub_plug(AMC6821, "amc6821");
	i2c_stub_plug(LM75, "lm75");
	return room_setup(state);
}

static int teardown_rack(void **state)
{
	int r = room_teardown(state);

	i2c_stub_unplug(AMC6821);
	return r;
}

static long duty_cycle(void)
{
	char path[I2C_STUB_PATH_SIZE], text[32];

	file_read(text, sizeof text, "%s/hwmon/hwmon0/pwm1", i2c_stub_path(AMC6821, path));
	return strtol(text, NULL, 10);
}

/* Once the thread has written it. */
static void expect_percent(struct room_fixture *room, unsigned percent)
{
	long should = lround(255 * percent / 100.0);

	process_settle(&room->roomd);
	for (int i = 0; i < 1000 && duty_cycle() != should; i++)
		let_pass_ms(1);
	assert_int_equal(duty_cycle(), should);
}

static uint64_t rack(struct room_fixture *room, double celsius)
{
	set_rack(celsius);
	return reading(room, "temperature_update", celsius);
}

static void test_fan(void **state)
{
	struct room_fixture *room = *state;

	start(room, FAN);
	rack(room, 34.5);
	expect_percent(room, 0);
	/* At full speed for a second, so that it begins to turn. */
	rack(room, 45);
	next(room, "fan_on");
	expect_percent(room, 100);
	process_let_pass_ms(&room->roomd, 1000);
	expect_percent(room, 65);
	rack(room, 55);
	expect_percent(room, 100);
	rack(room, 33.5);
	expect_percent(room, 30);
	rack(room, 32.5);
	next(room, "fan_off");
	expect_percent(room, 0);
	i2c_stub_unplug(LM75);
	next(room, "sensor_unavailable");
	expect_percent(room, 100);
	process_let_pass_ms(&room->roomd, 60000);
	expect_percent(room, 100);
}

/* --- a porch lamp ---------------------------------------------------------------------------- */

/* 2026-12-20 14:00 UTC. The sun sets at 14:53:39 there, by an almanac. */
#define AFTERNOON_S UINT64_C(1797775200)
#define SUNSET_S (53 * 60 + 39)
#define ALMANAC_S 30

static void test_porch(void **state)
{
	struct room_fixture *room = *state;
	uint64_t start_ns;

	wall_clock_set(AFTERNOON_S);
	start(room, PORCH);
	next(room, "sensor_unavailable");
	process_let_pass_ms(&room->roomd, 1000);
	room_expect_level(room, PORCH_RELAY, false);
	wall_clock_synchronize();
	next(room, "schedule_ended");
	wall_clock_set(AFTERNOON_S);
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	process_let_pass_ms(&room->roomd, 52UL * 60 * 1000);
	room_expect_level(room, PORCH_RELAY, false);
	assert_in_range(next(room, "switch_on") - start_ns, (SUNSET_S - ALMANAC_S) * NSEC_PER_SEC,
	                (SUNSET_S + ALMANAC_S) * NSEC_PER_SEC);
	room_expect_level(room, PORCH_RELAY, true);
	/* At eleven, which is nine hours after the start. */
	process_let_pass_ms(&room->roomd, (9UL * 60 - 56) * 60 * 1000);
	assert_in_range(next(room, "switch_off") + ROUNDING_NS - start_ns, 9 * 60 * 60 * NSEC_PER_SEC,
	                9 * 60 * 60 * NSEC_PER_SEC + 2 * ROUNDING_NS);
	room_expect_level(room, PORCH_RELAY, false);
}

/* --------------------------------------------------------------------------------------------- */

static int setup_chips(void **state)
{
	(void)state;
	i2c_stub_make("0x48,0x18");
	run_program("modprobe", "lm75", NULL);
	run_program("modprobe", "amc6821", NULL);
	return 0;
}

#define LIGHT_TEST(test) cmocka_unit_test_setup_teardown(test, setup_light, teardown_light)
#define HYGROMETER_TEST(test) cmocka_unit_test_setup_teardown(test, setup_hygrometer, teardown_hygrometer)
#define HOUSE_TEST(test) cmocka_unit_test_setup_teardown(test, setup_house, teardown_house)
#define RACK_TEST(test) cmocka_unit_test_setup_teardown(test, setup_rack, teardown_rack)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_no_recipe_is_left_out),
	LIGHT_TEST(test_light),
	LIGHT_TEST(test_dusk),
	LIGHT_TEST(test_light_sensor_fails),
	HYGROMETER_TEST(test_humidity),
	HYGROMETER_TEST(test_humid_for_a_while),
	HYGROMETER_TEST(test_compressor),
	HOUSE_TEST(test_compressor_and_a_person),
	HYGROMETER_TEST(test_hygrometer_fails),
	RACK_TEST(test_fan),
	ROOM_TEST(test_porch),
};

RUN_TESTS_WITH_SETUP(tests, setup_chips)
