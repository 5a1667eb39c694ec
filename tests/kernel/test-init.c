/* roomctl init: a first configuration, answered on a terminal, or that of docs/wiring.md; never over one that
 * has sections without asking, and never a wrong one. On virtual time. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "room-fixture.h"
#include "roomctl-process.h"
#include "roomctl/say.h"
#include "tap-main.h"
#include "thermometer.h"

#define FILE_NAME "/tmp/init/room.conf"
#define TEXT_SIZE 8192
#define NOBODY 65534

static struct roomctl_process roomctl;

static void expect(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("there is no '%s' in:\n%s\nIt printed:\n%s\n%s", words, text, roomctl.out, roomctl.err);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char *read_text(const char *path)
{
	static char text[TEXT_SIZE];

	file_read(text, sizeof text, "%s", path);
	return text;
}

static void expect_absent(const char *path)
{
	assert_int_equal(access(path, F_OK), -1);
}

static int folder_setup(void **state)
{
	roomctl.pid = 0;
	mkdir("/tmp/init", 0755);
	unlink(FILE_NAME);
	unlink(FILE_NAME ".old");
	return room_setup(state);
}

#define INIT_TEST(test) cmocka_unit_test_setup_teardown(test, folder_setup, room_teardown)

/* --- step by step ------------------------------------------------------------------------------ */

static void move(const struct room_fixture *room)
{
	let_pass_ms(1000);
	for (int i = 0; i < 2; i++) {
		sim_chip_pull(&room->chip, PIR_HALL, true);
		let_pass_ms(3000);
		sim_chip_pull(&room->chip, PIR_HALL, false);
		let_pass_ms(3000);
	}
}

/* One sensor, one relay and a thermometer; then the room works. */
static void test_step_by_step(void **state)
{
	struct room_fixture *room = *state;

	thermometer_set(21.5);
	roomctl_start_on_terminal(&roomctl, "init " FILE_NAME);
	roomctl_answer(&roomctl, "TemperatureSensor at tmp117, channel temp: 21.50 °C. Take it? [Y/n] ", "");
	roomctl_answer(&roomctl, "Its name, such as hall or front-door [tmp117]: ", "two words");
	roomctl_answer(
		&roomctl,
		"a letter or digit first.\r\nIts name, such as hall or front-door [tmp117]: ", "attic");
	roomctl_expect(&roomctl, "Enter ends it");
	move(room);
	roomctl_answer(&roomctl, "PIR_HALL is low", "");
	roomctl_answer(&roomctl, "What is it: motion, contact, button or none? [motion]: ", "");
	roomctl_answer(&roomctl, "[pir_hall]: ", "hall");
	roomctl_answer(&roomctl, "Watch once more, for another sensor? [y/N] ", "n");
	roomctl_answer(&roomctl,
	               "On which line is a relay or an LED, such as GPIO27? Enter: on none (more): ",
	               "LIGHT_REL");
	roomctl_answer(&roomctl, "there is no line LIGHT_REL here", "PIR_HALL");
	roomctl_answer(&roomctl, "line PIR_HALL is that of [MotionSensor hall] already", "LIGHT_RELAY");
	roomctl_answer(&roomctl, "or the LED of a lock? [light]: ", "lamp");
	roomctl_answer(&roomctl, "or the LED of a lock? [light]: ", "");
	roomctl_answer(&roomctl, "Switch it three times now, to hear or see it? [y/N] ", "y");
	roomctl_answer(&roomctl, "Go on? [y/N] ", "y");
	roomctl_answer(&roomctl, "Is it on while the line is low? [y/N] ", "n");
	roomctl_answer(&roomctl, "[hall]: ", "");
	roomctl_answer(&roomctl, "Enter: on none (more): ", "");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_DONE);
	expect(roomctl.out, "Written: " FILE_NAME "\r\nNext: sudo cp " FILE_NAME " /etc/roomd/roomd.conf");
	expect(read_text(FILE_NAME), "\n[TemperatureSensor attic]\nDevice=tmp117\n\n"
	                             "[MotionSensor hall]\nLine=PIR_HALL\n\n"
	                             "[LightController hall]\nLine=LIGHT_RELAY\n#");
	expect(read_text(FILE_NAME), "\nMotion=hall\nOffDelaySec=2min");
	expect_absent(FILE_NAME ".new");
	expect_absent(FILE_NAME ".old");

	process_start(&room->roomd, read_text(FILE_NAME));
	process_wait(&room->roomd, "temperature_update", "attic");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "light_on", "hall");
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
}

static void answer_output(const char *line, const char *what, bool low, const char *name)
{
	roomctl_answer(&roomctl, "Enter: on none (more): ", line);
	roomctl_answer(&roomctl, "or the LED of a lock? [light]: ", what);
	roomctl_answer(&roomctl, "to hear or see it? [y/N] ", "");
	roomctl_answer(&roomctl, "Is it on while the line is low? [y/N] ", low ? "y" : "n");
	roomctl_answer(&roomctl, "]: ", name);
}

/* What is no light: a lock's LED, a switch, and a fan where there is a thermometer. */
static void test_other_outputs(void **state)
{
	struct room_fixture *room = *state;

	roomctl_start_on_terminal(&roomctl, "init " FILE_NAME " --for 1s");
	roomctl_answer(&roomctl, "Take it? [Y/n] ", "y");
	roomctl_answer(&roomctl, "[tmp117]: ", "attic");
	roomctl_answer(&roomctl, "Watch once more, for another sensor? [y/N] ", "");
	answer_output("LOCK_LED", "lock", false, "");
	answer_output("LIGHT_RELAY", "switch", true, "heater");
	answer_output("PIR_HALL", "fan", false, "");
	roomctl_answer(&roomctl, "Enter: on none (more): ", "");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_DONE);
	expect(read_text(FILE_NAME), "\n[DoorLock front]\nLedLine=LOCK_LED\n\n"
	                             "[Switch heater]\nLine=LIGHT_RELAY\nActiveLow=yes\n"
	                             "# By hand: roomctl on heater.");
	expect(read_text(FILE_NAME), "\n[Fan fan]\nLine=PIR_HALL\n#");
	expect(read_text(FILE_NAME), "\nTemperature=attic\nOffBelow=24\nFullAbove=28");
	process_start(&room->roomd, read_text(FILE_NAME));
	process_wait(&room->roomd, "temperature_update", "attic");
	assert_true(sim_chip_level(&room->chip, LOCK_LED));
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY)); /* off */
}

/* Without a thermometer there is no fan. */
static void test_a_fan_without_a_thermometer(void **state)
{
	(void)state;
	roomctl_start_on_terminal(&roomctl, "init " FILE_NAME " --for 1s");
	roomctl_answer(&roomctl, "Take it? [Y/n] ", "n");
	roomctl_answer(&roomctl, "Watch once more, for another sensor? [y/N] ", "");
	roomctl_answer(&roomctl, "Enter: on none (more): ", "LIGHT_RELAY");
	roomctl_answer(&roomctl, "or the LED of a lock? [light]: ", "fan");
	roomctl_answer(&roomctl, "a fan follows a thermometer, and none was chosen", "\x04");
	roomctl_end_on_terminal(&roomctl);
	expect_absent(FILE_NAME);
}

/* Nothing is written if nothing was chosen, or if nobody answers any more. */
static void test_nothing_taken(void **state)
{
	(void)state;
	roomctl_start_on_terminal(&roomctl, "init " FILE_NAME " --for 1s");
	roomctl_answer(&roomctl, "Take it? [Y/n] ", "n");
	roomctl_answer(&roomctl, "Watch once more, for another sensor? [y/N] ", "");
	roomctl_answer(&roomctl, "Enter: on none (more): ", "");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_NOTHING_TO_DO);
	expect(roomctl.out, "nothing was chosen, so nothing was written; 'roomctl find' shows what changes");
	roomctl_start_on_terminal(&roomctl, "init " FILE_NAME " --for 1s");
	roomctl_answer(&roomctl, "Take it? [Y/n] ", "y");
	roomctl_answer(&roomctl, "[tmp117]: ", "\x04"); /* Ctrl-D on a line of its own */
	roomctl_end_on_terminal(&roomctl);
	expect(roomctl.out, "nothing was written");
	expect_absent(FILE_NAME);
	expect_absent(FILE_NAME ".new");
}

/* --- the wiring -------------------------------------------------------------------------------- */

static void test_wiring(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring=high " FILE_NAME), STATUS_DONE);
	expect(read_text(FILE_NAME), "[LightController hall]\nLine=GPIO27\n");
	assert_return_code(stat(FILE_NAME, &st), errno);
	assert_int_equal(st.st_mode & 07777, 0644);
	unlink(FILE_NAME);
	/* One answer. */
	roomctl_start_on_terminal(&roomctl, "init --wiring " FILE_NAME);
	roomctl_answer(&roomctl, "at GPIO5)? [y/N] ", "perhaps");
	roomctl_answer(&roomctl, "Please answer y (yes) or n (no).", "y");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_DONE);
	expect(read_text(FILE_NAME), "\nLine=GPIO5\nActiveLow=yes\n");
	assert_int_equal(roomctl_run(&roomctl, 0, "check-config " FILE_NAME), STATUS_DONE);
	/* Nobody is there to ask. */
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring /tmp/init/other.conf"), STATUS_USAGE);
	expect(roomctl.err, "there is no terminal to ask on: --wiring=high if");
	assert_int_equal(roomctl_run(&roomctl, 0, "init /tmp/init/other.conf"), STATUS_USAGE);
	expect(roomctl.err, "roomctl init --wiring=high");
	expect_absent("/tmp/init/other.conf");
}

/* --- what is there already --------------------------------------------------------------------- */

static const char mine[] = "# mine\n[MotionSensor mine]\nLine=X\n";

static void test_a_file_that_has_sections(void **state)
{
	(void)state;
	write_text(FILE_NAME, mine);
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring=high " FILE_NAME), STATUS_FAILED);
	expect(roomctl.err, FILE_NAME " has 1 section, and is not overwritten; with --yes it is");
	roomctl_start_on_terminal(&roomctl, "init --wiring=high " FILE_NAME);
	roomctl_answer(&roomctl,
	               " has 1 section. Write a new one (the old one stays as " FILE_NAME ".old)? [y/N] ",
	               "");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_NOTHING_TO_DO);
	expect(read_text(FILE_NAME), "[MotionSensor mine]");
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring=high --yes " FILE_NAME), STATUS_DONE);
	expect(read_text(FILE_NAME), "Line=GPIO27");
	expect(read_text(FILE_NAME ".old"), "[MotionSensor mine]");
}

/* As a package installs it. */
static void test_a_file_of_comments(void **state)
{
	(void)state;
	write_text(FILE_NAME, "# [MotionSensor hall]\n#Line=X\n");
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring=high " FILE_NAME), STATUS_DONE);
	expect(read_text(FILE_NAME), "Line=GPIO27");
	expect_absent(FILE_NAME ".old");
}

/* What is wrong only together with a drop-in is said, with what to do. */
static void test_a_drop_in(void **state)
{
	(void)state;
	mkdir(FILE_NAME ".d", 0755);
	write_text(FILE_NAME ".d/a.conf", "[MotionSensor door]\nLine=GPIO17\n");
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring=high " FILE_NAME), STATUS_CONFIG);
	expect(roomctl.err, FILE_NAME
	       ".d/a.conf:2: [MotionSensor door] Line=GPIO17: expected a line that nothing else uses");
	expect(roomctl.err, "correct that, then: roomctl check-config && sudo systemctl reload roomd");
	unlink(FILE_NAME ".d/a.conf");
	rmdir(FILE_NAME ".d");
}

static void test_where_nothing_may_be_written(void **state)
{
	(void)state;
	assert_int_equal(roomctl_run(&roomctl, NOBODY, "init --wiring=high " FILE_NAME), STATUS_REFUSED);
	expect(roomctl.err,
	       "nothing can be written in /tmp/init: Permission denied; try with sudo, or give another file");
	assert_int_equal(roomctl_run(&roomctl, 0, "init --wiring=high /proc/room.conf"), STATUS_FAILED);
	expect(roomctl.err, "/proc/room.conf.new cannot be written: ");
}

static const struct CMUnitTest tests[] = {
	INIT_TEST(test_step_by_step),
	INIT_TEST(test_other_outputs),
	INIT_TEST(test_a_fan_without_a_thermometer),
	INIT_TEST(test_nothing_taken),
	INIT_TEST(test_wiring),
	INIT_TEST(test_a_file_that_has_sections),
	INIT_TEST(test_a_file_of_comments),
	INIT_TEST(test_a_drop_in),
	INIT_TEST(test_where_nothing_may_be_written),
};

RUN_TESTS_WITH_SETUP(tests, roomctl_setup)
