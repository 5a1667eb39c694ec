/* Lines that are not there, not free, or not unique: what is said, and that the rest of the room works. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gpiod.h>

#include "files.h"
#include "room-fixture.h"
#include "tap-main.h"

#define HOLDER_SETTLE_STEPS 1000

static const char room_config[] = "[MotionSensor hall]\nLine=%s\n"
				  "[MotionSensor door]\nLine=PIR_DOOR\n"
				  "[LightController porch]\nLine=PORCH_RELAY\nMotion=door\n";

/* Starts roomd with this line for the sensor of the hall. */
static void start(struct room_fixture *room, const char *line)
{
	char config[512];

	snprintf(config, sizeof config, room_config, line);
	process_start(&room->roomd, config);
}

static void expect_rest_works(struct room_fixture *room)
{
	sim_chip_pull(&room->chip, PIR_DOOR, true);
	process_wait(&room->roomd, "light_on", "porch");
	assert_true(sim_chip_level(&room->chip, PORCH_RELAY));
}

static void expect_reason(struct room_fixture *room, const char *const *parts)
{
	const struct process_event *event = process_wait(&room->roomd, "sensor_unavailable", "hall");

	for (; *parts; parts++)
		if (!strstr(event->text, *parts))
			fail_msg("'%s' is not in: %s", *parts, event->text);
}

/* True if the line has this consumer. */
static bool is_held_by(const struct room_fixture *room, unsigned offset, const char *consumer)
{
	char path[64];
	struct gpiod_chip *chip;
	struct gpiod_line_info *info;
	const char *found;
	bool held;

	snprintf(path, sizeof path, "/dev/%s", room->chip.device);
	chip = gpiod_chip_open(path);
	assert_non_null(chip);
	info = gpiod_chip_get_line_info(chip, offset);
	assert_non_null(info);
	found = gpiod_line_info_is_used(info) ? gpiod_line_info_get_consumer(info) : NULL;
	held = consumer ? found && strcmp(found, consumer) == 0 : !gpiod_line_info_is_used(info);
	gpiod_line_info_free(info);
	gpiod_chip_close(chip);
	return held;
}

static void wait_until_held_by(const struct room_fixture *room, unsigned offset, const char *consumer)
{
	for (int i = 0; i < HOLDER_SETTLE_STEPS; i++) {
		if (is_held_by(room, offset, consumer))
			return;
		let_pass_ms(10);
	}
	fail_msg("line %u is not held by %s", offset, consumer ? consumer : "nobody");
}

static void test_line_held_by_gpiomon(void **state)
{
	static const char *const reason[] = { "PIR_HALL", "busy", "held by 'gpiomon'", NULL };
	struct room_fixture *room = *state;
	pid_t holder = fork();

	if (holder == 0) {
		execlp("gpiomon", "gpiomon", "--quiet", "PIR_HALL", (char *)NULL);
		_exit(127);
	}
	wait_until_held_by(room, PIR_HALL, "gpiomon");
	start(room, "PIR_HALL");
	expect_reason(room, reason);
	expect_rest_works(room);
	assert_non_null(strstr(process_messages(&room->roomd), "warning: MotionSensor hall: unavailable"));

	kill(holder, SIGTERM);
	waitpid(holder, NULL, 0);
	process_wait(&room->roomd, "sensor_available", "hall");
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
}

static void test_name_that_no_chip_has(void **state)
{
	static const char *const reason[] = { "line PIR_HAL:", "no line has this name", "searched: gpiochip",
		                              "(room)", NULL };
	struct room_fixture *room = *state;

	start(room, "PIR_HAL");
	expect_reason(room, reason);
	expect_rest_works(room);
}

static void test_chip_that_does_not_exist(void **state)
{
	static const char *const reason[] = { "line gpiochip9:3", "no chip has this name or label",
		                              "searched: gpiochip", NULL };
	struct room_fixture *room = *state;

	start(room, "gpiochip9:3");
	expect_reason(room, reason);
	expect_rest_works(room);
}

/* Some systems keep an old number as a link to the new one: the chip is still one. */
static void test_link_to_a_chip(void **state)
{
	struct room_fixture *room = *state;

	assert_return_code(symlink(room->chip.device, "/dev/gpiochip99"), errno);
	start(room, "PIR_HALL");
	process_wait(&room->roomd, "motion_cleared", "hall");
	unlink("/dev/gpiochip99");
}

/* With many chips the message has less room for each, and still has all of them. */
static void test_all_of_many_chips_are_named(void **state)
{
	static const char *const names[] = { "", NULL };
	struct room_fixture *room = *state;
	struct sim_chip chips[13];
	const struct process_event *event;

	for (size_t i = 0; i < ELEMENTS(chips); i++) {
		char label[32];

		snprintf(label, sizeof label, "a-rather-long-label-%zu", i);
		sim_chip_make(&chips[i], label, names);
	}
	start(room, "PIR_HAL");
	event = process_wait(&room->roomd, "sensor_unavailable", "hall");
	for (size_t i = 0; i < ELEMENTS(chips); i++) {
		if (!strstr(event->text, chips[i].device))
			fail_msg("%s is not in: %s", chips[i].device, event->text);
		sim_chip_remove(&chips[i]);
	}
}

/* With more than a message has room for, the list ends between two of them, and says that it is not all. */
static void test_list_of_chips_that_is_too_long(void **state)
{
	static const char *const names[] = { "", NULL };
	struct room_fixture *room = *state;
	static struct sim_chip chips[40];
	const struct process_event *event;
	size_t length;

	for (size_t i = 0; i < ELEMENTS(chips); i++) {
		char label[32];

		snprintf(label, sizeof label, "chip-%zu", i);
		sim_chip_make(&chips[i], label, names);
	}
	start(room, "NO_SUCH_LINE");
	event = process_wait(&room->roomd, "sensor_unavailable", "hall");
	for (size_t i = 0; i < ELEMENTS(chips); i++)
		sim_chip_remove(&chips[i]);
	length = strlen(event->text);
	if (length < 5 || strcmp(event->text + length - 5, ", …") != 0)
		fail_msg("%s", event->text);
}

static void test_offset_beyond_the_chip(void **state)
{
	static const char *const reason[] = { "line room:99", "lines 0 to 15", NULL };
	struct room_fixture *room = *state;

	start(room, "room:99");
	expect_reason(room, reason);
	expect_rest_works(room);
}

/* Also as libgpiod's tools take a chip; the links are those that a system keeps for an old number, and
 * udev's. */
static void test_every_way_to_write_a_line(void **state)
{
	static const char *const ways[] = {
		"PIR_HALL", "room:0", "gpiochip99:00", "/dev/gpiochip99:0", "/dev/relays:0", "relays:0",
	};
	struct room_fixture *room = *state;
	const char *device = room->chip.device;
	char written[3][64], *lines[ELEMENTS(ways) + ELEMENTS(written)];

	snprintf(written[0], sizeof written[0], "%s:%d", device, PIR_HALL);
	snprintf(written[1], sizeof written[1], "/dev/%s:%d", device, PIR_HALL);
	snprintf(written[2], sizeof written[2], "%s:%d", device + strlen("gpiochip"), PIR_HALL);
	for (size_t i = 0; i < ELEMENTS(lines); i++)
		lines[i] = i < ELEMENTS(ways) ? (char *)ways[i] : written[i - ELEMENTS(ways)];
	assert_return_code(symlink(device, "/dev/gpiochip99"), errno);
	assert_return_code(symlink("gpiochip99", "/dev/relays"), errno);
	for (size_t i = 0; i < ELEMENTS(lines); i++) {
		start(room, lines[i]);
		process_wait(&room->roomd, "motion_cleared", "hall");
		assert_true(is_held_by(room, PIR_HALL, "roomd:hall"));
		sim_chip_pull(&room->chip, PIR_HALL, true);
		process_wait(&room->roomd, "motion_detected", "hall");
		sim_chip_pull(&room->chip, PIR_HALL, false);
		process_wait(&room->roomd, "motion_cleared", "hall");
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
		assert_true(is_held_by(room, PIR_HALL, NULL));
	}
	unlink("/dev/gpiochip99");
	unlink("/dev/relays");
}

/* Nothing is taken for it: another line would switch something else. */
static void test_what_may_have_been_meant(void **state)
{
	static const char *const written[][2] = {
		{ "PIR_HAL", "did you mean PIR_HALL?" },
		{ "pir hall", "did you mean PIR_HALL?" },
		{ "romo:0", "did you mean room:0?" },
	};
	struct room_fixture *room = *state;

	for (size_t i = 0; i < ELEMENTS(written); i++) {
		start(room, written[i][0]);
		expect_reason(room, (const char *const[]){ "(room); ", written[i][1], NULL });
		assert_true(is_held_by(room, PIR_HALL, NULL));
		process_stop(&room->roomd);
		process_clean_up(&room->roomd);
	}
}

/* A link whose chip has gone, and one to what is no chip. */
static void test_links_that_lead_nowhere(void **state)
{
	static const char *const reason[] = { "no chip has this name or label", NULL };
	struct room_fixture *room = *state;

	assert_return_code(symlink("gpiochip98", "/dev/gpiochip99"), errno);
	assert_return_code(symlink("null", "/dev/relays"), errno);
	start(room, "gpiochip99:0");
	expect_reason(room, reason);
	process_stop(&room->roomd);
	process_clean_up(&room->roomd);
	start(room, "/dev/relays:0");
	expect_reason(room, reason);
	expect_rest_works(room);
	unlink("/dev/gpiochip99");
	unlink("/dev/relays");
}

static void test_name_on_two_chips(void **state)
{
	static const char *const names[] = { "PIR_HALL", NULL };
	static const char *const reason[] = { "line PIR_HALL: this name is on gpiochip", "and on gpiochip",
		                              NULL };
	struct room_fixture *room = *state;
	struct sim_chip second;

	sim_chip_make(&second, "second", names);
	start(room, "PIR_HALL");
	expect_reason(room, reason);
	expect_rest_works(room);
	sim_chip_remove(&second);
	process_wait(&room->roomd, "sensor_available", "hall");
}

static void test_label_on_two_chips(void **state)
{
	static const char *const names[] = { "", NULL };
	static const char *const reason[] = { "line room:0: both gpiochip", "have the label 'room'", NULL };
	struct room_fixture *room = *state;
	struct sim_chip second = { 0 };

	/* Another name in configfs, the same label. */
	sim_chip_make(&second, "room2", names);
	sim_chip_label(&second, "room");
	start(room, "room:0");
	expect_reason(room, reason);
	sim_chip_remove(&second);
	process_wait(&room->roomd, "sensor_available", "hall");
}

static void test_relay_held_and_released(void **state)
{
	struct room_fixture *room = *state;
	const struct process_event *event;
	pid_t holder = fork();

	if (holder == 0) {
		execlp("gpioset", "gpioset", "LIGHT_RELAY=0", (char *)NULL);
		_exit(127);
	}
	wait_until_held_by(room, LIGHT_RELAY, "gpioset");
	process_start(&room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                            "[LightController hall]\nLine=LIGHT_RELAY\n");
	event = process_wait(&room->roomd, "output_unavailable", "hall");
	assert_non_null(strstr(event->text, "held by 'gpioset'"));
	sim_chip_pull(&room->chip, PIR_HALL, true);
	process_wait(&room->roomd, "motion_detected", "hall");
	kill(holder, SIGTERM);
	waitpid(holder, NULL, 0);
	process_wait(&room->roomd, "output_available", "hall");
	/* What was wanted meanwhile is shown at once. */
	assert_true(sim_chip_level(&room->chip, LIGHT_RELAY));
}

static const struct CMUnitTest tests[] = {
	BOARD_TEST(test_line_held_by_gpiomon),
	ROOM_TEST(test_name_that_no_chip_has),
	ROOM_TEST(test_chip_that_does_not_exist),
	ROOM_TEST(test_link_to_a_chip),
	ROOM_TEST(test_all_of_many_chips_are_named),
	ROOM_TEST(test_list_of_chips_that_is_too_long),
	ROOM_TEST(test_offset_beyond_the_chip),
	BOARD_TEST(test_every_way_to_write_a_line),
	ROOM_TEST(test_what_may_have_been_meant),
	ROOM_TEST(test_links_that_lead_nowhere),
	BOARD_TEST(test_name_on_two_chips),
	ROOM_TEST(test_label_on_two_chips),
	BOARD_TEST(test_relay_held_and_released),
};

RUN_TESTS(tests)
