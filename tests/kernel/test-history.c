/* roomd-history beside a real roomd, on virtual time: an edge, a reading, a gap, and what is there after the end of either. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus-room.h"
#include "files.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define HISTORY "org.roomd1.History"
#define FOLDER "/tmp/history"
#define CONFIG                                                                                            \
	"[MotionSensor hall]\nLine=PIR_HALL\nWarmupSec=0\n"                                               \
	"[LightController hall]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=60\n"                         \
	"[TemperatureSensor hall]\nDevice=tmp117\n"

static struct bus_room *it;
static pid_t history; /* 0: it does not run */

/* --- the program ------------------------------------------------------------------------------ */

static void start_history(void)
{
	const char *program = getenv("ROOMD_HISTORY");

	assert_non_null(program);
	history = fork();
	assert_return_code(history, errno);
	if (history == 0) {
		unsetenv("NOTIFY_SOCKET");
		unsetenv("LISTEN_FDS");
		execl(program, program, "--state-directory", FOLDER, "--log-level", "debug", NULL);
		_exit(127);
	}
	client_wait_for_name(&it->client, HISTORY);
}

static void end_history(int signal)
{
	int status;

	if (history == 0)
		return;
	kill(history, signal);
	assert_int_equal(waitpid(history, &status, 0), history);
	if (signal == SIGTERM)
		assert_int_equal(status, 0);
	history = 0;
}

static int setup(void **state)
{
	bus_room_setup(state);
	it = *state;
	run_program("rm", "-rf", FOLDER, NULL);
	assert_return_code(mkdir(FOLDER, 0700), errno);
	thermometer_set(25);
	bus_room_start(it, CONFIG);
	start_history();
	return 0;
}

static int teardown(void **state)
{
	end_history(SIGKILL);
	return bus_room_teardown(state);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

/* --- what it says ----------------------------------------------------------------------------- */

static uint64_t realtime(void)
{
	return clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
}

static void seconds_pass(unsigned n)
{
	process_let_pass_ms(it->roomd, n * 1000ul);
}

struct sums {
	uint64_t known, on, unavailable;
	uint32_t changes;
	double min, mean, max;
};

static struct sums ask_sums(const char *component, const char *property, uint64_t since, uint64_t until)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct sums sums;

	if (sd_bus_call_method(it->client.bus, HISTORY, "/org/roomd1/History", HISTORY, "Sums", &error, &reply, "sstt",
	                       component, property, since, until) < 0)
		fail_msg("%s: %s", error.name, error.message);
	assert_return_code(sd_bus_message_read(reply, "tttuddd", &sums.known, &sums.on, &sums.unavailable, &sums.changes,
	                                       &sums.min, &sums.mean, &sums.max),
	                   EIO);
	return sums;
}

/* Of one step: its state. */
static unsigned ask_state(const char *component, const char *property, uint64_t since, uint64_t until)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	uint64_t begin, end;
	unsigned state;

	if (sd_bus_call_method(it->client.bus, HISTORY, "/org/roomd1/History", HISTORY, "Points", &error, &reply, "ssttu",
	                       component, property, since, until, 1) < 0)
		fail_msg("%s: %s", error.name, error.message);
	assert_return_code(sd_bus_message_enter_container(reply, 'a', "(ttudddudts)"), EIO);
	assert_return_code(sd_bus_message_enter_container(reply, 'r', "ttudddudts"), EIO);
	assert_return_code(sd_bus_message_read(reply, "ttu", &begin, &end, &state), EIO);
	assert_true(begin == since && end == until);
	return state;
}

/* How often there was such an event. */
static unsigned count_events(const char *component, const char *name)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *from, *event, *data;
	uint64_t time;
	unsigned n = 0;

	if (sd_bus_call_method(it->client.bus, HISTORY, "/org/roomd1/History", HISTORY, "Events", &error, &reply, "asttut", 1,
	                       component, UINT64_C(0), realtime() + USEC_PER_SEC, 1000, UINT64_C(0)) < 0)
		fail_msg("%s: %s", error.name, error.message);
	assert_return_code(sd_bus_message_enter_container(reply, 'a', "(tsss)"), EIO);
	while (sd_bus_message_read(reply, "(tsss)", &time, &from, &event, &data) > 0) {
		assert_string_equal(from, component);
		n += strcmp(event, name) == 0;
	}
	return n;
}

static void expect_error(const char *component, const char *property, uint64_t since, uint64_t until, unsigned at_most,
                         const char *name, const char *words)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	assert_true(sd_bus_call_method(it->client.bus, HISTORY, "/org/roomd1/History", HISTORY, "Points", &error, NULL, "ssttu",
	                               component, property, since, until, at_most) < 0);
	assert_string_equal(error.name, name);
	assert_non_null(strstr(error.message, words));
}

static void move(bool active)
{
	sim_chip_pull(&it->room->chip, PIR_HALL, active);
	process_wait(it->roomd, active ? "motion_detected" : "motion_cleared", "hall");
	seconds_pass(1);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_edge_and_reading(void **state)
{
	uint64_t begin = realtime();
	struct sums sums;

	(void)state;
	seconds_pass(15);
	move(true);
	seconds_pass(29);
	move(false);
	seconds_pass(80);
	sums = ask_sums("motion_sensor/hall", "Motion", begin, realtime());
	assert_in_range(sums.on, 29 * USEC_PER_SEC, 31 * USEC_PER_SEC);
	assert_int_equal(sums.changes, 1);
	sums = ask_sums("light_controller/hall", "On", begin, realtime());
	assert_in_range(sums.on, 89 * USEC_PER_SEC, 91 * USEC_PER_SEC);
	assert_int_equal(count_events("light_controller/hall", "light_on"), 1);
	assert_int_equal(count_events("light_controller/hall", "light_off"), 1);
	assert_int_equal(count_events("temperature_sensor/hall", "temperature_update"), 0);
	sums = ask_sums("temperature_sensor/hall", "Value", begin, realtime());
	assert_true(sums.min == 25 && sums.max == 25 && sums.mean == 25);
	thermometer_set(30);
	seconds_pass(15);
	assert_true(ask_sums("temperature_sensor/hall", "Value", begin, realtime()).max == 30);
	expect_error("temperature_sensor/hal", "Value", 1, 2, 1, HISTORY ".Error.NoSuchSeries", "temperature_sensor/hall?");
	expect_error("temperature_sensor/hall", "Vlaue", 1, 2, 1, HISTORY ".Error.NoSuchSeries", "Value?");
	expect_error("temperature_sensor/hall", "Value", 2, 2, 1, SD_BUS_ERROR_INVALID_ARGS, "before until");
	expect_error("temperature_sensor/hall", "Value", 1, 2, 0, SD_BUS_ERROR_INVALID_ARGS, "1 to 10000");
	expect_error("temperature_sensor/hall", "Value", 1, 2, 10001, SD_BUS_ERROR_INVALID_ARGS, "1 to 10000");
}

/* Its restart is no gap, but where something happened of which the ring does not say what; the ring's events are there, once. */
static void expect_restart(int signal)
{
	uint64_t begin, away, now;

	seconds_pass(130);
	begin = realtime();
	end_history(signal);
	away = realtime();
	seconds_pass(20);
	thermometer_set(40);
	seconds_pass(20);
	start_history();
	seconds_pass(5);
	now = realtime();
	if (signal == SIGTERM) /* nothing happened to it */
		assert_in_range(ask_sums("motion_sensor/hall", "Motion", begin, now).known, now - begin - 10000, now - begin);
	assert_true(ask_sums("temperature_sensor/hall", "Value", away + 30 * USEC_PER_SEC, realtime()).max == 40);
	end_history(signal);
	move(true);
	start_history();
	seconds_pass(5);
	assert_int_equal(count_events("motion_sensor/hall", "motion_detected"), 1);
	assert_int_equal(count_events("light_controller/hall", "light_on"), 1);
	assert_int_equal(ask_state("motion_sensor/hall", "Motion", realtime() - USEC_PER_SEC, realtime()), 0);
}

static void test_stopped(void **state)
{
	(void)state;
	expect_restart(SIGTERM);
}

static void test_killed(void **state)
{
	(void)state;
	expect_restart(SIGKILL);
}

/* The hub is away: nothing is known. */
static void test_hub_away(void **state)
{
	uint64_t gone;

	(void)state;
	seconds_pass(70);
	bus_room_end(it, BUS_ROOM_STOPPED);
	gone = realtime();
	sleep(30);
	bus_room_start_successor(it, CONFIG);
	seconds_pass(5);
	assert_int_equal(ask_state("motion_sensor/hall", "Motion", gone + USEC_PER_SEC, gone + 20 * USEC_PER_SEC), 1);
	assert_int_equal(ask_state("motion_sensor/hall", "Motion", gone - 20 * USEC_PER_SEC, gone - USEC_PER_SEC), 0);
	assert_int_equal(ask_state("motion_sensor/hall", "Motion", realtime() - USEC_PER_SEC, realtime()), 0);
	/* The power fails for both. */
	seconds_pass(70);
	end_history(SIGKILL);
	bus_room_end(it, BUS_ROOM_POWER_LOST);
	gone = realtime();
	sleep(300);
	bus_room_start_successor(it, CONFIG);
	start_history();
	seconds_pass(30);
	assert_int_equal(ask_state("motion_sensor/hall", "Motion", gone + USEC_PER_SEC, gone + 200 * USEC_PER_SEC), 1);
	assert_int_equal(ask_state("motion_sensor/hall", "Motion", gone - 80 * USEC_PER_SEC, gone - 60 * USEC_PER_SEC), 0);
}

static void test_unavailable(void **state)
{
	uint64_t begin;

	(void)state;
	seconds_pass(20);
	thermometer_unplug();
	seconds_pass(60);
	begin = realtime();
	seconds_pass(20);
	assert_int_equal(ask_state("temperature_sensor/hall", "Value", begin, realtime()), 2);
	thermometer_plug();
	seconds_pass(30);
	assert_int_equal(ask_state("temperature_sensor/hall", "Value", realtime() - USEC_PER_SEC, realtime()), 0);
	assert_int_equal(count_events("temperature_sensor/hall", "sensor_unavailable"), 1);
}

/* --- what it costs ---------------------------------------------------------------------------- */

/* The number behind these words in a file of its process. */
static unsigned long number_in_proc(const char *name, const char *words)
{
	char path[64], line[256];
	unsigned long number = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)history, name);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof line, file))
		if (strncmp(line, words, strlen(words)) == 0)
			number = strtoul(line + strlen(words), NULL, 10);
	fclose(file);
	return number;
}

#define PRIVATE_DIRTY_MAX_KB 3072

static void test_costs(void **state)
{
	unsigned long before, switches;

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		move(i % 2 == 0);
		thermometer_set(20 + i);
		seconds_pass(600);
		ask_sums("temperature_sensor/hall", "Value", 1, realtime());
	}
	print_message("# private dirty: %lu kB\n", number_in_proc("smaps_rollup", "Private_Dirty:"));
	assert_in_range(number_in_proc("smaps_rollup", "Private_Dirty:"), 1, PRIVATE_DIRTY_MAX_KB);
	thermometer_unplug();
	seconds_pass(300);
	before = number_in_proc("status", "voluntary_ctxt_switches:");
	seconds_pass(3600);
	switches = number_in_proc("status", "voluntary_ctxt_switches:") - before;
	print_message("# wake-ups in an hour: %lu\n", switches);
	thermometer_plug();
	assert_in_range(switches, 59, 62);
}

/* --- the manual ------------------------------------------------------------------------------- */

#define LINE_SIZE 512

/* The value of an attribute of this element. */
static const char *attribute(const char *element, const char *name, char value[static 64])
{
	char begin[32];
	const char *found;

	snprintf(begin, sizeof begin, " %s=\"", name);
	found = strstr(element, begin);
	assert_non_null(found);
	assert_int_equal(sscanf(found + strlen(begin), "%63[^\"]", value), 1);
	return value;
}

/* The arguments of one direction, as the manual writes them: in "*since* t, *until* t", out "*values* (as), *more* (b)". */
static void add_arguments(const char *element, const char *end, const char *direction, char line[static LINE_SIZE])
{
	bool out = strcmp(direction, "out") == 0;
	char name[64], type[64], is[64];
	const char *before = "";

	for (; (element = strstr(element, "<arg ")) && element < end; element++) {
		size_t length = strlen(line);

		if (strcmp(attribute(element, "direction", is), direction) != 0)
			continue;
		snprintf(line + length, LINE_SIZE - length, "%s*%s* %s%s%s", before, attribute(element, "name", name), out ? "(" : "",
		         attribute(element, "type", type), out ? ")" : "");
		before = ", ";
	}
}

/* Each method stands in org.roomd1.History(5) as the bus describes it. */
static void test_manual(void **state)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	static char page[16384];
	const char *xml, *element;
	unsigned n = 0;

	(void)state;
	assert_return_code(sd_bus_call_method(it->client.bus, HISTORY, "/org/roomd1/History", "org.freedesktop.DBus.Introspectable",
	                                      "Introspect", NULL, &reply, NULL),
	                   EIO);
	assert_return_code(sd_bus_message_read(reply, "s", &xml), EIO);
	file_read(page, sizeof page, "%s/man/org.roomd1.History.5.scd", getenv("SOURCE_ROOT"));
	element = strstr(xml, "<interface name=\"" HISTORY "\">");
	assert_non_null(element);
	for (; (element = strstr(element, "<method ")); n++) {
		const char *end = strstr(element, "</method>");
		char line[LINE_SIZE], name[64];

		assert_non_null(end);
		snprintf(line, sizeof line, "*%s*(", attribute(element, "name", name));
		add_arguments(element, end, "in", line);
		strcat(line, ") → ");
		add_arguments(element, end, "out", line);
		if (!strstr(page, line))
			fail_msg("the manual has no '%s'", line);
		element = end;
	}
	assert_int_equal(n, 5);
}

static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

static const struct CMUnitTest tests[] = {
	TEST(test_edge_and_reading), TEST(test_stopped), TEST(test_killed), TEST(test_hub_away), TEST(test_unavailable),
	TEST(test_costs), TEST(test_manual),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
