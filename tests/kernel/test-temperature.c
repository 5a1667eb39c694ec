/* Temperatures from the kernel's TMP117 driver, on virtual time. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "message-bus.h"
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

/* Its register has -256 °C until the first conversion: that is not how cold it is. */
static void test_power_on_value_is_no_reading(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;
	size_t readings;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nLow=5\n");
	next_value(room);
	/* Once or twice it is waited for, */
	thermometer_set(-256);
	process_let_pass_ms(&room->roomd, 2 * INTERVAL_MS);
	readings = process_count(&room->roomd, "temperature_update", NULL);
	thermometer_set(20);
	assert_true(next_value(room) == 20);
	assert_int_equal(readings, 1);
	/* then it is a sensor that does not measure. */
	thermometer_set(-256);
	event = process_wait(&room->roomd, "sensor_unavailable", "hall");
	assert_non_null(
		strstr(event->text, "device tmp117, channel temp: -256.00 °C is no reading: a TMP117"));
	thermometer_set(20);
	process_wait(&room->roomd, "sensor_available", "hall");
	assert_true(next_value(room) == 20);
	assert_int_equal(process_count(&room->roomd, "temperature_low", NULL), 0);
	/* What is close to it is a temperature. */
	measure(room, -255.9921875);
	process_wait(&room->roomd, "temperature_low", "hall");
}

/* Said once; what is measured is used as before. */
static void test_same_value_for_too_long(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nOffset=1\nFrozenReadings=10\n");
	event = process_wait(&room->roomd, "sensor_suspect", "hall");
	assert_string_equal(event->text, "10 readings in a row were 20 °C");
	assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), 10);
	process_let_pass_ms(&room->roomd, 30 * INTERVAL_MS);
	assert_int_equal(process_count(&room->roomd, "temperature_update", NULL), 40);
	assert_int_equal(process_count(&room->roomd, "sensor_suspect", NULL), 1);
	thermometer_set(20.5);
	process_wait(&room->roomd, "sensor_suspect", "hall");
	assert_non_null(strstr(process_messages(&room->roomd),
	                       "TemperatureSensor hall: cannot be believed: 10 readings"));
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

#define HOUR_MS 3600000

/* A bus, because roomd looks for one again and again while there is none; nobody listens to it. */
static struct message_bus bus;

static int setup_with_bus(void **state)
{
	message_bus_start(&bus);
	return room_setup(state);
}

static int teardown_with_bus(void **state)
{
	message_bus_stop(&bus);
	return room_teardown(state);
}

static void start_on_bus(struct room_fixture *room, const char *config)
{
	struct client client;

	process_start(&room->roomd, config);
	client_start(&client);
	client_stop(&client);
	process_let_pass_ms(&room->roomd, INTERVAL_MS / 2);
}

/* How often the process was woken in an hour. */
static unsigned long switches_in_an_hour(struct room_fixture *room)
{
	unsigned long before = process_count_switches(&room->roomd);

	process_let_pass_ms(&room->roomd, HOUR_MS);
	return process_count_switches(&room->roomd) - before;
}

/* A reading wakes the thread that makes it, and the loop that hears of it; nothing else wakes anybody. */
static void test_two_wake_ups_a_reading(void **state)
{
	struct room_fixture *room = *state;
	unsigned long switches;
	size_t before, readings;

	thermometer_set(20);
	start_on_bus(room, "[MotionSensor hall]\nLine=PIR_HALL\n[TemperatureSensor hall]\nDevice=tmp117\n");
	before = process_count(&room->roomd, "temperature_update", "hall");
	switches = switches_in_an_hour(room);
	readings = process_count(&room->roomd, "temperature_update", "hall") - before;
	print_message("# %zu readings, %lu switches\n", readings, switches);
	assert_int_equal(readings, HOUR_MS / INTERVAL_MS);
	if (!PROCESS_IS_INSTRUMENTED) /* what instruments it has switches of its own */
		assert_int_equal(switches, 2 * readings);
}

static void test_no_wake_up_without_a_thermometer(void **state)
{
	struct room_fixture *room = *state;

	start_on_bus(room, "[MotionSensor hall]\nLine=PIR_HALL\n");
	assert_int_equal(switches_in_an_hour(room), 0);
}

/* Sensors of one device have one thread; each has its own rhythm. */
static void test_two_rhythms_of_one_device(void **state)
{
	static const struct {
		const char *name;
		uint64_t interval_ms;
	} sensors[] = { { "slow", 7000 }, { "fast", 3000 } };
	struct room_fixture *room = *state;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor slow]\nDevice=tmp117\nIntervalSec=7\n"
	                            "[TemperatureSensor fast]\nDevice=tmp117\nIntervalSec=3\n");
	process_wait(&room->roomd, "temperature_update", "slow");
	assert_int_equal(process_count_threads(&room->roomd), 2);
	process_let_pass_ms(&room->roomd, 210000);
	for (size_t i = 0; i < ELEMENTS(sensors); i++) {
		uint64_t first_ns = 0, n = 0;

		for (size_t k = 0; k < room->roomd.events_n; k++) {
			const struct process_event *event = &room->roomd.events[k];
			uint64_t due_ns = first_ns + n * sensors[i].interval_ms * 1000000;

			if (strcmp(event->source, sensors[i].name) != 0)
				continue;
			if (n++ == 0)
				first_ns = event->monotonic_ns;
			else
				assert_in_range(event->monotonic_ns - due_ns + 1000000, 0, 2000000);
		}
		assert_in_range(n, 210000 / sensors[i].interval_ms, 210000 / sensors[i].interval_ms + 1);
	}
}

/* Nor are readings made up for that a stopped process has missed, and none has failed by that. */
static void test_stopped_for_a_while(void **state)
{
	struct room_fixture *room = *state;
	size_t before;

	thermometer_set(20);
	process_start(&room->roomd, "[TemperatureSensor hall]\nDevice=tmp117\nErrorsUntilUnavailable=1\n");
	next_value(room);
	kill(room->roomd.pid, SIGSTOP);
	process_let_pass_ms(&room->roomd, 605000);
	before = process_count(&room->roomd, "temperature_update", "hall");
	kill(room->roomd.pid, SIGCONT);
	next_value(room); /* at once */
	process_let_pass_ms(&room->roomd, 3 * INTERVAL_MS + INTERVAL_MS / 4);
	assert_in_range(process_count(&room->roomd, "temperature_update", "hall") - before, 4, 5);
	assert_int_equal(process_count(&room->roomd, "sensor_unavailable", NULL), 0);
}

static const struct CMUnitTest tests[] = {
	ROOM_TEST(test_values_at_every_interval),
	ROOM_TEST(test_limit_with_hysteresis),
	ROOM_TEST(test_low_limit),
	ROOM_TEST(test_offset),
	ROOM_TEST(test_power_on_value_is_no_reading),
	ROOM_TEST(test_same_value_for_too_long),
	ROOM_TEST(test_unplugged_and_plugged_again),
	ROOM_TEST(test_errors_in_a_row),
	ROOM_TEST(test_another_device_under_its_number),
	ROOM_TEST(test_absent_at_start),
	ROOM_TEST(test_ways_to_name_the_device),
	ROOM_TEST(test_other_devices),
	cmocka_unit_test_setup_teardown(test_two_wake_ups_a_reading, setup_with_bus, teardown_with_bus),
	cmocka_unit_test_setup_teardown(test_no_wake_up_without_a_thermometer, setup_with_bus,
	                                teardown_with_bus),
	ROOM_TEST(test_two_rhythms_of_one_device),
	ROOM_TEST(test_stopped_for_a_while),
	ROOM_TEST(test_wrong_names_are_explained),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
