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
#include "recipes.h"
#include "sim-chip.h"
#include "tap-main.h"
#include "util/cleanup.h"

#define CONFIG "/tmp/try.conf"
#define TEST "/tmp/try.roomtest"
#define OUTPUT "/tmp/try.output"
#define TRACE "/tmp/try.trace"
#define OUTPUT_SIZE (1 << 18)

static char output[OUTPUT_SIZE];

/* --- the program ----------------------------------------------------------------------------- */

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void become(const char *const *arguments)
{
	int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(arguments[0], (char *const *)arguments);
	_exit(127);
}

/* Its exit status; what it says is in `output`. */
static int run(const char *const *arguments)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become(arguments);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	file_read(output, sizeof output, OUTPUT);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int try_test(const char *config, const char *test)
{
	write_text(CONFIG, config);
	write_text(TEST, test);
	return run((const char *const[]){ getenv("ROOMD_TRY"), "--test", TEST, CONFIG, NULL });
}

static void expect_said(const char *text)
{
	if (!strstr(output, text))
		fail_msg("it does not say '%s'; it says:\n%s", text, output);
}

static void expect_status(int status, int wanted)
{
	if (status != wanted)
		fail_msg("its exit status is %d; it says:\n%s", status, output);
}

/* --- configurations that are found in the documents ------------------------------------------ */

/* Each of its lines is there: what has none is unavailable, which the overview says. */
static void expect_comes_up(const char *path)
{
	expect_status(run((const char *const[]){ getenv("ROOMD_TRY"), path, NULL }), 0);
	if (!strstr(output, ", running: ") || strstr(output, "not found"))
		fail_msg("%s does not come up: %s", path, output);
}

static void expect_file_comes_up(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", getenv("SOURCE_ROOT"), name);
	expect_comes_up(path);
}

static void test_examples(void **state)
{
	(void)state;
	expect_file_comes_up("docs/roomd.conf");
	expect_file_comes_up("docs/examples/wiring.conf");
	expect_file_comes_up("docs/examples/wiring-active-low.conf");
}

/* What is indented on the page, but for units of systemd's. */
static void write_recipe(const char *heading)
{
	_cleanup_(cleanup_free) char *section = recipe_section(heading);
	FILE *file = fopen(CONFIG, "we");
	char *state = NULL;

	assert_non_null(file);
	for (char *line = strtok_r(section, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
		if (strncmp(line, "    [Unit]", strlen("    [Unit]")) == 0)
			break;
		if (strncmp(line, "    ", 4) == 0)
			fprintf(file, "%s\n", line + 4);
	}
	assert_int_equal(fclose(file), 0);
}

static void test_recipes(void **state)
{
	static const char *const headings[] = { LIGHT, DEHUMIDIFIER, FAN, FORGOTTEN_WINDOW, PORCH };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(headings); i++) {
		write_recipe(headings[i]);
		expect_comes_up(CONFIG);
	}
}

/* What scripts/demo shows. */
static void test_demo(void **state)
{
	char test[512], config[512];

	(void)state;
	snprintf(config, sizeof config, "%s/tests/demo/room.conf", getenv("SOURCE_ROOT"));
	snprintf(test, sizeof test, "%s/tests/demo/room.roomtest", getenv("SOURCE_ROOT"));
	expect_status(run((const char *const[]){ getenv("ROOMD_TRY"), "--test", test, config, NULL }), 0);
	expect_said("ok 1 - room");
	expect_status(run((const char *const[]){ getenv("ROOMD_TRY"), "--play", test, config, NULL }), 0);
	expect_said("Somebody comes in.");
	expect_said("LightController hall: on  LIGHT_RELAY \u25cf");
	expect_said("\u2714 expect front alert");
	expect_said("roomd: lock_acknowledged (DoorLock front: button)");
	expect_said("all lines are released");
	expect_status(run((const char *const[]){ getenv("ROOMD_TRY"), "--play", test, "--test", test, config, NULL }), 2);
	expect_said("expected --play once");
}

/* --- what a test says ------------------------------------------------------------------------ */

#define HALL "[MotionSensor hall]\nLine=PIR\n[LightController hall]\nLine=LIGHT\nOffDelaySec=2min\n"

static void test_passes(void **state)
{
	(void)state;
	expect_status(try_test(HALL "[IlluminanceSensor garden]\nDevice=bh1750\nIntervalSec=5min\n"
	                            "[Switch lamp]\nLine=LAMP\nOnWhen=garden below 50\n",
	                       "at 22:30:00 motion hall\nexpect within 50ms light hall on\nno motion hall\n"
	                       "after 2min expect light hall off\ngarden 5 lx; expect lamp on\n"),
	              0);
	expect_said("1..1\nok 1 - try");
}

static void test_wrong_expectation(void **state)
{
	(void)state;
	expect_status(try_test(HALL, "start 2027-01-01 20:00:00\nat 22:30:00 motion hall\n# nothing\n"
	                             "after 1min expect light hall off\n"),
	              1);
	expect_said("not ok 1 - try");
	expect_said(TEST ":4: ");
	expect_said("at 2027-01-01 22:31:00.");
	expect_said("expected LightController/hall off; it is: on");
	expect_said("LightController/hall: on, since");
	expect_said("by MotionSensor/hall: motion, since");
}

static void test_wrong_event(void **state)
{
	(void)state;
	expect_status(try_test(HALL, "motion hall\nexpect event light_off hall\n"), 1);
	expect_said("expected an event light_off of hall since something was last done; there were: motion_detected hall, "
	            "light_on hall");
}

static void test_wrong_file(void **state)
{
	(void)state;
	expect_status(try_test(HALL, "motion hal\n"), 2);
	expect_said("did you mean hall?");
	expect_status(try_test("[MotionSensor hall]\n", "motion hall\n"), 2);
	expect_said("Line=");
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
	expect_status(
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
	expect_status(try_test(house, "motion hall; expect light hall on\nrestart; expect light hall on\n"
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

/* --- days ------------------------------------------------------------------------------------ */

/* Nobody sets the clock in days, and it is still right. */
static void test_days(void **state)
{
	(void)state;
	expect_status(try_test(HALL "[Schedule evening]\nFrom=18:00\nTo=20:00\n",
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
	expect_status(try_test(config, year), 0);
	first = strdup(output);
	expect_status(try_test(config, year), 0);
	assert_string_equal(output, first);
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
	write_text(CONFIG, "[MotionSensor hall]\nLine=gpiochip0:17\n[LightController hall]\nLine=LIGHT\n");
	write_text(TEST, "motion hall; expect light hall on\n");
	assert_string_equal(own.device, "gpiochip0");
	expect_status(run((const char *const[]){ "strace", "-f", "-e", "trace=open,openat,openat2,mknod,mknodat,mount", "-o", TRACE,
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
	cmocka_unit_test(test_recipes),
	cmocka_unit_test(test_demo),
	cmocka_unit_test(test_passes),
	cmocka_unit_test(test_wrong_expectation),
	cmocka_unit_test(test_wrong_event),
	cmocka_unit_test(test_wrong_file),
	cmocka_unit_test(test_lines_and_values),
	cmocka_unit_test(test_lives),
	cmocka_unit_test(test_own_lines_are_not_opened),
	cmocka_unit_test(test_days),
	cmocka_unit_test(test_year),
};

RUN_TESTS(tests)
