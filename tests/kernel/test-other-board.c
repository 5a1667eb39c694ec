/* What differs on a board that is not a Raspberry Pi (docs/other-boards.md), on two chips: names and labels
 * as other boards have them, chips whose numbers change, one that is unplugged, and lines that cannot be
 * used. What is said of names and labels that are not there or not unique is in test-lines.c, chips that
 * change while lines are looked for in test-finding.c, a pin that the board keeps for itself in
 * test-device-tree.c. */
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <string.h>

#include "io/gpio.h"
#include "line-watch.h"
#include "room-fixture.h"
#include "tap-main.h"

#define RECORDS 64

/* Offsets of each chip's lines. */
#define PIR 0
#define RELAY 1
#define UNNAMED_PIR 4
#define UNNAMED_RELAY 5

struct boards_fixture {
	struct sim_chip left, right, third;
	struct process roomd;
	struct gpio_line *line;
};

static const char *const left_names[] = { "LEFT_PIR", "LEFT_RELAY", NULL };
static const char *const right_names[] = { "RIGHT_PIR", "RIGHT_RELAY", NULL };
static const char *const no_names[] = { "", NULL };

static struct boards_fixture fixture;
static int request_error; /* of every request of this process, instead of making it; 0: they are made */

struct gpiod_line_request *__real_gpiod_chip_request_lines(struct gpiod_chip *chip,
                                                           struct gpiod_request_config *request_config,
                                                           struct gpiod_line_config *line_config);
struct gpiod_line_request *__wrap_gpiod_chip_request_lines(struct gpiod_chip *chip,
                                                           struct gpiod_request_config *request_config,
                                                           struct gpiod_line_config *line_config);

struct gpiod_line_request *__wrap_gpiod_chip_request_lines(struct gpiod_chip *chip,
                                                           struct gpiod_request_config *request_config,
                                                           struct gpiod_line_config *line_config)
{
	if (!request_error)
		return __real_gpiod_chip_request_lines(chip, request_config, line_config);
	errno = request_error;
	return NULL;
}

static int setup(void **state)
{
	fixture = (struct boards_fixture){ 0 };
	trace_start();
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	struct boards_fixture *f = *state;

	request_error = 0;
	if (f->roomd.pid > 0)
		process_stop(&f->roomd);
	process_clean_up(&f->roomd);
	f->line = gpio_close(f->line);
	sim_chip_remove(&f->left);
	sim_chip_remove(&f->right);
	sim_chip_remove(&f->third);
	return 0;
}

static void stop(struct boards_fixture *f)
{
	process_stop(&f->roomd);
	process_clean_up(&f->roomd);
}

/* A sensor and its light, both of this name, on these lines. */
static size_t add_room(char *config, size_t size, const char *name, const char *pir, const char *relay)
{
	return (size_t)snprintf(config, size,
	                        "[MotionSensor %s]\nLine=%s\n"
	                        "[LightController %s]\nLine=%s\nMotion=%s\nOffDelaySec=2min\n",
	                        name, pir, name, relay, name);
}

static void expect_text(const struct process_event *event, const char *part)
{
	if (!strstr(event->text, part))
		fail_msg("'%s' is not in: %s", part, event->text);
}

/* Motion at this line lights this relay, and no other one of these chips. */
static void expect_lights(struct boards_fixture *f, const char *name, const struct sim_chip *chip,
                          unsigned pir, unsigned relay)
{
	const struct sim_chip *other = chip == &f->left ? &f->right : &f->left;

	sim_chip_pull(chip, pir, true);
	process_wait(&f->roomd, "light_on", name);
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(sim_chip_level(chip, i), i == pir || i == relay);
		if (other->device[0])
			assert_false(sim_chip_level(other, i));
	}
	sim_chip_pull(chip, pir, false);
	process_wait(&f->roomd, "light_off", name);
}

/* --- how lines are written ------------------------------------------------------------------- */

/* As drivers label chips: one of a board's own by its ACPI name, an expander by its place on the bus, the
 * banks of a BeagleBone; and what somebody may have made up. */
static void test_labels_that_are_no_words(void **state)
{
	static const char *const labels[] = { "AMDI0030:00", "1-0020", "gpio-0-31",
		                              "USB relays, 2x (left) [b]", "25 = left: \"x\" / 7%" };
	struct boards_fixture *f = *state;

	for (size_t i = 0; i < ELEMENTS(labels); i++) {
		char config[512], pir[64], relay[64];

		sim_chip_make(&f->left, "left", no_names);
		sim_chip_label(&f->left, labels[i]);
		snprintf(pir, sizeof pir, "%s:%d", labels[i], UNNAMED_PIR);
		snprintf(relay, sizeof relay, "%s:%d", labels[i], UNNAMED_RELAY);
		add_room(config, sizeof config, "hall", pir, relay);
		process_start(&f->roomd, config);
		process_wait(&f->roomd, "motion_cleared", "hall");
		expect_lights(f, "hall", &f->left, UNNAMED_PIR, UNNAMED_RELAY);
		stop(f);
		sim_chip_remove(&f->left);
	}
}

/* As the kernel's tree of the BeagleBone Black has them. */
static void test_names_of_several_words(void **state)
{
	static const char *const names[] = { "P9_14 [ehrpwm1a]", "P9_42A [ecappwm0]", NULL };
	struct boards_fixture *f = *state;
	char config[512];

	sim_chip_make(&f->left, "gpio-32-63", names);
	add_room(config, sizeof config, "hall", names[PIR], names[RELAY]);
	process_start(&f->roomd, config);
	process_wait(&f->roomd, "motion_cleared", "hall");
	expect_lights(f, "hall", &f->left, PIR, RELAY);
}

/* Neither relay is touched, and the message has what to write instead, which then works. */
static void test_relay_whose_name_is_on_both_chips(void **state)
{
	static const char *const names[] = { "PIR", "RELAY", NULL };
	struct boards_fixture *f = *state;
	struct trace_record sets[RECORDS];
	struct line_watch left, right;
	const struct process_event *event;
	char config[512];

	sim_chip_make(&f->left, "left", names);
	sim_chip_make(&f->right, "right", names);
	line_watch_start(&left, &f->left, 2);
	line_watch_start(&right, &f->right, 2);
	trace_clear();
	add_room(config, sizeof config, "hall", "left:0", "RELAY");
	process_start(&f->roomd, config);
	event = process_wait(&f->roomd, "output_unavailable", "hall");
	expect_text(event, "line RELAY: this name is on gpiochip");
	expect_text(event, "; write left:1 or right:1");
	process_let_pass_ms(&f->roomd, 10000);
	assert_int_equal(trace_read(TRACE_SET, sets, RECORDS), 0);
	line_watch_take(&left);
	line_watch_take(&right);
	assert_int_equal(left.requested, 1); /* the sensor */
	assert_int_equal(right.requested, 0);
	line_watch_end(&left);
	line_watch_end(&right);

	add_room(config, sizeof config, "hall", "left:0", "right:1");
	process_reload(&f->roomd, config);
	sim_chip_pull(&f->left, PIR, true);
	process_wait(&f->roomd, "light_on", "hall");
	assert_true(sim_chip_level(&f->right, RELAY));
	assert_false(sim_chip_level(&f->left, RELAY));
}

/* A line that is held is not looked for, so it stays when another one of its name comes. */
static void test_second_line_of_a_name_while_the_first_is_held(void **state)
{
	struct boards_fixture *f = *state;
	char config[512];

	sim_chip_make(&f->left, "left", left_names);
	add_room(config, sizeof config, "hall", "LEFT_PIR", "LEFT_RELAY");
	process_start(&f->roomd, config);
	process_wait(&f->roomd, "motion_cleared", "hall");
	sim_chip_make(&f->right, "right", left_names);
	process_let_pass_ms(&f->roomd, 10000);
	expect_lights(f, "hall", &f->left, PIR, RELAY);
	assert_int_equal(process_count(&f->roomd, "sensor_unavailable", NULL), 0);
	assert_int_equal(process_count(&f->roomd, "output_unavailable", NULL), 0);
}

/* --- chips whose numbers change -------------------------------------------------------------- */

static void start_two_rooms(struct boards_fixture *f)
{
	char config[512];
	size_t length;

	length = add_room(config, sizeof config, "left", "left:4", "LEFT_RELAY");
	add_room(config + length, sizeof config - length, "right", "RIGHT_PIR", "right:5");
	process_start(&f->roomd, config);
	process_wait(&f->roomd, "motion_cleared", "left");
	process_wait(&f->roomd, "motion_cleared", "right");
}

/* By a name, and by a label and an offset where a line has no name. */
static void expect_both_rooms_work(struct boards_fixture *f)
{
	expect_lights(f, "left", &f->left, UNNAMED_PIR, RELAY);
	expect_lights(f, "right", &f->right, PIR, UNNAMED_RELAY);
}

static void test_numbers_that_swap_between_two_starts(void **state)
{
	struct boards_fixture *f = *state;
	char left[32], right[32];

	sim_chip_make(&f->left, "left", left_names);
	sim_chip_make(&f->right, "right", right_names);
	start_two_rooms(f);
	expect_both_rooms_work(f);
	stop(f);
	snprintf(left, sizeof left, "%s", f->left.device);
	snprintf(right, sizeof right, "%s", f->right.device);

	sim_chip_remove(&f->left);
	sim_chip_remove(&f->right);
	sim_chip_make(&f->right, "right", right_names);
	sim_chip_make(&f->left, "left", left_names);
	assert_string_equal(f->left.device, right);
	assert_string_equal(f->right.device, left);
	start_two_rooms(f);
	expect_both_rooms_work(f);
}

/* Only what is on it becomes unavailable, and it is taken up again where it is then. The relay is to be on
 * all the time: it is requested so. */
static void test_unplugged_and_back_under_another_number(void **state)
{
	struct boards_fixture *f = *state;
	struct trace_record sets[RECORDS];
	unsigned relay;
	char before[32];

	sim_chip_make(&f->left, "left", left_names);
	sim_chip_make(&f->right, "right", right_names);
	snprintf(before, sizeof before, "%s", f->right.device);
	start_two_rooms(f);
	sim_chip_pull(&f->right, PIR, true);
	process_wait(&f->roomd, "light_on", "right");
	sim_chip_unplug(&f->right);
	process_wait(&f->roomd, "sensor_unavailable", "right");
	process_wait(&f->roomd, "output_unavailable", "right");
	expect_lights(f, "left", &f->left, UNNAMED_PIR, RELAY);
	assert_int_equal(process_count(&f->roomd, NULL, "left"), 5); /* with the first level */

	sim_chip_make(&f->third, "third", no_names);
	assert_string_equal(f->third.device, before);
	process_let_pass_ms(&f->roomd, 1000);
	sim_chip_plug(&f->right);
	assert_string_not_equal(f->right.device, before);
	relay = sim_chip_trace_number(&f->right, UNNAMED_RELAY);
	sim_chip_pull(&f->right, PIR, true);
	process_wait(&f->roomd, "sensor_available", "right");
	process_wait(&f->roomd, "light_on", "right");
	assert_int_equal(trace_read_line(TRACE_SET, relay, sets, RECORDS), 1);
	assert_int_equal(sets[0].value, 1);
	for (unsigned i = 0; i < 8; i++)
		assert_false(sim_chip_level(&f->third, i));
	sim_chip_pull(&f->right, PIR, false);
	process_wait(&f->roomd, "light_off", "right");
	expect_lights(f, "left", &f->left, UNNAMED_PIR, RELAY);
	assert_int_equal(process_count(&f->roomd, "sensor_unavailable", NULL), 1);
	assert_int_equal(process_count(&f->roomd, "output_unavailable", NULL), 1);
}

/* --- lines that cannot be used --------------------------------------------------------------- */

/* Has the chip give an interrupt to each of its first lines, until the kernel has none left; it keeps them
 * until it is unplugged. Returns how many it has, or all of its lines if that was not the end. */
static unsigned use_up_interrupts(const struct sim_chip *chip)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_chip *device;
	unsigned offset = 0;
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", chip->device);
	device = gpiod_chip_open(path);
	assert_non_null(device);
	gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
	for (; offset < chip->lines; offset++) {
		struct gpiod_line_config *config = gpiod_line_config_new();
		struct gpiod_line_request *request;

		gpiod_line_config_add_line_settings(config, &offset, 1, settings);
		request = gpiod_chip_request_lines(device, NULL, config);
		gpiod_line_config_free(config);
		if (!request) {
			assert_int_equal(errno, ENXIO);
			break;
		}
		gpiod_line_request_release(request);
	}
	gpiod_line_settings_free(settings);
	gpiod_chip_close(device);
	return offset;
}

/* A kernel that has no interrupt left says of a line what it says of a chip that has none. Outputs do not
 * need one, and other chips' lines go on. */
static void test_chip_without_interrupts(void **state)
{
	static const char *names[CHIP_LINES_MAX];
	struct boards_fixture *f = *state;
	char config[512];
	size_t length;
	unsigned used;

	sim_chip_make(&f->left, "left", left_names);
	use_up_interrupts(&f->left);
	for (size_t i = 0; i + 1 < ELEMENTS(names); i++)
		names[i] = "";
	sim_chip_make(&f->right, "right", names);
	used = use_up_interrupts(&f->right);
	if (used == f->right.lines)
		skip(); /* a machine of one's own may have more than there are lines */
	length = add_room(config, sizeof config, "hall", "LEFT_PIR", "right:1");
	snprintf(config + length, sizeof config - length, "[MotionSensor yard]\nLine=right:%u\n", used);
	process_start(&f->roomd, config);
	expect_text(
		process_wait(&f->roomd, "sensor_unavailable", "yard"),
		"label right) cannot be requested: its chip has no interrupt for it, and an input needs one");
	sim_chip_pull(&f->left, PIR, true);
	process_wait(&f->roomd, "light_on", "hall");
	assert_true(sim_chip_level(&f->right, RELAY));
}

/* No chip of the testbed has nested interrupts, so the kernel's answer is made up here. */
static void test_line_that_cannot_be_debounced(void **state)
{
	struct boards_fixture *f = *state;
	struct gpio_settings settings = { .line = "LEFT_PIR", .consumer = "tester", .debounce_ns = 20000000 };
	struct problem problem;

	sim_chip_make(&f->left, "left", left_names);
	request_error = EINVAL;
	assert_int_equal(gpio_open_input(&settings, &f->line, &problem), -EINVAL);
	if (!strstr(problem.text,
	            "label left) cannot be requested: the kernel cannot debounce this chip's lines"))
		fail_msg("%s", problem.text);
	settings.debounce_ns = 0;
	assert_int_equal(gpio_open_input(&settings, &f->line, &problem), -EINVAL);
	if (!strstr(problem.text, "label left) cannot be requested: Invalid argument"))
		fail_msg("%s", problem.text);
}

static void expect_refused_with(struct boards_fixture *f, int error, bool output, const char *part)
{
	struct gpio_settings settings = { .line = "LEFT_PIR", .consumer = "tester" };
	struct problem problem;
	int r;

	request_error = error;
	r = output ? gpio_open_output(&settings, false, &f->line, &problem)
	           : gpio_open_input(&settings, &f->line, &problem);
	assert_int_equal(r, -error);
	if (!strstr(problem.text, part))
		fail_msg("'%s' is not in: %s", part, problem.text);
}

/* The kernel says that it is busy, and that nobody uses it: there is no holder to be named. */
static void test_line_that_is_busy_and_held_by_nobody(void **state)
{
	struct boards_fixture *f = *state;

	sim_chip_make(&f->left, "left", left_names);
	expect_refused_with(f, EBUSY, false,
	                    "label left) is busy: nobody holds it, so its interrupt is taken");
	expect_refused_with(f, EBUSY, true, "label left) is busy: nobody holds it, so its chip keeps it");
	expect_refused_with(f, EIO, true,
	                    "label left) cannot be requested: Input/output error; a driver has it");
}

/* Named as the kernel names one whose interrupt alone a driver has. */
static void test_line_whose_interrupt_a_driver_has(void **state)
{
	const struct gpio_settings settings = { .line = "LEFT_PIR", .consumer = "interrupt" };
	struct boards_fixture *f = *state;
	struct gpio_line *line;
	struct problem problem;

	sim_chip_make(&f->left, "left", left_names);
	assert_return_code(gpio_open_input(&settings, &f->line, &problem), 0);
	assert_int_equal(gpio_open_input(&settings, &line, &problem), -EBUSY);
	if (!strstr(problem.text, "held by 'interrupt', as the kernel calls a driver that has its interrupt"))
		fail_msg("%s", problem.text);
}

/* A tree's gpio-hog sets a level at boot, and keeps the line from everybody: it is no way to give a relay its
 * first level. */
static void test_hogged_line(void **state)
{
	struct boards_fixture *f = *state;

	sim_chip_make(&f->left, "left", left_names);
	sim_chip_hog(&f->left, RELAY, "relay-off");
	process_start(&f->roomd, "[MotionSensor hall]\nLine=LEFT_PIR\n"
	                         "[LightController hall]\nLine=LEFT_RELAY\n");
	expect_text(process_wait(&f->roomd, "output_unavailable", "hall"), "is busy: held by 'relay-off'");
}

#define OTHER_BOARD_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	OTHER_BOARD_TEST(test_labels_that_are_no_words),
	OTHER_BOARD_TEST(test_names_of_several_words),
	OTHER_BOARD_TEST(test_relay_whose_name_is_on_both_chips),
	OTHER_BOARD_TEST(test_second_line_of_a_name_while_the_first_is_held),
	OTHER_BOARD_TEST(test_numbers_that_swap_between_two_starts),
	OTHER_BOARD_TEST(test_unplugged_and_back_under_another_number),
	OTHER_BOARD_TEST(test_chip_without_interrupts),
	OTHER_BOARD_TEST(test_line_that_cannot_be_debounced),
	OTHER_BOARD_TEST(test_line_that_is_busy_and_held_by_nobody),
	OTHER_BOARD_TEST(test_line_whose_interrupt_a_driver_has),
	OTHER_BOARD_TEST(test_hogged_line),
};

RUN_TESTS(tests)
