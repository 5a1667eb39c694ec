/* roomd-try on the test kernel: rooms that are made from their configurations, a year of one, what is said of a wrong
 * expectation, and that nothing of the machine's own is opened. On virtual time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "sim-chip.h"
#include "tap-main.h"
#include "try-process.h"
#include "util/cleanup.h"

#define CONFIG "/tmp/try.conf"
#define TEST "/tmp/try.roomtest"
#define TRACE "/tmp/try.trace"

static int try_test(const char *config, const char *test)
{
	try_write(CONFIG, config);
	try_write(TEST, test);
	return try_run_test(CONFIG, TEST);
}

/* --- configurations that are found in the documents ------------------------------------------ */

static void expect_file_comes_up(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", getenv("SOURCE_ROOT"), name);
	try_expect_comes_up(path);
}

static void test_examples(void **state)
{
	(void)state;
	expect_file_comes_up("docs/roomd.conf");
	expect_file_comes_up("docs/examples/wiring.conf");
	expect_file_comes_up("docs/examples/wiring-active-low.conf");
}

/* What is indented on the page and begins with a component. */
static void test_readme(void **state)
{
	static char page[1 << 16];
	FILE *file = fopen(CONFIG, "we");
	char *position = NULL;
	bool is_config = false;

	(void)state;
	assert_non_null(file);
	file_read(page, sizeof page, "%s/README.md", getenv("SOURCE_ROOT"));
	for (char *line = strtok_r(page, "\n", &position); line; line = strtok_r(NULL, "\n", &position)) {
		is_config = strncmp(line, "    ", 4) == 0 && (is_config || line[4] == '[');
		if (is_config)
			fprintf(file, "%s\n", line + 4);
	}
	assert_int_equal(fclose(file), 0);
	try_expect_comes_up(CONFIG);
	try_expect_said("LightController");
}

/* A building: all of its lines survive a restart, too. */
#define FLOORS 100

static void test_large(void **state)
{
	char *config = NULL, *tail = NULL;
	size_t length;
	FILE *file = open_memstream(&config, &length);

	(void)state;
	assert_non_null(file);
	for (unsigned i = 0; i < FLOORS; i++)
		fprintf(file, "[MotionSensor m%u]\nLine=PIR%u\n[LightController l%u]\nLine=LIGHT%u\nMotion=m%u\n", i, i, i, i, i);
	assert_int_equal(fclose(file), 0);
	try_write(CONFIG, config);
	try_expect_comes_up(CONFIG);
	tail = strstr(try_output, "running: ");
	assert_true(tail && strtoul(tail + strlen("running: "), NULL, 10) == 2 * FLOORS);
	try_expect_status(try_test(config, "motion m99; expect light l99 on; expect light l0 off\n"
	                                   "restart; expect light l99 on; expect no event light_on\n"),
	                  0);
	free(config);
}

/* What scripts/demo shows. */
static void test_demo(void **state)
{
	char test[512], config[512];

	(void)state;
	snprintf(config, sizeof config, "%s/tests/demo/room.conf", getenv("SOURCE_ROOT"));
	snprintf(test, sizeof test, "%s/tests/demo/room.roomtest", getenv("SOURCE_ROOT"));
	try_expect_status(try_run((const char *const[]){ getenv("ROOMD_TRY"), "--test", test, config, NULL }), 0);
	try_expect_said("ok 1 - room");
	try_expect_status(try_run((const char *const[]){ getenv("ROOMD_TRY"), "--play", test, config, NULL }), 0);
	try_expect_said("Somebody comes in.");
	try_expect_said("LightController hall: on  LIGHT_RELAY \u25cf");
	try_expect_said("\u2714 expect front alert");
	try_expect_said("roomd: lock_acknowledged (DoorLock front: button)");
	try_expect_said("all lines are released");
	try_expect_status(try_run((const char *const[]){ getenv("ROOMD_TRY"), "--play", test, "--test", test, config, NULL }), 2);
	try_expect_said("expected --play once");
}

/* --- what a test says ------------------------------------------------------------------------ */

#define HALL "[MotionSensor hall]\nLine=PIR\n[LightController hall]\nLine=LIGHT\nOffDelaySec=2min\n"

static void test_passes(void **state)
{
	(void)state;
	try_expect_status(try_test(HALL "[IlluminanceSensor garden]\nDevice=bh1750\nIntervalSec=5min\n"
	                            "[Switch lamp]\nLine=LAMP\nOnWhen=garden below 50\n",
	                       "at 22:30:00 motion hall\nexpect within 50ms light hall on\nno motion hall\n"
	                       "after 2min expect light hall off\ngarden 5 lx; expect lamp on\n"),
	              0);
	try_expect_said("1..1\nok 1 - try");
}

static void test_wrong_expectation(void **state)
{
	(void)state;
	try_expect_status(try_test(HALL, "start 2027-01-01 20:00:00\nat 22:30:00 motion hall\n# nothing\n"
	                             "after 1min expect light hall off\n"),
	              1);
	try_expect_said("not ok 1 - try");
	try_expect_said(TEST ":4: ");
	try_expect_said("at 2027-01-01 22:31:00.");
	try_expect_said("expected LightController/hall off; it is: on");
	try_expect_said("LightController/hall: on, since");
	try_expect_said("by MotionSensor/hall: motion, since");
}

static void test_wrong_event(void **state)
{
	(void)state;
	try_expect_status(try_test(HALL, "motion hall\nexpect event light_off hall\n"), 1);
	try_expect_said("expected an event light_off of hall since the last action; there were: motion_detected hall, "
	            "light_on hall");
}

static void test_wrong_file(void **state)
{
	(void)state;
	try_expect_status(try_test(HALL, "motion hal\n"), 2);
	try_expect_said("did you mean hall?");
	try_expect_status(try_test("[MotionSensor hall]\n", "motion hall\n"), 2);
	try_expect_said("Line=");
}

/* --- all that there is to simulate ----------------------------------------------------------- */

static const char house[] =
	"[MotionSensor hall]\nLine=gpiochip0:17\nActiveLow=yes\n[MotionSensor gate]\nRemote=far/motion_sensor/gate\n"
	"[TemperatureSensor far]\nRemote=far/temperature_sensor/far\n"
	"[TemperatureSensor rack]\nDevice=hwmon:lm75\nHysteresis=2\n[TemperatureSensor outside]\nDevice=w1:28-0123456789ab\n"
	"[TemperatureSensor room]\nDevice=bme280\n[HumiditySensor room]\nDevice=bme280\n"
	"[ContactSensor window]\nLine=pinctrl-rp1:5\nDebounceSec=50ms\n[Button hall]\nLine=HALL_BUTTON\n"
	"[LightController hall]\nLine=LIGHT\nMotion=hall gate\nButtons=hall\nOffDelaySec=2min\n"
	"[Switch dry]\nLine=DRY\nOnWhen=HumiditySensor/room above 65 and not window open\n"
	"[Fan rack]\nPwm=fe20c000.pwm:1\nTemperature=rack\nOffBelow=35\nFullAbove=55\n"
	"[Fan other]\nPwm=hwmon:pwmfan:pwm1\nTemperature=rack\nOffBelow=30\nFullAbove=50\n"
	"[DoorLock front]\nLedLine=LED\nButtonLine=LOCK_BUTTON\nContact=window\n";

static void test_lines_and_values(void **state)
{
	(void)state;
	try_expect_status(
		try_test(house, "test lines\nmotion hall; expect light hall on\nno motion hall; after 2min; expect light hall off\n"
	                        "motion gate; expect event light_on hall cause=motion by=gate\nno motion gate\n"
	                        "press hall; expect light hall off; expect light hall manual\n"
	                        "test values\nfar 12.5 °C; expect far 12.5 °C\n"
	                        "rack 45; expect TemperatureSensor/rack 45; expect Fan/rack on; expect Fan/other on\n"
	                        "outside -3.5 °C; expect outside below 0\nHumiditySensor/room 70 %; expect dry on\n"
	                        "open window; expect event lock_alert front; expect dry off\nroomctl acknowledge front\n"),
		0);
}

static void test_lives(void **state)
{
	(void)state;
	try_expect_status(try_test(house, "motion hall; expect light hall on\nrestart; expect light hall on\n"
	                              "kill; expect light hall on; expect no event light_on\n"
	                              "roomctl light hall off\nafter 10s\npower loss for 5min\n"
	                              "expect light hall off; expect light hall manual\n"
	                              "unplug TemperatureSensor/room; after 2min; expect TemperatureSensor/room unavailable\n"
	                              "plug TemperatureSensor/room; expect within 2s TemperatureSensor/room available\n"
	                              "unplug Button/hall; expect Button/hall unavailable; expect light hall available\n"
	                              "plug Button/hall; expect within 1s Button/hall available\n"
	                              "unplug gate; expect gate unavailable; plug gate; expect gate available\n"),
	              0);
}

/* --- the broker ------------------------------------------------------------------------------ */

/* What happens meanwhile in other rooms is known afterwards; this room goes on by itself. */
static void test_broker(void **state)
{
	(void)state;
	try_expect_status(try_test(house, "broker away\n"
	                              "expect event sensor_unavailable gate; expect gate unavailable; expect far unavailable\n"
	                              "motion gate; expect light hall off; far 12.5 °C; restart; expect gate unavailable\n"
	                              "motion hall; expect light hall on; no motion hall; after 2min; expect light hall off\n"
	                              "broker back; expect gate motion; expect light hall on; expect far 12.5 °C\n"
	                              "no motion gate; unplug gate; broker away; broker back; expect gate unavailable\n"),
	              0);
	try_expect_status(try_test(house, "broker away; expect gate available\n"), 1);
	try_expect_said("there is no connection to the broker");
}

/* --- days ------------------------------------------------------------------------------------ */

/* Nobody sets the clock in days, and it is still right. */
static void test_days(void **state)
{
	(void)state;
	try_expect_status(try_test(HALL "[Schedule evening]\nFrom=18:00\nTo=20:00\n",
	                       "at 19:00 expect evening active\nat 21:00 expect evening inactive\n"
	                       "after 70h expect evening active\nat 20:00:01 expect evening inactive\n"), 0);
}

/* --- a year ---------------------------------------------------------------------------------- */

static void test_year(void **state)
{
	static const char year[] = "zone Europe/Berlin\nstart 2027-01-01 00:00:00\n"
				   "repeat 120 times\nmotion hall; expect light hall on; after 10min; no motion hall\n"
				   "after 42min expect light hall off\nend\n"
				   "at 2027-07-02 12:00:00 power loss for 1h\nexpect evening active\n"
				   "repeat 118 times\nmotion hall; after 10min; no motion hall; after 40min expect light hall off\nend\n"
				   "power loss\nmotion hall; expect light hall on; no motion hall\n"
				   "at 2027-12-31 23:59:59 expect light hall off\n";
	static const char config[] = HALL "[Schedule evening]\nFrom=11:00\nTo=13:30\n";
	_cleanup_(cleanup_free) char *first = NULL;

	(void)state;
	try_expect_status(try_test(config, year), 0);
	first = strdup(try_output);
	try_expect_status(try_test(config, year), 0);
	assert_string_equal(try_output, first);
}

/* --- the machine's own lines ----------------------------------------------------------------- */

static const char *const own_names[] = { "PIR", "LIGHT", NULL };

static void test_own_lines_are_not_opened(void **state)
{
	struct sim_chip own;
	struct stat st;
	char node[64], device[64];
	_cleanup_(cleanup_free) char *trace = calloc(1, 1 << 23);
	const char *moved, *opened;

	(void)state;
	sim_chip_make(&own, "own", own_names);
	snprintf(node, sizeof node, "/dev/%s", own.device);
	assert_return_code(stat(node, &st), errno);
	snprintf(device, sizeof device, "makedev(%#x, %#x)", major(st.st_rdev), minor(st.st_rdev));
	try_write(CONFIG, "[MotionSensor hall]\nLine=gpiochip0:17\n[LightController hall]\nLine=LIGHT\n");
	try_write(TEST, "motion hall; expect light hall on\n");
	assert_string_equal(own.device, "gpiochip0");
	try_expect_status(try_run((const char *const[]){ "strace", "-f", "-e", "trace=open,openat,openat2,mknod,mknodat,mount", "-o", TRACE,
	                                         getenv("ROOMD_TRY"), "--test", TEST, CONFIG, NULL }),
	              0);
	file_read(trace, 1 << 23, TRACE);
	/* What is opened as gpiochip0 is the node that was made for another chip, in a /dev that has only such ones. */
	moved = strstr(trace, "\"/dev\", NULL, MS_MOVE");
	assert_non_null(moved);
	opened = strstr(trace, "(AT_FDCWD, \"/dev/gpiochip");
	assert_true(opened && opened > moved);
	assert_non_null(strstr(moved, "\"/dev/gpiochip0\", S_IFCHR|0600, makedev("));
	if (strstr(trace, device))
		fail_msg("the machine's own %s, %s, was made", node, device);
	sim_chip_remove(&own);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_examples),
	cmocka_unit_test(test_demo),
	cmocka_unit_test(test_readme),
	cmocka_unit_test(test_large),
	cmocka_unit_test(test_passes),
	cmocka_unit_test(test_wrong_expectation),
	cmocka_unit_test(test_wrong_event),
	cmocka_unit_test(test_wrong_file),
	cmocka_unit_test(test_lines_and_values),
	cmocka_unit_test(test_lives),
	cmocka_unit_test(test_own_lines_are_not_opened),
	cmocka_unit_test(test_broker),
	cmocka_unit_test(test_days),
	cmocka_unit_test(test_year),
};

RUN_TESTS(tests)
