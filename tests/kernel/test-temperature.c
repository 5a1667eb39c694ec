/* Temperatures from the kernel's TMP117 driver, on virtual time. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define INTERVAL_MS 10000

/* roomd is started with the sensor plugged in; what a test changes it puts back. */
static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

static double next_value(struct room_fixture *room)
{
	return process_wait(&room->roomd, "temperature_update", "hall")->value;
}

/* Waits for a reading that was begun after the register was set. */
static void measure(struct room_fixture *room, double celsius)
{
	thermometer_set(celsius);
	while (fabs(next_value(room) - celsius) > 0.005)
		;
}

static void test_values_at_every_interval(void **state)
{
	static const double values[] = { 25, -10.5, 85 };
	struct room_fixture *room = *state;

	thermometer_set(25);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nLocation=Hall\n");
	for (size_t i = 0; i < ELEMENTS(values); i++) {
		uint64_t first_ns;
		const struct process_event *event;

		measure(room, values[i]);
		first_ns = room->roomd.events[room->roomd.next - 1].monotonic_ns;
		for (uint64_t k = 1; k <= 3; k++) {
			event = process_wait(&room->roomd, "temperature_update", "hall");
			assert_true(event->value == values[i]);
			assert_string_equal(event->location, "Hall");
			assert_in_range(event->monotonic_ns / 1000000,
			                first_ns / 1000000 + k * INTERVAL_MS - 1,
			                first_ns / 1000000 + k * INTERVAL_MS + 1);
		}
	}
}

static void test_limit_with_hysteresis(void **state)
{
	static const double values[] = { 27.9, 28.1, 27.8, 27.4, 27.9 };
	struct room_fixture *room = *state;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nHigh=28\nHysteresis=0.5\n");
	for (size_t i = 0; i < ELEMENTS(values); i++) {
		measure(room, values[i]);
		assert_int_equal(process_count(&room->roomd, "temperature_high", "hall"), i >= 1);
		assert_int_equal(process_count(&room->roomd, "temperature_normal", "hall"), i >= 3);
	}
	measure(room, 27.9);
	assert_int_equal(process_count(&room->roomd, "temperature_low", NULL), 0);
}

static void test_low_limit(void **state)
{
	struct room_fixture *room = *state;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nLow=5\n");
	measure(room, 4);
	process_wait(&room->roomd, "temperature_low", "hall");
	measure(room, 5.25);
	measure(room, 5.5);
	process_wait(&room->roomd, "temperature_normal", "hall");
}

static void test_offset(void **state)
{
	struct room_fixture *room = *state;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nOffset=-1.25\n");
	assert_true(next_value(room) == 18.75);
}

static void test_unplugged_and_plugged_again(void **state)
{
	struct room_fixture *room = *state;
	uint64_t last_ns, lost_ns;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\n");
	next_value(room);
	last_ns = room->roomd.events[0].monotonic_ns;
	thermometer_unplug();
	lost_ns = process_wait(&room->roomd, "sensor_unavailable", "hall")->monotonic_ns;
	/* The third failed reading, no sooner and no later. */
	assert_in_range((lost_ns - last_ns) / 1000000, 3 * INTERVAL_MS - 1, 3 * INTERVAL_MS + 1);
	process_let_pass_ms(&room->roomd, 300000);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 1);
	thermometer_plug();
	process_wait(&room->roomd, "sensor_available", "hall");
	assert_true(next_value(room) == 20);
	assert_true(next_value(room) == 20);
	assert_int_equal(process_count(&room->roomd, "sensor_available", NULL), 1);
}

/* Three failed readings in a row count, not three in all. */
static void test_errors_in_a_row(void **state)
{
	struct room_fixture *room = *state;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\n");
	for (int i = 0; i < 3; i++) {
		next_value(room);
		thermometer_unplug();
		process_let_pass_ms(&room->roomd, 2 * INTERVAL_MS);
		thermometer_plug();
	}
	next_value(room);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 0);
}

/* Numbers go to whoever is plugged in first: another device under the number of ours is not read in its
 * place. */
static void test_another_device_under_its_number(void **state)
{
	struct room_fixture *room = *state;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\n");
	next_value(room);
	thermometer_swap_with_another();
	for (int i = 0; i < 3; i++)
		assert_true(next_value(room) == 20);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 0);
	thermometer_unplug_the_other();
	thermometer_unplug();
	thermometer_plug(); /* under the first number again, for the other tests */
}

static void test_absent_at_start(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	thermometer_unplug();
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\n"
	                            "[MotionSensor hall]\nLine=PIR_HALL\n"
	                            "[LightController hall]\nLine=LIGHT_RELAY\n");
	event = process_wait(&room->roomd, "sensor_unavailable", "hall");
	assert_non_null(strstr(event->text, "tmp117"));
	/* The rest of the room works. */
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	thermometer_plug();
	process_wait(&room->roomd, "sensor_available", "hall");
	next_value(room);
}

/* Each way to name the device finds the same one. */
static void test_ways_to_name_the_device(void **state)
{
	struct room_fixture *room = *state;
	char iio_path[128];
	const char *const devices[] = { "tmp117", "iio:device0", thermometer_path(), iio_path };

	snprintf(iio_path, sizeof iio_path, "%s/iio:device0", thermometer_path());
	thermometer_set(21);
	for (size_t i = 0; i < ELEMENTS(devices); i++) {
		char config[256];

		snprintf(config, sizeof config, "[TemperatureSensor hall]\nDevice=%s\n", devices[i]);
		process_start(&room->roomd, config);
		assert_true(next_value(room) == 21);
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

static void test_wrong_names_are_explained(void **state)
{
	uint64_t start_ns = clock_now_ns(CLOCK_MONOTONIC);
	struct room_fixture *room = *state;
	const struct process_event *event;

	process_start(&room->roomd,
	              "[TemperatureSensor device]\nDevice=bmp280\n"
	              "[TemperatureSensor channel]\nDevice=tmp117\nChannel=pressure\n"
	              "[TemperatureSensor context]\nDevice=tmp117\nUri=ip:127.0.0.1\nIntervalSec=1h\n");
	event = process_wait(&room->roomd, "sensor_unavailable", "device");
	assert_non_null(strstr(event->text, "device bmp280"));
	assert_non_null(strstr(event->text, "found: iio:device0 (tmp117)"));
	room->roomd.next = 0;
	event = process_wait(&room->roomd, "sensor_unavailable", "channel");
	assert_non_null(strstr(event->text, "channel pressure"));
	assert_non_null(strstr(event->text, "temp"));
	room->roomd.next = 0;
	event = process_wait(&room->roomd, "sensor_unavailable", "context");
	assert_non_null(strstr(event->text, "ip:127.0.0.1"));
	/* All of that at once, however long the interval. */
	assert_in_range(event->monotonic_ns - start_ns, 0, UINT64_C(1000000000));
}

/* A device that is not read any more costs nothing any more. */
static void test_other_devices(void **state)
{
	static const char ours[] = "[TemperatureSensor hall]\nDevice=tmp117\n";
	struct room_fixture *room = *state;
	unsigned threads, fds;
	char config[128];

	thermometer_set(20);
	process_start(&room->roomd, ours);
	next_value(room);
	threads = process_count_threads(&room->roomd);
	fds = process_count_fds(&room->roomd);
	for (int i = 0; i < 20; i++) {
		snprintf(config, sizeof config, "[TemperatureSensor hall]\nDevice=other%d\n", i);
		process_reload(&room->roomd, config);
		if (i % 2) /* else in the middle of a reading */
			process_let_pass_ms(&room->roomd, INTERVAL_MS);
	}
	process_reload(&room->roomd, ours);
	next_value(room);
	assert_int_equal(process_count_threads(&room->roomd), threads);
	assert_int_equal(process_count_fds(&room->roomd), fds);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_values_at_every_interval),
	ROOM_TEST(test_limit_with_hysteresis),
	ROOM_TEST(test_low_limit),
	ROOM_TEST(test_offset),
	ROOM_TEST(test_unplugged_and_plugged_again),
	ROOM_TEST(test_errors_in_a_row),
	ROOM_TEST(test_another_device_under_its_number),
	ROOM_TEST(test_absent_at_start),
	ROOM_TEST(test_ways_to_name_the_device),
	ROOM_TEST(test_other_devices),
	ROOM_TEST(test_wrong_names_are_explained),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
