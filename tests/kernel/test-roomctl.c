/* roomctl against roomd on a bus of their own: what it shows, in pipes and on terminals, what it does to
 * lines, and how it ends. $ROOMCTL names the binary. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "i2c-stub.h"
#include "io/gpio.h"
#include "message-bus.h"
#include "room-fixture.h"
#include "roomctl-process.h"
#include "roomctl/say.h"
#include "client/text.h"
#include "tap-main.h"
#include "thermometer.h"

#define TEXT_SIZE 32768
#define PCA9685 0x40
#define PERIOD_NS 1000000

static const char config[] = "[MotionSensor hall]\n"
			     "Line=PIR_HALL\n"
			     "Location=The hall, which has a name that is too long for a column of a table\n"
			     "[LightController hall]\n"
			     "Line=LIGHT_RELAY\n"
			     "Location=Küche\n"
			     "OffDelaySec=10s\n"
			     "[LightController porch]\n"
			     "Line=NO_SUCH_LINE\n"
			     "[DoorLock front]\n"
			     "LedLine=LOCK_LED\n"
			     "Motion=hall\n";

/* One with a speed, and one behind a relay. */
static const char fans[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
			   "[LightController hall]\nLine=LIGHT_RELAY\n"
			   "[TemperatureSensor rack]\nDevice=tmp117\n"
			   "[Fan rack]\nPwm=pwmchip0:0\nPwmHertz=1000\nTemperature=rack\nOffBelow=40\nFullAbove=60\n"
			   "[Fan cellar]\nLine=PORCH_RELAY\nTemperature=rack\nOffBelow=40\nFullAbove=60\n";

struct house {
	struct room_fixture *room;
	struct message_bus bus;
};

static char out[TEXT_SIZE], err[TEXT_SIZE];

/* --- running it ------------------------------------------------------------------------------ */

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static void redirect(int fd, const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(126);
}

/* Runs roomctl to its end; `out` and `err` have what it wrote. Returns its exit status. */
static int run_as(uid_t uid, const char *words)
{
	pid_t pid;
	int status;

	pid = fork();
	if (pid == 0) {
		redirect(STDOUT_FILENO, "/tmp/roomctl.out");
		redirect(STDERR_FILENO, "/tmp/roomctl.err");
		if (uid != 0 && (setgid(uid) < 0 || setuid(uid) < 0))
			_exit(126);
		roomctl_become(words);
	}
	status = wait_for(pid);
	file_read(out, sizeof out, "/tmp/roomctl.out");
	file_read(err, sizeof err, "/tmp/roomctl.err");
	return status;
}

static int run(const char *words)
{
	return run_as(0, words);
}

/* The same on a terminal of so many columns; `out` has both outputs. */
static int run_on_terminal(unsigned short columns, const char *words)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	size_t length = 0;
	ssize_t n;
	int terminal;
	pid_t pid;

	pid = forkpty(&terminal, NULL, NULL, &size);
	if (pid == 0)
		roomctl_become(words);
	while (length < sizeof out - 1 && (n = read(terminal, out + length, sizeof out - 1 - length)) > 0)
		length += (size_t)n;
	out[length] = '\0';
	close(terminal);
	return wait_for(pid);
}

static void expect(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("there is no '%s' in:\n%s\nand on standard error:\n%s", words, text, err);
}

static void expect_run(int status, const char *words)
{
	int r = run(words);

	if (r != status)
		fail_msg("roomctl %s: exit status %d, not %d:\n%s\n%s", words, r, status, out, err);
}

/* It fails so, with this sentence and no other output. */
static void expect_sentence(int status, const char *words, const char *sentence)
{
	expect_run(status, words);
	assert_string_equal(err, sentence);
	assert_string_equal(out, "");
}

/* --- the house ------------------------------------------------------------------------------- */

static void start_roomd(struct house *house, const char *text)
{
	process_start(&house->room->roomd, text);
	for (int i = 0; i < 1000 && run("list") == STATUS_NOT_RUNNING; i++)
		let_pass_ms(10);
	expect_run(STATUS_DONE, "list");
}

static void stop_roomd(struct house *house)
{
	process_stop(&house->room->roomd);
	process_clean_up(&house->room->roomd);
}

static int house_setup(void **state)
{
	struct house *house = calloc(1, sizeof *house);

	assert_non_null(house);
	room_setup((void **)&house->room);
	message_bus_start(&house->bus);
	setenv("TERM", "xterm", 1);
	start_roomd(house, config);
	*state = house;
	return 0;
}

static int house_teardown(void **state)
{
	struct house *house = *state;

	room_teardown((void **)&house->room);
	message_bus_stop(&house->bus);
	free(house);
	return 0;
}

#define HOUSE_TEST(test) cmocka_unit_test_setup_teardown(test, house_setup, house_teardown)

/* --- looking --------------------------------------------------------------------------------- */

static void test_the_room_at_a_glance(void **state)
{
	(void)state;
	expect_run(STATUS_DONE, "");
	assert_string_equal(err, "");
	expect(out, "● roomd " ROOMD_VERSION ", degraded: 1 of 4 components unavailable\n\n"
	            "NAME   KIND             LOCATION ");
	expect(out, "\nhall   MotionSensor     The hall, which has a name that is too long for a column of a "
	            "table  no motion\n");
	expect(out, "\nporch  LightController  porch ");
	expect(out, " off, unavailable\n");
	expect(out, "\n\n× LightController/porch: line NO_SUCH_LINE: ");
	expect(out, "\n  'sudo roomctl find' shows all lines. Correct the name, ");
	assert_null(strchr(out, '\x1b'));
	expect_run(STATUS_DONE, "--no-legend");
	assert_true(strncmp(out, "hall   MotionSensor ", strlen("hall   MotionSensor ")) == 0);
}

static void test_list(void **state)
{
	(void)state;
	expect_run(STATUS_DONE, "list");
	assert_true(strncmp(out, "NAME   KIND ", strlen("NAME   KIND ")) == 0);
	expect(out, "off, unavailable: line NO_SUCH_LINE: ");
	expect_run(STATUS_DONE, "list --can=lock --no-legend");
	assert_string_equal(out, "front  DoorLock  front  locked");
	expect_run(STATUS_DONE, "list --can=light --no-legend");
	expect(out, "hall   LightController");
	assert_null(strstr(out, "MotionSensor"));
	expect_sentence(
		STATUS_USAGE, "list --can=lihgt",
		"roomctl: --can=lihgt: expected on, off, auto, light, lock, unlock, open or acknowledge; did you mean 'light'?");
}

static void test_show(void **state)
{
	(void)state;
	expect_run(STATUS_DONE, "show hall front");
	expect(out, "MotionSensor/hall\n");
	expect(out, "\n\nLightController/hall\n");
	expect(out, "\n         Location: Küche\n            State: off\n        Available: yes\n");
	expect(out, "\n             Mode: automatic\n");
	expect(out, "\n    Configuration: Location=Küche\n                   Line=LIGHT_RELAY\n");
	expect(out, "\n                   OffDelaySec=10s\n");
	expect(out, "\n\nDoorLock/front\n");
	expect(out, "\n           Locked: yes\n");
	expect_run(STATUS_DONE, "show light_controller/hall");
	assert_true(strncmp(out, "LightController/hall\n", strlen("LightController/hall\n")) == 0);
	assert_null(strstr(out, "MotionSensor/"));
}

/* The time by hand is shown as people read it, and its end is seen. */
static void test_show_times(void **state)
{
	(void)state;
	expect_run(STATUS_DONE, "show LightController/hall");
	expect(out, "\n      ManualUntil: -\n");
	expect_run(STATUS_DONE, "light hall on --for=90min");
	expect_run(STATUS_DONE, "show LightController/hall");
	expect(out, "\n      ManualUntil: 2026-01-01 01:3");
	expect(out, " (in 1h 30min)\n");
}

/* --- terminals ------------------------------------------------------------------------------- */

/* Takes the colours out of `out`, and the carriage returns of the terminal. */
static void strip(void)
{
	char *to = out;

	for (const char *from = out; *from; from++) {
		if (*from == '\x1b')
			from += strcspn(from, "m");
		else if (*from != '\r')
			*to++ = *from;
	}
	*to = '\0';
}

static const char *const forms[] = {
	"",      "list",           "show hall front porch", "--help", "show nobody", "list --can=light",
	"lihgt", "light front on",
};

static void test_every_line_has_room_on_a_terminal(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(forms); i++) {
		run_on_terminal(80, forms[i]);
		strip();
		for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
			if (text_width(line) > 80) {
				print_error("roomctl %s: %s\n", forms[i], line);
				wrong++;
			}
	}
	assert_int_equal(wrong, 0);
}

static void test_what_has_no_room_is_cut(void **state)
{
	(void)state;
	run_on_terminal(80, "list --no-legend");
	expect(out, "The hall, which has a name th");
	expect(out, "…");
	run_on_terminal(80, "list --full");
	assert_null(strstr(out, "…"));
	expect(out, "too long for a column of a table");
	run_on_terminal(200, "list");
	assert_null(strstr(out, "…"));
}

static void test_colours(void **state)
{
	(void)state;
	run_on_terminal(80, "");
	expect(out, "\x1b[1;33m●\x1b[0m");
	expect(out, "\x1b[1;31moff, unavailable\x1b[0m");
	setenv("NO_COLOR", "1", 1);
	run_on_terminal(80, "");
	assert_null(strchr(out, '\x1b'));
	setenv("SYSTEMD_COLORS", "1", 1);
	run("");
	expect(out, "\x1b[1;33m●\x1b[0m");
	setenv("SYSTEMD_COLORS", "0", 1);
	unsetenv("NO_COLOR");
	run_on_terminal(80, "");
	assert_null(strchr(out, '\x1b'));
	unsetenv("SYSTEMD_COLORS");
	setenv("TERM", "dumb", 1);
	run_on_terminal(80, "");
	assert_null(strchr(out, '\x1b'));
}

/* What whoever holds a line may call itself, and a terminal must not see: a control sequence of Unicode, text
 * turned around. */
static void test_nothing_steers_the_terminal(void **state)
{
	static const char *const words[] = { "", "show hall", "--json", "show hall --json=pretty" };
	const struct gpio_settings settings = { .line = "PIR_HALL",
		                                .consumer = "x\xc2\x9b"
		                                            "2Jy\xe2\x80\xaez" };
	_cleanup_(gpio_closep) struct gpio_line *holder = NULL;
	struct house *house = *state;

	stop_roomd(house);
	assert_int_equal(gpio_open_input(&settings, &holder, NULL), 0);
	start_roomd(house, "[MotionSensor hall]\nLine=PIR_HALL\n");
	for (size_t i = 0; i < ELEMENTS(words); i++) {
		expect_run(STATUS_DONE, words[i]);
		expect(out, "x\\u009b2Jy\\u202ez");
		assert_null(strstr(out, "\xc2\x9b"));
		assert_null(strstr(out, "\xe2\x80\xae"));
	}
}

/* --- JSON ------------------------------------------------------------------------------------ */

static struct json_object *run_json(const char *words)
{
	struct json_object *json;

	expect_run(STATUS_DONE, words);
	json = json_tokener_parse(out);
	if (!json)
		fail_msg("roomctl %s: not JSON:\n%s", words, out);
	return json;
}

static struct json_object *member(const struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		fail_msg("no member %s", key);
	return value;
}

static void test_json(void **state)
{
	struct json_object *json = run_json("--json"), *components, *light;

	(void)state;
	assert_null(strchr(out, '\n'));
	assert_string_equal(json_object_get_string(member(member(json, "service"), "version")),
	                    ROOMD_VERSION);
	assert_string_equal(json_object_get_string(member(member(json, "service"), "state")), "degraded");
	member(member(json, "service"), "edges_lost");
	components = member(json, "components");
	assert_int_equal(json_object_array_length(components), 4);
	light = json_object_array_get_idx(components, 1); /* as in the configuration */
	assert_string_equal(json_object_get_string(member(light, "kind")), "LightController");
	assert_string_equal(json_object_get_string(member(light, "name")), "hall");
	assert_string_equal(json_object_get_string(member(light, "location")), "Küche");
	assert_true(json_object_get_boolean(member(light, "available")));
	assert_string_equal(json_object_get_string(member(light, "summary")), "off");
	assert_false(json_object_get_boolean(member(member(light, "properties"), "On")));
	assert_string_equal(json_object_get_string(member(member(light, "configuration"), "OffDelaySec")),
	                    "10s");
	assert_string_equal(json_object_get_string(member(light, "path")),
	                    "/org/roomd1/light_controller/hall");
	assert_string_equal(json_object_get_string(member(light, "interface")), "org.roomd1.LightController");
	member(light, "reason");
	member(light, "device_since");
	assert_false(json_object_object_get_ex(light, "next", NULL));
	light = json_object_array_get_idx(components, 2);
	assert_false(json_object_get_boolean(member(light, "available")));
	assert_false(json_object_object_get_ex(light, "device_since", NULL));
	assert_string_not_equal(json_object_get_string(member(light, "next")), "");
	json_object_put(json);
}

static void test_json_of_every_form(void **state)
{
	static const char *const words[] = {
		"list --json=short",
		"list --json=pretty",
		"show hall -j",
		"show front --json",
		"light hall off --json",
		"why LightController/hall --json",
		"lock front --json",
		"check-config --json /tmp/empty.conf",
	};
	struct json_object *json;

	(void)state;
	assert_int_equal(fclose(fopen("/tmp/empty.conf", "w")), 0);
	for (size_t i = 0; i < ELEMENTS(words); i++)
		json_object_put(run_json(words[i]));
	json = run_json("show hall --json=pretty");
	assert_non_null(strchr(out, '\n'));
	assert_int_equal(json_object_array_length(json), 2);
	json_object_put(json);
	expect_run(STATUS_DONE, "list --json --json=off");
	assert_true(strncmp(out, "NAME", 4) == 0);
	/* For people on a terminal, for programs in a pipe. */
	run_on_terminal(80, "list -j");
	assert_true(strncmp(out, "[\r\n", 3) == 0);
	expect_run(STATUS_DONE, "list -j");
	assert_null(strchr(out, '\n'));
}

/* --- doing ----------------------------------------------------------------------------------- */

static void test_light(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;

	expect_run(STATUS_DONE, "light hall on");
	assert_string_equal(out, "");
	assert_string_equal(err, "");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	expect_run(STATUS_DONE, "list --can=light");
	expect(out, "on, manual");
	expect_run(STATUS_DONE, "light LightController/hall off");
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	/* By hand it stays as it is, whoever moves; then it is automatic again. */
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	expect_run(STATUS_DONE, "light hall auto");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
}

/* What can be switched, whatever its kind is. */
static void test_switching(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;

	expect_run(STATUS_DONE, "on hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	expect_run(STATUS_DONE, "off hall --for=5min");
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	expect_run(STATUS_DONE, "why LightController/hall");
	expect(out, "next: automatic again: ");
	expect(out, "(in 5min)");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	expect_run(STATUS_DONE, "auto LightController/hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	expect_run(STATUS_USAGE, "auto hall --for=5min");
	expect_run(STATUS_NO_COMPONENT, "on front");
}

static unsigned long duty_cycle(void)
{
	char text[32];

	file_read(text, sizeof text, "/sys/class/pwm/pwmchip0/pwm0/duty_cycle");
	return strtoul(text, NULL, 10);
}

/* What the kernel has of it, once the thread has written it. */
static void expect_percent(unsigned percent)
{
	const unsigned long expected = PERIOD_NS / 100 * percent;

	for (int i = 0; i < 1000 && duty_cycle() != expected; i++)
		let_pass_ms(1);
	assert_int_equal(duty_cycle(), expected);
}

static int setup_fans(void **state)
{
	struct house *house;

	house_setup(state);
	house = *state;
	i2c_stub_plug(PCA9685, "pca9685");
	stop_roomd(house);
	start_roomd(house, fans);
	process_wait(&house->room->roomd, "temperature_update", "rack");
	return 0;
}

static int teardown_fans(void **state)
{
	struct house *house = *state;

	stop_roomd(house);
	i2c_stub_unplug(PCA9685);
	return house_teardown(state);
}

/* A fan's, on a channel of a PCA9685, until it is automatic again; at 25 °C it stands still. */
static void test_speed(void **state)
{
	(void)state;
	expect_sentence(STATUS_DONE, "on rack --speed 60%", "");
	expect_percent(60);
	expect_run(STATUS_DONE, "list --no-legend");
	expect(out, "60 %, manual");
	expect_run(STATUS_DONE, "on rack --speed=25");
	expect_percent(25);
	expect_run(STATUS_DONE, "on rack --speed=0");
	expect_percent(0);
	expect_run(STATUS_DONE, "on rack");
	expect_percent(100);
	expect_run(STATUS_DONE, "auto rack");
	expect_percent(0);
}

/* What has none is named with its kind; what stands behind a relay, the service knows. */
static void test_no_speed(void **state)
{
	(void)state;
	expect_sentence(STATUS_USAGE, "on rack --speed=60 --for=5min",
	                "roomctl: --for cannot be given with --speed: a speed stays until 'roomctl auto'");
	expect_sentence(STATUS_NO_COMPONENT, "on hall --speed=60",
	                "roomctl: 'roomctl on --speed' is not for 'hall' (MotionSensor, LightController)");
	expect_sentence(STATUS_NO_COMPONENT, "on rock --speed=60",
	                "roomctl: there is no component 'rock'; did you mean 'rack'?");
	expect_sentence(STATUS_USAGE, "on cellar --speed=60",
	                "roomctl: expected 0 or 100 %, as it is behind a relay, got 60");
}

/* Each because of the next; and as JSON a chain for each that was named. */
static void test_why(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;
	struct json_object *json, *chain;

	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	expect_run(STATUS_DONE, "why LightController/hall");
	expect(out, "LightController/hall: on, since ");
	expect(out, ": motion\n  by MotionSensor/hall: motion, since ");
	expect(out, ": its line says so\n  next: off when there has been no motion for 10s");
	json = run_json("why LightController/hall front --json");
	assert_int_equal(json_object_array_length(json), 2);
	chain = json_object_array_get_idx(json, 0);
	assert_int_equal(json_object_array_length(chain), 2);
	assert_string_equal(json_object_get_string(member(json_object_array_get_idx(chain, 1), "name")), "hall");
	json_object_put(json);
	expect_run(STATUS_NO_COMPONENT, "why nobody");
}

static void test_light_for_a_time(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;

	expect_run(STATUS_DONE, "light hall on --for=5min");
	process_let_pass_ms(&room->roomd, 299000);
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
	process_let_pass_ms(&room->roomd, 2000);
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
}

static void test_lock(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;

	assert_true(sim_chip_level(&room->chip, LOCK_LED));
	expect_run(STATUS_DONE, "unlock front");
	process_wait(&room->roomd, "unlocked", "front");
	assert_false(sim_chip_level(&room->chip, LOCK_LED));
	expect_run(STATUS_DONE, "lock front");
	process_wait(&room->roomd, "locked", "front");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	expect_run(STATUS_DONE, "list --can=lock");
	expect(out, "locked, ALERT");
	run_on_terminal(80, "list");
	expect(out, "\x1b[1;31mlocked, ALERT\x1b[0m");
	expect_run(STATUS_DONE, "acknowledge front");
	process_wait(&room->roomd, "lock_acknowledged", "front");
	expect_sentence(STATUS_NOTHING_TO_DO, "acknowledge front", "roomctl: no alert is open");
	expect_sentence(STATUS_NOTHING_TO_DO, "acknowledge front --quiet", "");
	expect_sentence(STATUS_USAGE, "open front", "roomctl: expected a lock with an electric strike (StrikeLine=)");
}

/* --- what can go wrong ----------------------------------------------------------------------- */

static void test_names(void **state)
{
	struct house *house = *state;

	expect_sentence(STATUS_NO_COMPONENT, "show frnt",
	                "roomctl: there is no component 'frnt'; did you mean 'front'?");
	expect_sentence(STATUS_NO_COMPONENT, "show garden",
	                "roomctl: there is no component 'garden'; 'roomctl list' shows all");
	expect_sentence(STATUS_NO_COMPONENT, "monitor DoorLock/hall",
	                "roomctl: there is no component 'DoorLock/hall'; did you mean 'DoorLock/front'?");
	expect_sentence(STATUS_NO_COMPONENT, "light hal on",
	                "roomctl: there is no component 'hal'; did you mean 'hall'?");
	expect_sentence(STATUS_NO_COMPONENT, "unlock hall",
	                "roomctl: 'roomctl unlock' is not for 'hall'; see 'roomctl list --can=unlock'");
	stop_roomd(house);
	start_roomd(house, "");
	expect_sentence(STATUS_NO_COMPONENT, "show hall",
	                "roomctl: there is no component 'hall', and no other; 'sudo roomctl find' shows what is wired here, "
	                "'sudo roomctl init' writes a first configuration");
	expect_run(STATUS_DONE, "");
	assert_string_equal(out, "● roomd " ROOMD_VERSION ", running: 0 components\n\n"
	                         "There is no component yet: 'sudo roomctl find' shows what is wired here, 'sudo roomctl init' "
	                         "writes a first configuration.");
}

static void test_the_command_line(void **state)
{
	(void)state;
	expect_sentence(STATUS_USAGE, "unlok front",
	                "roomctl: there is no verb 'unlok'; did you mean 'unlock'?");
	expect_sentence(STATUS_USAGE, "light hall dim",
	                "roomctl: a light can be switched on, off or auto, not 'dim'");
	expect_sentence(STATUS_USAGE, "light hall auto --for=5s",
	                "roomctl: --for is for on and off; auto has no end");
	/* What only the service knows. */
	expect_sentence(STATUS_USAGE, "light hall on --for=11y",
	                "roomctl: expected a time from 1 µs to 10 years, in µs, got 347133600000000");
	expect_run(STATUS_DONE, "--version");
	assert_string_equal(out, "roomctl " ROOMD_VERSION);
}

static void test_no_service(void **state)
{
	static const char *const words[] = { "",           "list",  "show hall", "monitor", "light hall on",
		                             "lock front", "reload" };
	struct house *house = *state;

	stop_roomd(house);
	for (size_t i = 0; i < ELEMENTS(words); i++)
		expect_sentence(
			STATUS_NOT_RUNNING, words[i],
			"roomctl: roomd does not run (no org.roomd1 on the bus); start it with: systemctl "
			"start roomd; nothing is configured yet: 'sudo roomctl find' shows what is wired here, 'sudo roomctl "
			"init' writes a first configuration");
	message_bus_stop(&house->bus);
	expect_sentence(STATUS_NOT_RUNNING, "list",
	                "roomctl: the system bus cannot be reached: No such file or directory; see whether it runs: "
	                "systemctl status dbus");
}

/* Everybody may look; without polkit root and the group roomd may do things. */
static void test_refused(void **state)
{
	static const char *const words[] = { "light hall on", "lock front", "unlock front",
		                             "acknowledge front", "reload" };
	struct room_fixture *room = ((struct house *)*state)->room;
	const struct passwd *nobody = getpwnam("nobody");

	assert_non_null(nobody);
	assert_int_equal(run_as(nobody->pw_uid, "show hall"), STATUS_DONE);
	for (size_t i = 0; i < ELEMENTS(words); i++) {
		assert_int_equal(run_as(nobody->pw_uid, words[i]), STATUS_REFUSED);
		expect(err, "roomctl: refused");
		expect(err, "; this needs root, the group roomd, or authorization by polkit");
	}
	assert_false(sim_chip_level(&room->chip, LIGHT_RELAY));
	assert_true(sim_chip_level(&room->chip, LOCK_LED));
}

static void test_output_that_cannot_be_written(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		redirect(STDERR_FILENO, "/tmp/roomctl.err");
		redirect(STDOUT_FILENO, "/dev/full");
		roomctl_become("list");
	}
	assert_int_equal(wait_for(pid), STATUS_FAILED);
	file_read(err, sizeof err, "/tmp/roomctl.err");
	assert_string_equal(err, "roomctl: standard output cannot be written: No space left on device");
}

/* --- configurations -------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Runs roomd; `expected` gets what it wrote. */
static int run_roomd(const char *path, char *expected, size_t size)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		redirect(STDOUT_FILENO, "/tmp/roomd.out");
		redirect(STDERR_FILENO, "/tmp/roomd.out");
		execl(getenv("ROOMD"), "roomd", "--check-config", path, (char *)NULL);
		_exit(127);
	}
	status = wait_for(pid);
	file_read(expected, size, "/tmp/roomd.out");
	return status;
}

/* As roomd says it, and without the service. */
static void test_check_config(void **state)
{
	static const char wrong[] = "[MotionSensor hall]\nLine=\n[Lamp x]\n";
	struct house *house = *state;
	char expected[TEXT_SIZE];
	struct json_object *json;

	stop_roomd(house);
	write_file("/tmp/wrong.conf", wrong);
	write_file("/tmp/good.conf", config);
	assert_int_equal(run_roomd("/tmp/wrong.conf", expected, sizeof expected), STATUS_CONFIG);
	expect_sentence(STATUS_CONFIG, "check-config /tmp/wrong.conf", expected);
	assert_int_equal(run_roomd("/tmp/good.conf", expected, sizeof expected), STATUS_DONE);
	expect_run(STATUS_DONE, "check-config /tmp/good.conf");
	assert_string_equal(out, expected);
	assert_string_equal(err, "");

	expect_run(STATUS_CONFIG, "check-config --json /tmp/wrong.conf");
	json = json_tokener_parse(out);
	assert_false(json_object_get_boolean(member(json, "valid")));
	assert_int_equal(json_object_array_length(member(json, "errors")), 2);
	json_object_put(json);
	json = run_json("check-config --json /tmp/good.conf");
	assert_true(json_object_get_boolean(member(json, "valid")));
	assert_int_equal(json_object_array_length(member(json, "components")), 4);
	json_object_put(json);
}

/* As long as a line may be, all of it is shown. */
static void test_long_values(void **state)
{
	struct house *house = *state;
	char text[8192], location[4096], words[4200];

	stop_roomd(house);
	snprintf(location, sizeof location, "The hall,   %04074d", 0);
	snprintf(text, sizeof text,
	         "[MotionSensor hall]\nLine=PIR_HALL\nLocation=The hall, \\\n# downstairs\n %s\n",
	         location + strlen("The hall,   "));
	write_file("/tmp/good.conf", text);
	snprintf(words, sizeof words, "\nLocation=%s\n", location);
	expect_run(STATUS_DONE, "check-config /tmp/good.conf");
	expect(out, words);
	snprintf(words, sizeof words, "\"Location\":\"%s\"", location);
	expect_run(STATUS_DONE, "check-config --json=short /tmp/good.conf");
	expect(out, words);
	start_roomd(house, text);
	expect_run(STATUS_DONE, "show hall");
	expect(out, location);
	expect_run(STATUS_DONE, "show hall --json=short");
	expect(out, words);
}

/* --- a service that answers as a test wants --------------------------------------------------- */

struct answer {
	const char *error, *message;
};

static int on_reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	const struct answer *answer = userdata;

	(void)error;
	return answer->error ? sd_bus_reply_method_errorf(call, answer->error, "%s", answer->message)
	                     : sd_bus_reply_method_return(call, NULL);
}

/* In place of roomd: a manager that can be reloaded, or refuses. */
static pid_t pretend(const struct answer *answer)
{
	static const sd_bus_vtable vtable[] = {
		SD_BUS_VTABLE_START(0),
		SD_BUS_METHOD("Reload", NULL, NULL, on_reload, SD_BUS_VTABLE_UNPRIVILEGED),
		SD_BUS_VTABLE_END,
	};
	pid_t pid = fork();
	sd_bus *bus;

	if (pid > 0) {
		while (run("reload") == STATUS_NOT_RUNNING)
			let_pass_ms(10);
		return pid;
	}
	if (sd_bus_open_system(&bus) < 0 ||
	    sd_bus_add_object_vtable(bus, NULL, "/org/roomd1", "org.roomd1.Manager", vtable, (void *)answer) <
	            0 ||
	    sd_bus_request_name(bus, "org.roomd1", 0) < 0)
		_exit(1);
	while (sd_bus_wait(bus, UINT64_MAX) >= 0)
		while (sd_bus_process(bus, NULL) > 0)
			;
	_exit(0);
}

static void stop_pretending(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_for(pid);
}

/* All errors are said, each on a line, whatever is in them. */
static void test_reload(void **state)
{
	static const struct answer good, bad = {
		"org.roomd1.Error.ConfigInvalid",
		"/etc/roomd/roomd.conf:2: [MotionSensor hall] Line=: expected a line\n"
		"/etc/roomd/roomd.conf:3: [Lamp \x1bx]: unknown kind",
	};
	struct json_object *json;
	pid_t pid;

	stop_roomd(*state);
	pid = pretend(&bad);
	expect_sentence(STATUS_CONFIG, "reload",
	                "roomctl: /etc/roomd/roomd.conf:2: [MotionSensor hall] Line=: expected a line\n"
	                "roomctl: /etc/roomd/roomd.conf:3: [Lamp \\x1bx]: unknown kind\n"
	                "roomctl: the configuration has 2 errors; the room goes on with the former one; "
	                "correct it, then: roomctl reload");
	expect_run(STATUS_CONFIG, "reload --json");
	assert_string_equal(err, "");
	json = json_tokener_parse(out);
	assert_false(json_object_get_boolean(member(json, "valid")));
	assert_int_equal(json_object_array_length(member(json, "errors")), 2);
	json_object_put(json);
	stop_pretending(pid);

	pid = pretend(&good);
	expect_sentence(STATUS_DONE, "reload", "");
	json = run_json("reload --json");
	assert_true(json_object_get_boolean(member(json, "valid")));
	json_object_put(json);
	stop_pretending(pid);
}

static void test_every_refusal(void **state)
{
	static const struct {
		struct answer answer;
		enum status status;
		const char *sentence;
	} table[] = {
		{ { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, "x" },
		  STATUS_REFUSED,
		  "roomctl: refused: this needs a password; leave out --no-ask-password, be root, or join "
		  "the group roomd" },
		{ { SD_BUS_ERROR_ACCESS_DENIED, "the bus says no" },
		  STATUS_REFUSED,
		  "roomctl: refused: the bus says no; this needs root, the group roomd, or authorization by "
		  "polkit: try with sudo, or, for good, sudo usermod -aG roomd NAME" },
		{ { "org.roomd1.Error.Busy", "too many calls" }, STATUS_FAILED, "roomctl: too many calls" },
		{ { "org.roomd1.Error.Failed", "no\x1b[2J" }, STATUS_FAILED, "roomctl: no\\x1b[2J" },
	};

	stop_roomd(*state);
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		pid_t pid = pretend(&table[i].answer);

		expect_sentence(table[i].status, "reload", table[i].sentence);
		stop_pretending(pid);
	}
}

/* --- the monitor ----------------------------------------------------------------------------- */

struct watcher {
	pid_t pid;
	int fd;
};

/* `words` with its output in a pipe, and its errors in a file. */
static struct watcher watch(const char *words)
{
	struct watcher watcher;
	int fds[2];

	assert_return_code(pipe2(fds, O_CLOEXEC), errno);
	watcher.pid = fork();
	if (watcher.pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		redirect(STDERR_FILENO, "/tmp/watcher.err");
		roomctl_become(words);
	}
	close(fds[1]);
	watcher.fd = fds[0];
	let_pass_ms(1000); /* until it listens, which nothing else tells */
	return watcher;
}

/* The next line, without its newline; valid until the next call. */
static const char *next_line(const struct watcher *watcher)
{
	static char line[1024];
	size_t n = 0;

	while (n < sizeof line - 1 && read(watcher->fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	return line;
}

static void end(const struct watcher *watcher)
{
	kill(watcher->pid, SIGINT);
	assert_int_equal(wait_for(watcher->pid), STATUS_DONE);
	close(watcher->fd);
}

static void test_monitor(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;
	struct watcher all = watch("monitor"), door = watch("monitor front");
	const char *line;

	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	line = next_line(&all);
	assert_true(strncmp(line, "Jan 01 00:", strlen("Jan 01 00:")) == 0);
	expect(line, " MotionSensor/hall motion_detected location=\"The hall, which has");
	expect(next_line(&all), " LightController/hall light_on location=Küche cause=motion by=hall");
	expect(next_line(&all), " DoorLock/front lock_alert location=\"The hall, ");
	/* This one is told of the door only. */
	expect(next_line(&door), " DoorLock/front lock_alert ");
	end(&all);
	end(&door);
	file_read(err, sizeof err, "/tmp/watcher.err");
	assert_string_equal(err, "");
}

static void test_monitor_json(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;
	struct watcher watcher = watch("monitor LightController/hall --json");
	const struct process_event *event;
	struct json_object *json;

	sim_chip_pull(&room->chip, PIR_HALL, true);
	event = process_wait(&room->roomd, "light_on", "hall");
	json = json_tokener_parse(next_line(&watcher));
	assert_non_null(json);
	assert_string_equal(json_object_get_string(member(json, "event")), "light_on");
	assert_string_equal(json_object_get_string(member(json, "source")), "hall");
	assert_string_equal(json_object_get_string(member(json, "kind")), "LightController");
	assert_string_equal(json_object_get_string(member(json, "location")), "Küche");
	assert_string_equal(json_object_get_string(member(json, "cause")), "motion");
	assert_string_equal(json_object_get_string(member(json, "by")), "hall");
	assert_int_equal(json_object_get_uint64(member(json, "monotonic_ns")), event->monotonic_ns);
	assert_int_equal(json_object_get_uint64(member(json, "serial")), event->serial);
	assert_true(strncmp(json_object_get_string(member(json, "realtime")), event->realtime,
	                    strlen("2026-01-01T00:00:00.00")) == 0);
	json_object_put(json);
	end(&watcher);
}

static void test_monitor_outlives_the_service(void **state)
{
	struct house *house = *state;
	struct watcher text = watch("monitor front"), json = watch("monitor front --json");

	stop_roomd(house);
	start_roomd(house, config);
	expect(next_line(&json), "{\"event\":\"service_unavailable\",\"realtime\":\"2026-01-01T00:");
	expect(next_line(&json), "{\"event\":\"service_available\",");
	expect_run(STATUS_DONE, "unlock front");
	expect(next_line(&text), " DoorLock/front unlocked location=front cause=manual");
	expect(next_line(&json), "\"event\":\"unlocked\"");
	end(&json);
	end(&text);
}

static void test_monitor_says_that_the_service_has_gone(void **state)
{
	struct house *house = *state;
	struct watcher watcher = watch("monitor");

	stop_roomd(house);
	start_roomd(house, config);
	end(&watcher);
	file_read(err, sizeof err, "/tmp/watcher.err");
	assert_string_equal(err, "roomctl: roomd has gone; waiting until it is back\nroomctl: roomd is back");
}

static void test_monitor_ends_without_a_reader(void **state)
{
	struct watcher watcher = watch("monitor");

	(void)state;
	close(watcher.fd);
	assert_int_equal(wait_for(watcher.pid), STATUS_DONE);
}

static void test_monitor_ends_with_the_bus(void **state)
{
	struct house *house = *state;
	struct watcher watcher = watch("monitor");

	message_bus_stop(&house->bus);
	assert_int_equal(wait_for(watcher.pid), STATUS_NOT_RUNNING);
	close(watcher.fd);
	file_read(err, sizeof err, "/tmp/watcher.err");
	expect(err, "roomctl: the connection to the system bus has ended");
}

static void test_monitor_on_a_terminal(void **state)
{
	struct room_fixture *room = ((struct house *)*state)->room;
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	size_t length = 0;
	ssize_t n;
	int terminal;
	pid_t pid;

	pid = forkpty(&terminal, NULL, NULL, &size);
	if (pid == 0)
		roomctl_become("monitor");
	let_pass_ms(1000);
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "lock_alert", "front");
	let_pass_ms(1000);
	assert_int_equal(write(terminal, "\x03", 1), 1); /* Ctrl-C */
	while (length < sizeof out - 1 && (n = read(terminal, out + length, sizeof out - 1 - length)) > 0)
		length += (size_t)n;
	out[length] = '\0';
	assert_int_equal(wait_for(pid), STATUS_DONE);
	close(terminal);
	expect(out, "motion_detected");
	expect(out, "…");
	strip();
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
		assert_in_range(text_width(line), 0, 80);
}

static const struct CMUnitTest tests[] = {
	HOUSE_TEST(test_the_room_at_a_glance),
	HOUSE_TEST(test_list),
	HOUSE_TEST(test_show),
	HOUSE_TEST(test_show_times),
	HOUSE_TEST(test_every_line_has_room_on_a_terminal),
	HOUSE_TEST(test_what_has_no_room_is_cut),
	HOUSE_TEST(test_colours),
	HOUSE_TEST(test_nothing_steers_the_terminal),
	HOUSE_TEST(test_json),
	HOUSE_TEST(test_json_of_every_form),
	HOUSE_TEST(test_light),
	HOUSE_TEST(test_switching),
	cmocka_unit_test_setup_teardown(test_speed, setup_fans, teardown_fans),
	cmocka_unit_test_setup_teardown(test_no_speed, setup_fans, teardown_fans),
	HOUSE_TEST(test_why),
	HOUSE_TEST(test_light_for_a_time),
	HOUSE_TEST(test_lock),
	HOUSE_TEST(test_names),
	HOUSE_TEST(test_the_command_line),
	HOUSE_TEST(test_no_service),
	HOUSE_TEST(test_refused),
	HOUSE_TEST(test_output_that_cannot_be_written),
	HOUSE_TEST(test_check_config),
	HOUSE_TEST(test_long_values),
	HOUSE_TEST(test_reload),
	HOUSE_TEST(test_every_refusal),
	HOUSE_TEST(test_monitor),
	HOUSE_TEST(test_monitor_json),
	HOUSE_TEST(test_monitor_outlives_the_service),
	HOUSE_TEST(test_monitor_says_that_the_service_has_gone),
	HOUSE_TEST(test_monitor_ends_without_a_reader),
	HOUSE_TEST(test_monitor_ends_with_the_bus),
	HOUSE_TEST(test_monitor_on_a_terminal),
};

static int set_up(void **state)
{
	(void)state;
	text_set_up();
	thermometer_make();
	run_program("modprobe", "pwm-pca9685", NULL);
	roomctl_open();
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, set_up)
