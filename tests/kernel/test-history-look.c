/* An hour of a room, with roomd and roomd-history on one bus, looked at with roomctl history: a table, sums, pictures, what is
 * said where there is nothing. $ROOMD_HISTORY and $ROOMCTL name the binaries. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus-room.h"
#include "files.h"
#include "roomctl-process.h"
#include "roomctl/say.h"
#include "tap-main.h"
#include "thermometer.h"

#define FOLDER "/tmp/history"
#define MINUTE_MS 60000

static const char hall[] = "[MotionSensor hall]\nLine=PIR_HALL\nWarmupSec=0\n"
			   "[TemperatureSensor rack]\nDevice=tmp117\nHigh=30\n";
static const char light[] = "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=1min\n";

static char both[512]; /* configurations */
static struct roomctl_process ctl;

/* --- the room -------------------------------------------------------------------------------- */

static pid_t start_history(struct bus_room *it)
{
	pid_t pid = fork();

	if (pid == 0) {
		int log = open(FOLDER "/log", O_WRONLY | O_CREAT | O_APPEND, 0644);

		dup2(log, STDERR_FILENO);
		setenv("STATE_DIRECTORY", FOLDER, 1);
		execl(getenv("ROOMD_HISTORY"), "roomd-history", (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	client_wait_for_name(&it->client, "org.roomd1.History");
	return pid;
}

static void end_history(pid_t pid, int signal)
{
	assert_return_code(kill(pid, signal), errno);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Ten minutes each: nothing, motion and heat, no thermometer, nothing, no power, nothing. */
static pid_t live_an_hour(struct bus_room *it)
{
	pid_t history = start_history(it);

	process_let_pass_ms(it->roomd, 10 * MINUTE_MS);
	sim_chip_pull(&it->room->chip, PIR_HALL, true);
	thermometer_set(35);
	process_let_pass_ms(it->roomd, 10 * MINUTE_MS);
	sim_chip_pull(&it->room->chip, PIR_HALL, false);
	thermometer_unplug();
	process_let_pass_ms(it->roomd, 10 * MINUTE_MS);
	thermometer_plug();
	thermometer_set(21);
	process_let_pass_ms(it->roomd, 10 * MINUTE_MS);
	end_history(history, SIGKILL);
	bus_room_end(it, BUS_ROOM_POWER_LOST);
	let_pass_ms(10 * MINUTE_MS);
	bus_room_start_successor(it, NULL);
	history = start_history(it);
	process_let_pass_ms(it->roomd, 10 * MINUTE_MS);
	return history;
}

/* --- running it ------------------------------------------------------------------------------ */

static const char *run(int status, const char *words)
{
	int is = roomctl_run(&ctl, 0, words);

	if (is != status)
		fail_msg("roomctl %s: %d, not %d:\n%s%s", words, is, status, ctl.out, ctl.err);
	return ctl.out;
}

static void expect(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("there is no '%s' in:\n%s", words, text);
}

/* The row below the title that begins so, without the axis; valid until the next call. */
static const char *row_below(const char *text, const char *title)
{
	static char row[256];
	const char *start = strstr(text, title);

	if (!start || !(start = strchr(start, '\n')))
		fail_msg("there is no '%s' in:\n%s", title, text);
	snprintf(row, sizeof row, "%.*s", (int)strcspn(start + 1, "\n"), start + 1);
	return row + strspn(row, " |");
}

/* Each of the marks, so often one after the other at least. */
static void expect_runs(const char *row, const char *marks, size_t least)
{
	const char *at = row;

	for (; *marks; marks++) {
		size_t n = 0;

		while (*at && *at != *marks)
			at++;
		for (; *at == *marks; at++)
			n++;
		if (n < least)
			fail_msg("not %zu of '%c' in: %s", least, *marks, row);
	}
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *found = NULL;

	if (!json_object_object_get_ex(object, key, &found))
		fail_msg("there is no %s in %s", key, json_object_to_json_string(object));
	return found;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void check_plot(void)
{
	const char *text = run(STATUS_DONE, "history hall rack --since -60min --plot");

	expect(text, "motion_sensor/hall Motion: on for 1");
	expect(text, "light_controller/hall On: on for 1");
	expect(text, "temperature_sensor/rack Value (C): 2");
	expect(text, "limits: high 30");
	expect(text, "empty: nothing is known");
	expect_runs(row_below(text, "motion_sensor/hall Motion"), "_#_ _", 5);
	expect_runs(row_below(text, "light_controller/hall On"), "_#_ _", 5);
	/* On a terminal of 80 columns: a line of each number, none across what is not known. */
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80);
}

static void check_values(void)
{
	const char *text = run(STATUS_DONE, "history rack --since -60min --property value --csv");

	assert_int_equal(strncmp(text, "time,component,property,value,unit,state,mean_of_seconds\r\n", 58), 0);
	expect(text, ",temperature_sensor/rack,Value,35,°C,known,0\r\n");
	expect(text, ",temperature_sensor/rack,Value,,°C,unavailable,0\r\n");
	expect(text, ",temperature_sensor/rack,Value,,°C,gap,0\r\n");
	text = run(STATUS_DONE, "history hall --since -60min --property Motion");
	expect(text, "motion_sensor/hall  Motion    yes\n");
	expect(text, "motion_sensor/hall  Motion    no\n");
}

/* Motion was for ten minutes, once; power was away for ten. */
static void check_sums(void)
{
	struct json_object *all =
		json_tokener_parse(run(STATUS_DONE, "history MotionSensor/hall --property motion --since -60min --sum --json"));
	struct json_object *series = json_object_array_get_idx(member(all, "series"), 0), *sum = member(series, "sum");

	assert_string_equal(json_object_get_string(member(series, "component")), "motion_sensor/hall");
	assert_int_equal(json_object_get_int64(member(sum, "times")), 1);
	assert_in_range(json_object_get_int64(member(sum, "on_usec")), 599000000, 601000000);
	assert_in_range(json_object_get_int64(member(sum, "unknown_usec")), 590000000, 720000000);
	json_object_put(all);
	expect(run(STATUS_DONE, "history rack --since -60min --sum"), "WHAT ");
	expect(ctl.out, "35.0");
}

static void check_json(void)
{
	struct json_object *all = json_tokener_parse(run(STATUS_DONE, "history rack --since -60min --json --property value"));
	struct json_object *series = json_object_array_get_idx(member(all, "series"), 0);

	assert_string_equal(json_object_get_string(member(series, "unit")), "°C");
	assert_true(json_object_get_double(member(member(series, "limits"), "high")) == 30);
	assert_true(json_object_array_length(member(series, "values")) >= 4);
	json_object_put(all);
}

static void check_svg(void)
{
	static char svg[65536];

	run(STATUS_DONE, "history hall rack --since -60min --svg " FOLDER "/a.svg");
	file_read(svg, sizeof svg, FOLDER "/a.svg");
	assert_int_equal(strncmp(svg, "<svg ", 5), 0);
	expect(svg, "stroke=\"#c00\"");
	expect(svg, ">unavailable</title>");
	expect(svg, "</svg>");
}

static void check_what_is_wrong(void)
{
	run(STATUS_NO_COMPONENT, "history hal");
	expect(ctl.err, "did you mean 'hall'?");
	run(STATUS_NO_COMPONENT, "history hall --property motoin");
	expect(ctl.err, "did you mean 'Motion'?");
	run(STATUS_USAGE, "history hall --since now --until today");
	expect(ctl.err, "has to be before --until");
	run(STATUS_NOTHING_TO_DO, "history hall --since @86400 --until @172800 --plot");
	expect(ctl.err, "nothing is recorded from 1970-01-02 00:00:00 to 1970-01-03 00:00:00; there is history from 2026-");
	run(STATUS_FAILED, "history hall --svg /no/such/file");
	expect(ctl.err, "/no/such/file cannot be written: No such file or directory");
}

static void test_an_hour(void **state)
{
	struct bus_room *it = *state;
	pid_t history;

	bus_room_start(it, both);
	history = live_an_hour(it);
	check_plot();
	check_values();
	check_sums();
	check_json();
	check_svg();
	check_what_is_wrong();
	/* What the room has no more, the history still has. */
	process_reload(it->roomd, hall);
	expect(run(STATUS_DONE, "history light_controller/hall --since -90min --sum"), "light_controller/hall On");
	end_history(history, SIGTERM);
	run(STATUS_NOT_RUNNING, "history hall");
	expect(ctl.err, "systemctl enable --now roomd-history");
}

static int setup(void **state)
{
	snprintf(both, sizeof both, "%s%s", hall, light);
	assert_return_code(mkdir(FOLDER, 0755), errno);
	setenv("LC_ALL", "C", 1);
	setenv("COLUMNS", "80", 1);
	return roomctl_setup(state);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_an_hour, bus_room_setup, bus_room_teardown),
};

RUN_TESTS_WITH_SETUP(tests, setup)
