/* Each recipe of docs/recipes.md as a room, on virtual time: the configuration is the page's own text, and
 * what the page says of it is what happens on the lines. A light sensor and a hygrometer are files of the
 * test; the thermometer is an LM75, the fan an AMC6821's, with the kernel's drivers on its i2c-stub. systemd
 * is the test itself, on a bus of its own. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "i2c-stub.h"
#include "iio-folder.h"
#include "message-bus.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "sysfs-folder.h"
#include "tap-main.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define TEXT_SIZE 16384
#define HEADING "\n## "
#define INDENT "    "
#define ROUNDING_NS (NSEC_PER_USEC * 100)

#define LIGHT "Light only when it is dark"
#define DEHUMIDIFIER "A dehumidifier that spares its compressor"
#define FAN "A fan for a cupboard of electronics"
#define ALARM "A message when the alarm goes"

static const char *const run[] = { LIGHT, DEHUMIDIFIER, FAN, ALARM };

/* All that is not as on the page: the test kernel has no such device. */
static const struct device {
	const char *recipe, *test;
} devices[] = {
	{ "Pwm=fe20c000.pwm:1", "Pwm=hwmon:amc6821:pwm1" },
};

/* --- the page -------------------------------------------------------------------------------- */

static const char *page(void)
{
	static char text[TEXT_SIZE];

	file_read(text, sizeof text, "%s/docs/recipes.md", getenv("SOURCE_ROOT"));
	return text;
}

/* What stands under a heading; freed by the caller. */
static char *section_of(const char *heading)
{
	const char *start = page(), *end;
	size_t length = strlen(heading);

	while ((start = strstr(start, HEADING))) {
		start += strlen(HEADING);
		if (strncmp(start, heading, length) == 0 && start[length] == '\n')
			break;
	}
	if (!start)
		fail_msg("docs/recipes.md has no recipe '%s'", heading);
	end = strstr(start, HEADING);
	return strndup(start + length, end ? (size_t)(end - start) - length : strlen(start + length));
}

static const char *with_test_device(const char *line)
{
	for (const struct device *device = devices; device < devices + ELEMENTS(devices); device++)
		if (strcmp(line, device->recipe) == 0)
			return device->test;
	return line;
}

/* What is indented, but for units of systemd's. */
static void read_recipe(const char *heading, char config[static TEXT_SIZE])
{
	_cleanup_(cleanup_free) char *section = section_of(heading);
	char *state = NULL;
	bool unit = false;
	size_t length = 0;

	for (char *line = strtok_r(section, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
		bool indented = strncmp(line, INDENT, strlen(INDENT)) == 0;

		unit = indented && (unit || strcmp(line, INDENT "[Unit]") == 0);
		if (indented && !unit)
			length += (size_t)snprintf(config + length, TEXT_SIZE - length, "%s\n",
			                           with_test_device(line + strlen(INDENT)));
	}
	assert_in_range(length, 1, TEXT_SIZE - 1);
}

static bool is_run(const char *heading)
{
	for (size_t i = 0; i < ELEMENTS(run); i++)
		if (strncmp(heading, run[i], strlen(run[i])) == 0 && heading[strlen(run[i])] == '\n')
			return true;
	return false;
}

static void test_no_recipe_is_left_out(void **state)
{
	const char *heading = page();

	(void)state;
	while ((heading = strstr(heading, HEADING))) {
		heading += strlen(HEADING);
		if (!is_run(heading))
			fail_msg("no test runs the recipe '%.*s'", (int)strcspn(heading, "\n"), heading);
	}
	for (const struct device *device = devices; device < devices + ELEMENTS(devices); device++)
		if (!strstr(page(), device->recipe))
			fail_msg("no recipe has %s", device->recipe);
}

/* --- the room -------------------------------------------------------------------------------- */

/* What keeps things over a restart; NULL: nobody. */
static struct service_manager *keeper;

/* The recipe, and what it expects to be there besides. */
static void start(struct room_fixture *room, const char *heading, const char *more)
{
	char config[TEXT_SIZE];
	size_t length;

	read_recipe(heading, config);
	length = strlen(config);
	snprintf(config + length, sizeof config - length, "%s", more);
	process_start_with(&room->roomd, config, &(struct process_options){ .manager = keeper });
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

	start(room, LIGHT, "");
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

	start(room, LIGHT, "");
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

	start(room, LIGHT, "");
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

	start(room, DEHUMIDIFIER, "");
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

	start(room, DEHUMIDIFIER, "");
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

	start(room, FAN, "");
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

/* --- a message when the alarm goes ----------------------------------------------------------- */

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"
#define JOB SYSTEMD_PATH "/job/1"
#define UNIT_FOLDER "`/etc/systemd/system/"
#define CREDENTIAL "LoadCredential=event:"

#define LOCK                                   \
	"[MotionSensor hall]\nLine=PIR_HALL\n" \
	"[DoorLock front]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\nInitialState=unlocked\n"

/* systemd, as far as the room knows it. */
static struct systemd {
	struct message_bus daemon;
	sd_bus *bus;
	sd_bus_message *start; /* what it is asked to start, and has not answered */
	unsigned starts;
} systemd;

static int on_subscribe(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	return sd_bus_reply_method_return(message, NULL);
}

static int on_start_unit(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	sd_bus_message_unref(systemd.start);
	systemd.start = sd_bus_message_ref(message);
	systemd.starts++;
	return 1;
}

static const sd_bus_vtable systemd_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Subscribe", NULL, NULL, on_subscribe, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("StartUnit", "ss", "o", on_start_unit, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL("JobRemoved", "uoss", 0),
	SD_BUS_VTABLE_END,
};

static int setup_systemd(void **state)
{
	systemd = (struct systemd){ 0 };
	message_bus_start(&systemd.daemon);
	assert_return_code(sd_bus_open_system(&systemd.bus), 0);
	assert_return_code(sd_bus_add_object_vtable(systemd.bus, NULL, SYSTEMD_PATH, SYSTEMD_MANAGER,
	                                            systemd_vtable, NULL),
	                   0);
	assert_return_code(sd_bus_request_name(systemd.bus, SYSTEMD, 0), 0);
	if (mkdir("/run/roomd", 0755) < 0)
		assert_int_equal(errno, EEXIST);
	return room_setup(state);
}

static int teardown_systemd(void **state)
{
	int r = room_teardown(state);

	sd_bus_message_unref(systemd.start);
	sd_bus_flush_close_unref(systemd.bus);
	message_bus_stop(&systemd.daemon);
	return r;
}

static void systemd_process(void)
{
	while (sd_bus_process(systemd.bus, NULL) > 0)
		;
}

static void systemd_wait_start(void)
{
	while (!systemd.start)
		if (sd_bus_process(systemd.bus, NULL) == 0)
			assert_true(sd_bus_wait(systemd.bus, 60 * USEC_PER_SEC) > 0);
}

static void systemd_has_done(const char *unit)
{
	assert_return_code(sd_bus_reply_method_return(systemd.start, "o", JOB), 0);
	assert_return_code(sd_bus_emit_signal(systemd.bus, SYSTEMD_PATH, SYSTEMD_MANAGER, "JobRemoved",
	                                      "uoss", 1, JOB, unit, "done"),
	                   0);
	sd_bus_flush(systemd.bus);
}

/* What the page has behind these words, up to one of `ends`. */
static void read_behind(const char *words, const char *ends, char *buffer, size_t size)
{
	_cleanup_(cleanup_free) char *section = section_of(ALARM);
	const char *found = strstr(section, words);

	assert_non_null(found);
	found += strlen(words);
	snprintf(buffer, size, "%.*s", (int)strcspn(found, ends), found);
}

/* The unit of the page, with the event where the page's unit takes it from. */
static void expect_start(void)
{
	char unit[128], path[128], event[1024];
	const char *started;

	read_behind(UNIT_FOLDER, "`", unit, sizeof unit);
	read_behind(CREDENTIAL, "\n", path, sizeof path);
	assert_return_code(sd_bus_message_read(systemd.start, "s", &started), 0);
	assert_string_equal(started, unit);
	file_read(event, sizeof event, "%s", path);
	assert_non_null(strstr(event, "\"event\":\"lock_alert\",\"source\":\"front\""));
	systemd_has_done(unit);
}

static void press(struct room_fixture *room)
{
	sim_chip_pull(&room->chip, LOCK_BUTTON, true);
	process_let_pass_ms(&room->roomd, 100);
	sim_chip_pull(&room->chip, LOCK_BUTTON, false);
}

static void test_alarm(void **state)
{
	struct room_fixture *room = *state;

	start(room, ALARM, LOCK);
	next(room, "motion_cleared");
	/* Somebody is at home. */
	motion(room, true);
	motion(room, false);
	process_let_pass_ms(&room->roomd, 60000);
	systemd_process();
	assert_int_equal(systemd.starts, 0);
	press(room);
	next(room, "locked");
	motion(room, true);
	next(room, "action_started");
	systemd_wait_start();
	expect_start();
	next(room, "action_ended");
	process_let_pass_ms(&room->roomd, 60000);
	systemd_process();
	assert_int_equal(systemd.starts, 1);
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
#define SYSTEMD_TEST(test) cmocka_unit_test_setup_teardown(test, setup_systemd, teardown_systemd)

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
	SYSTEMD_TEST(test_alarm),
};

RUN_TESTS_WITH_SETUP(tests, setup_chips)
