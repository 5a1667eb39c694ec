/* The room for Prometheus, on virtual time: what changes shows at the next scrape, what is not known is absent, and whoever comes
 * by HTTP holds nobody up. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bus-room.h"
#include "exposition-check.h"
#include "files.h"
#include "metrics-process.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/cleanup.h"

#define ROOM                                                                     \
	"[MotionSensor hall]\nLine=PIR_HALL\nWarmupSec=0\nLocation=A \"hall\"\n" \
	"[LightController light]\nLine=LIGHT_RELAY\nMotion=hall\nOffDelaySec=10\n"
#define ATTIC "[TemperatureSensor attic]\nDevice=tmp117\nIntervalSec=1\nErrorsUntilUnavailable=1\n"

#define MOTION "roomd_motion{kind=\"motion_sensor\",name=\"hall\",location=\"A \\\"hall\\\"\"}"
#define LIGHT "roomd_on{kind=\"light_controller\",name=\"light\",location=\"light\"}"
#define CELSIUS "roomd_temperature_celsius{kind=\"temperature_sensor\",name=\"attic\",location=\"attic\"}"
#define AVAILABLE "roomd_available{kind=\"temperature_sensor\",name=\"attic\",location=\"attic\"}"

/* Connections that nobody reads or writes. */
#define MANY 1000

static struct metrics_process metrics;
static int connections[MANY];

/* --- asking ---------------------------------------------------------------------------------- */

static const char *scrape(void)
{
	metrics_ask(&metrics, METRICS_GET_OPENMETRICS);
	assert_int_equal(metrics.status, 200);
	assert_int_equal(exposition_check(metrics.body, true), 0);
	return metrics.body;
}

/* NULL: it is absent. */
static void expect(const char *series, const char *value)
{
	const char *is = exposition_value(metrics.body, series);

	if (!is != !value || (is && strcmp(is, value) != 0))
		fail_msg("%s is %s, not %s, in:\n%s", series, is ? is : "absent", value ? value : "absent", metrics.body);
}

static void expect_status(int status, const char *request)
{
	metrics_ask(&metrics, request);
	if (metrics.status != status)
		fail_msg("the answer to '%.60s' is %d, not %d", request, metrics.status, status);
}

/* --- the room -------------------------------------------------------------------------------- */

static void test_edge(void **state)
{
	struct bus_room *it = *state;

	bus_room_start(it, ROOM);
	metrics_start(&metrics, 0);
	scrape(); /* the first one has started it */
	expect("roomd_up", "1");
	expect(MOTION, "0");
	expect(LIGHT, "0");
	expect("roomd_build_info{version=\"" ROOMD_VERSION "\"}", "1");
	assert_non_null(exposition_value(metrics.body, "roomd_edges_total"));
	for (int i = 0; i < 20; i++) {
		bool high = i % 2 == 0;

		sim_chip_pull(&it->room->chip, PIR_HALL, high);
		process_wait(it->roomd, high ? "motion_detected" : "motion_cleared", "hall");
		scrape();
		expect(MOTION, high ? "1" : "0");
		expect(LIGHT, "1");
	}
	expect("roomd_mqtt_connected", NULL);
}

static void test_unplugged(void **state)
{
	struct bus_room *it = *state;

	thermometer_set(20.5);
	bus_room_start(it, ROOM ATTIC);
	metrics_start(&metrics, 0);
	process_wait(it->roomd, "temperature_update", "attic");
	scrape();
	expect(CELSIUS, "20.5");
	expect(AVAILABLE, "1");
	thermometer_unplug();
	process_wait(it->roomd, "sensor_unavailable", "attic");
	scrape();
	expect(CELSIUS, NULL);
	expect(AVAILABLE, "0");
	thermometer_plug();
	thermometer_set(30);
	process_wait(it->roomd, "temperature_update", "attic");
	scrape();
	expect(CELSIUS, "30");
	expect(AVAILABLE, "1");
}

static void test_room_away(void **state)
{
	struct bus_room *it = *state;

	metrics_start(&metrics, 0);
	scrape();
	expect("roomd_up", "0");
	bus_room_start(it, ROOM);
	let_pass_ms(1000);
	scrape();
	expect("roomd_up", "1");
	expect(MOTION, "0");
	bus_room_end(it, BUS_ROOM_KILLED);
	scrape();
	expect("roomd_up", "0");
	expect(MOTION, NULL);
	expect("roomd_edges_total", NULL);
	bus_room_start_successor(it, NULL);
	let_pass_ms(1000);
	scrape();
	expect("roomd_up", "1");
	expect(MOTION, "0");
}

/* It is there, and says nothing: nobody knows what is so. */
static void test_room_hangs(void **state)
{
	struct bus_room *it = *state;

	bus_room_start(it, ROOM);
	metrics_start(&metrics, 0);
	scrape();
	expect(MOTION, "0");
	let_pass_ms(1000);
	kill(it->roomd->pid, SIGSTOP);
	scrape();
	expect("roomd_up", "0");
	expect(MOTION, NULL);
	kill(it->roomd->pid, SIGCONT);
	scrape();
	expect("roomd_up", "1");
	expect(MOTION, "0");
}

/* Nobody asks: it ends, and the next one who asks finds the socket, and the next process there. */
static void test_idle(void **state)
{
	struct bus_room *it = *state;
	int connection;

	bus_room_start(it, ROOM);
	metrics_start(&metrics, 0);
	scrape();
	assert_int_equal(metrics_wait_end(&metrics), 0);
	connection = metrics_dial();
	metrics_send(connection, METRICS_GET, strlen(METRICS_GET));
	metrics_start(&metrics, 0);
	assert_true(metrics_read(&metrics, connection, 60000));
	assert_int_equal(metrics.status, 200);
	assert_int_equal(exposition_check(metrics.body, false), 0);
	expect(MOTION, "0");
	metrics_stop(&metrics);
}

/* --- whoever comes by HTTP ------------------------------------------------------------------- */

static void test_requests(void **state)
{
	static char huge[65536];

	bus_room_start(*state, ROOM);
	metrics_start(&metrics, 0);
	expect_status(404, "GET / HTTP/1.1\r\nHost: pi\r\n\r\n");
	expect_status(404, "GET /metrics/../etc/passwd HTTP/1.1\r\nHost: pi\r\n\r\n");
	expect_status(405, "POST /metrics HTTP/1.1\r\nHost: pi\r\nContent-Length: 1000000000\r\n\r\nabc");
	assert_non_null(strstr(metrics.head, "Allow: GET, HEAD"));
	expect_status(405, "DELETE /metrics HTTP/1.1\r\nHost: pi\r\n\r\n");
	expect_status(200, "HEAD /metrics HTTP/1.1\r\nHost: pi\r\n\r\n");
	assert_string_equal(metrics.body, "");
	expect_status(200, "GET /metrics?x=y HTTP/1.0\r\n\r\n");
	assert_int_equal(exposition_check(metrics.body, false), 0);
	assert_non_null(strstr(metrics.head, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
	memset(huge, 'a', sizeof huge - 1);
	memcpy(huge, "GET /metrics HTTP/1.1\r\nHost: pi\r\nCookie: ", strlen("GET /metrics HTTP/1.1\r\nHost: pi\r\nCookie: "));
	metrics_ask(&metrics, huge);
	assert_int_not_equal(metrics.status, 200);
	metrics_ask(&metrics, "\x16\x03\x01 this is no HTTP\r\n\r\n");
	assert_int_not_equal(metrics.status, 200);
	scrape();
	expect(MOTION, "0");
}

/* Who sends slowly, and who reads nothing, has 20 s. */
static void test_slow(void **state)
{
	int slow, deaf;

	bus_room_start(*state, ROOM);
	metrics_start(&metrics, 0);
	slow = metrics_dial();
	deaf = metrics_dial();
	metrics_send(deaf, METRICS_GET, strlen(METRICS_GET));
	for (int i = 0; i < 25; i++) {
		metrics_send(slow, &"GET /metrics HTTP/1.1\r\nHost: pi\r\n\r\n"[i], 1);
		scrape();
		expect("roomd_up", "1");
		let_pass_ms(1000);
	}
	assert_true(metrics_read(&metrics, slow, 1000));
	assert_int_equal(metrics.status, 0);
	assert_true(metrics_read(&metrics, deaf, 1000));
	assert_int_equal(metrics.status, 200); /* that had come before */
}

static unsigned count_fds(pid_t pid)
{
	char command[64], line[32] = "";
	FILE *pipe;

	snprintf(command, sizeof command, "ls /proc/%d/fd | wc -l", (int)pid);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(line, sizeof line, pipe));
	pclose(pipe);
	return (unsigned)atoi(line);
}

/* A thousand connections, half of which have asked and read nothing: the one who asks and reads is answered. */
static void test_thousand(void **state)
{
	const struct rlimit limit = { 4096, 4096 };

	bus_room_start(*state, ROOM);
	metrics_start(&metrics, 0);
	scrape();
	assert_return_code(setrlimit(RLIMIT_NOFILE, &limit), errno);
	for (int i = 0; i < MANY; i++) {
		connections[i] = metrics_dial();
		if (i % 2 == 0)
			metrics_send(connections[i], METRICS_GET, strlen(METRICS_GET));
	}
	for (int i = 0; i < 5; i++) {
		scrape();
		expect(MOTION, "0");
	}
	assert_in_range(count_fds(metrics.pid), 1, 64 + 32);
	for (int i = 0; i < MANY; i++)
		close(connections[i]);
	scrape();
	metrics_stop(&metrics);
}

static int teardown(void **state)
{
	metrics_clean_up(&metrics);
	return bus_room_teardown(state);
}

static int setup_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

#define METRICS_TEST(test) cmocka_unit_test_setup_teardown(test, bus_room_setup, teardown)

static const struct CMUnitTest tests[] = {
	METRICS_TEST(test_edge),  METRICS_TEST(test_unplugged), METRICS_TEST(test_room_away), METRICS_TEST(test_room_hangs),
	METRICS_TEST(test_idle),  METRICS_TEST(test_requests),  METRICS_TEST(test_slow),      METRICS_TEST(test_thousand),
};

RUN_TESTS_WITH_SETUP(tests, setup_thermometer)
