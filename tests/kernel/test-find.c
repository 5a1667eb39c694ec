/* roomctl find: the line that somebody moves is first, the one that chatters last, and those that others use
 * are not touched, by what the kernel's own tracepoints say. On virtual time. */
#define _GNU_SOURCE
#include <errno.h>
#include <gpiod.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/json.h"
#include "files.h"
#include "roomctl-process.h"
#include "roomctl/say.h"
#include "sim-chip.h"
#include "tap-main.h"
#include "thermometer.h"
#include "trace.h"

#define LINES 60
#define MOVED 17
#define PRESSED 18
#define CHATTERS 40
#define FIRST_USED 48 /* from here on ten lines are others' */
#define USED 10
#define EDGES 3000
#define NOBODY 65534
#define EVENTS "/sys/kernel/tracing/events/gpio"

struct house {
	struct sim_chip chip;
	unsigned trace_base;
	struct gpiod_line_request *used[USED];
};

static struct roomctl_process roomctl;

/* --- the lines of others ----------------------------------------------------------------------- */

static struct gpiod_line_request *hold(const struct sim_chip *chip, unsigned offset, bool output)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *config = gpiod_line_config_new();
	struct gpiod_request_config *request_config = gpiod_request_config_new();
	struct gpiod_line_request *request;
	struct gpiod_chip *device;
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", chip->device);
	device = gpiod_chip_open(path);
	assert_non_null(device);
	gpiod_line_settings_set_direction(settings,
	                                  output ? GPIOD_LINE_DIRECTION_OUTPUT : GPIOD_LINE_DIRECTION_INPUT);
	gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_ACTIVE);
	gpiod_line_config_add_line_settings(config, &offset, 1, settings);
	gpiod_request_config_set_consumer(request_config, "others");
	request = gpiod_chip_request_lines(device, request_config, config);
	assert_non_null(request);
	gpiod_line_settings_free(settings);
	gpiod_line_config_free(config);
	gpiod_request_config_free(request_config);
	gpiod_chip_close(device);
	return request;
}

static struct gpiod_line_info *info_of(const struct sim_chip *chip, unsigned offset)
{
	struct gpiod_line_info *info;
	struct gpiod_chip *device;
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", chip->device);
	device = gpiod_chip_open(path);
	assert_non_null(device);
	info = gpiod_chip_get_line_info(device, offset);
	assert_non_null(info);
	gpiod_chip_close(device);
	return info;
}

static bool is_held(const struct sim_chip *chip, unsigned offset)
{
	struct gpiod_line_info *info = info_of(chip, offset);
	bool held = gpiod_line_info_is_used(info);

	gpiod_line_info_free(info);
	return held;
}

static bool is_output(const struct sim_chip *chip, unsigned offset)
{
	struct gpiod_line_info *info = info_of(chip, offset);
	bool output = gpiod_line_info_get_direction(info) == GPIOD_LINE_DIRECTION_OUTPUT;

	gpiod_line_info_free(info);
	return output;
}

/* Until the last of the lines is watched. */
static void wait_until_watched(const struct house *house)
{
	for (int i = 0; i < 1000; i++) {
		if (is_held(&house->chip, LINES))
			return;
		let_pass_ms(10);
	}
	fail_msg("the lines are not watched");
}

/* --- the house --------------------------------------------------------------------------------- */

static int house_setup(void **state)
{
	static char names[LINES][16];
	const char *line_names[LINES + 1];
	struct house *house = calloc(1, sizeof *house);

	assert_non_null(house);
	for (unsigned i = 0; i < LINES; i++) {
		snprintf(names[i], sizeof names[i], "HEADER_%u", i);
		line_names[i] = i == 3 ? "SDA1" : i == 5 ? "" : names[i];
	}
	line_names[LINES] = NULL;
	sim_chip_make(&house->chip, "board", line_names);
	trace_start();
	house->trace_base = sim_chip_trace_number(&house->chip, 0);
	for (unsigned i = 0; i < USED; i++)
		house->used[i] = hold(&house->chip, FIRST_USED + i, i % 2);
	*state = house;
	return 0;
}

static int house_teardown(void **state)
{
	struct house *house = *state;

	for (unsigned i = 0; i < USED; i++)
		gpiod_line_request_release(house->used[i]);
	sim_chip_remove(&house->chip);
	free(house);
	return 0;
}

#define HOUSE_TEST(test) cmocka_unit_test_setup_teardown(test, house_setup, house_teardown)

/* From now on the kernel writes down what anybody does to these lines: values and directions. */
static void trace_lines(const struct house *house, unsigned first, unsigned n)
{
	static const char *const events[] = { "gpio_value", "gpio_direction" };
	char filter[128];

	trace_start();
	file_write("0", "/sys/kernel/tracing/events/irq/irq_handler_entry/enable");
	snprintf(filter, sizeof filter, "gpio >= %u && gpio < %u", house->trace_base + first,
	         house->trace_base + first + n);
	for (size_t i = 0; i < ELEMENTS(events); i++) {
		file_write(filter, EVENTS "/%s/filter", events[i]);
		file_write("1", EVENTS "/%s/enable", events[i]);
	}
	trace_clear();
}

/* How many of these there were since then, by whomever. */
static unsigned count_traced(const char *event)
{
	static char text[262144];
	unsigned n = 0;

	file_read(text, sizeof text, "/sys/kernel/tracing/trace");
	for (const char *s = text; (s = strstr(s, event)); s += strlen(event))
		n++;
	return n;
}

static void expect_untouched(void)
{
	assert_int_equal(count_traced("gpio_value:"), 0);
	assert_int_equal(count_traced("gpio_direction:"), 0);
}

/* --- lines ------------------------------------------------------------------------------------- */

static void expect(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("there is no '%s' in:\n%s\n%s", words, roomctl.out, roomctl.err);
}

static void move(const struct house *house)
{
	for (int i = 0; i < 3; i++) {
		sim_chip_pull(&house->chip, MOVED, true);
		let_pass_ms(3000);
		sim_chip_pull(&house->chip, MOVED, false);
		let_pass_ms(2000);
	}
}

static void press(const struct house *house)
{
	for (int i = 0; i < 2; i++) {
		sim_chip_pull(&house->chip, PRESSED, false);
		let_pass_ms(200);
		sim_chip_pull(&house->chip, PRESSED, true);
		let_pass_ms(1500);
	}
}

static void chatter(const struct house *house)
{
	for (unsigned i = 0; i < EDGES; i++) {
		sim_chip_pull(&house->chip, CHATTERS, i % 2 == 0);
		sim_chip_settle();
	}
}

static const struct json_object *line_at(const struct json_object *report, size_t i)
{
	return json_object_array_get_idx(member_of(report, "lines"), i);
}

static const struct json_object *line_called(const struct json_object *report, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(member_of(report, "lines")); i++)
		if (strcmp(member_text(line_at(report, i), "line"), name) == 0)
			return line_at(report, i);
	fail_msg("there is no line %s in: %s", name, roomctl.out);
	return NULL;
}

static size_t count_state(const struct json_object *report, const char *state)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(member_of(report, "lines")); i++)
		n += strcmp(member_text(line_at(report, i), "state"), state) == 0;
	return n;
}

/* The right one is first, then the button; the one that chatters is the last that was watched. */
static void expect_order(const struct json_object *report)
{
	size_t watched = count_state(report, "watched");
	const struct json_object *first = line_at(report, 0), *second = line_at(report, 1),
				 *last = line_at(report, watched - 1);

	assert_int_equal(watched, LINES + 1 - USED - 1);
	assert_string_equal(member_text(first, "line"), "HEADER_17");
	assert_int_equal(member_number(first, "changes"), 6);
	assert_string_equal(member_text(first, "section"), "[MotionSensor header_17]\nLine=HEADER_17\n");
	assert_string_equal(member_text(second, "line"), "HEADER_18");
	assert_string_equal(member_text(second, "level"), "high");
	assert_string_equal(
		member_text(second, "section"),
		"[Button header_18]\nLine=HEADER_18\nActiveLow=yes\nBias=pull-up\nDebounceSec=20ms\n");
	assert_string_equal(member_text(last, "line"), "HEADER_40");
	assert_true(member_bool(last, "chatters"));
	assert_int_equal(member_number(last, "changes"), EDGES);
	assert_null(member_of(last, "section"));
}

static void test_the_right_one_is_first(void **state)
{
	struct house *house = *state;
	struct json_object *report;

	sim_chip_pull(&house->chip, PRESSED, true);
	trace_lines(house, FIRST_USED, USED);
	roomctl_start(&roomctl, 0, "find --for 100s --json");
	wait_until_watched(house);
	chatter(house);
	move(house);
	press(house);
	assert_int_equal(roomctl_end(&roomctl), STATUS_DONE);
	expect_untouched();
	report = json_tokener_parse(roomctl.out);
	assert_non_null(report);
	expect_order(report);
	assert_int_equal(count_state(report, "used"), USED);
	assert_string_equal(member_text(line_called(report, "HEADER_50"), "reason"), "held by 'others'");
	assert_string_equal(member_text(line_called(report, "SDA1"), "state"), "board");
	assert_string_equal(member_text(line_called(report, "board:5"), "state"), "watched");
	json_object_put(report);
	for (unsigned i = 0; i < LINES; i++)
		assert_int_equal(is_held(&house->chip, i), i >= FIRST_USED && i < FIRST_USED + USED);
}

/* What the board calls its own is not requested either, nor what is an output though nobody has it. */
static void test_board_and_outputs_are_not_touched(void **state)
{
	struct house *house = *state;

	gpiod_line_request_release(hold(&house->chip, 4, true));
	assert_true(is_output(&house->chip, 4));
	trace_lines(house, 3, 2);
	assert_int_equal(roomctl_run(&roomctl, 0, "find --for 1s"), STATUS_DONE);
	expect_untouched();
	expect(roomctl.out, "Not watched: 10 in use, such as HEADER_48: held by 'others'\n");
	expect(roomctl.out, "Not watched: 1 set as output, such as HEADER_4\n");
	expect(roomctl.out,
	       "Not watched: 1 that the board uses, or may use, such as SDA1: by the name of the line");
	expect(roomctl.out, "49 lines were watched, 0 of which changed.\n");
	expect(roomctl.out,
	       "\nNo line changed as if a person had done it. Check the sensor's wires");
	expect(roomctl.out, "\ntry again for longer: sudo roomctl find --for 2min\n");
	expect(roomctl.err, "roomctl: watching 49 lines for 1s: wave");
}

/* The pull and the direction of a line that is watched stay as they are. */
static void test_a_line_that_is_watched_stays_as_it_is(void **state)
{
	struct house *house = *state;
	struct gpiod_line_info *info;

	sim_chip_pull(&house->chip, PRESSED, true);
	roomctl_start(&roomctl, 0, "find --for 5s");
	wait_until_watched(house);
	info = info_of(&house->chip, PRESSED);
	assert_int_equal(gpiod_line_info_get_direction(info), GPIOD_LINE_DIRECTION_INPUT);
	assert_int_equal(gpiod_line_info_get_bias(info), GPIOD_LINE_BIAS_UNKNOWN);
	gpiod_line_info_free(info);
	assert_true(sim_chip_level(&house->chip, PRESSED));
	assert_int_equal(roomctl_end(&roomctl), STATUS_DONE);
	assert_true(sim_chip_level(&house->chip, PRESSED));
}

/* For people: what it says on the way, the table, the section with its reason, and what comes next. */
static void test_words(void **state)
{
	struct house *house = *state;

	roomctl_start(&roomctl, 0, "find --for 20s");
	wait_until_watched(house);
	move(house);
	assert_int_equal(roomctl_end(&roomctl), STATUS_DONE);
	expect(roomctl.err, "\nHEADER_17 is high\nHEADER_17 is low\n");
	expect(roomctl.out, "HEADER_17  ");
	expect(roomctl.out, "\n# It is low, and goes high for seconds without bouncing");
	expect(roomctl.out, "\n[MotionSensor header_17]\nLine=HEADER_17\n");
	expect(roomctl.out, "\nNext: 'sudo roomctl init' asks, and writes such a file.");
}

/* Enter ends it, and so does Ctrl-C, and then it says what it has seen. */
static void test_it_ends_earlier(void **state)
{
	static const char *const keys[] = { "", "\x03" };
	struct house *house = *state;

	for (size_t i = 0; i < ELEMENTS(keys); i++) {
		roomctl_start_on_terminal(&roomctl, "find --for 1d");
		wait_until_watched(house);
		sim_chip_pull(&house->chip, MOVED, i == 0);
		roomctl_answer(&roomctl, "HEADER_17 is ", keys[i]);
		assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_DONE);
		expect(roomctl.out, "lines were watched, 1 of which changed.");
		assert_false(is_held(&house->chip, MOVED));
	}
}

static void test_whoever_may_not(void **state)
{
	(void)state;
	assert_int_equal(roomctl_run(&roomctl, NOBODY, "find --for 1s"), STATUS_REFUSED);
	expect(roomctl.err,
	       "cannot be opened: Permission denied; run it as root: sudo roomctl find. Or give a user access: "
	       "sudo usermod -aG gpio NAME");
	assert_int_equal(roomctl_run(&roomctl, 0, "--host=cellar find"), STATUS_USAGE);
	expect(roomctl.err, "ssh HOST sudo roomctl find");
}

/* --- outputs ----------------------------------------------------------------------------------- */

static void test_output(void **state)
{
	struct house *house = *state;

	trace_lines(house, 20, 1);
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output HEADER_20 --yes"), STATUS_DONE);
	expect(roomctl.err, "1: high\n2: high\n3: high");
	expect(roomctl.out, "Line HEADER_20 is as before: an input, low.\n");
	expect(roomctl.out, "[LightController NAME]\nLine=HEADER_20");
	assert_int_equal(count_traced("set 1"), 3);
	assert_false(is_held(&house->chip, 20));
	assert_false(is_output(&house->chip, 20));

	/* One that is an output at a high level is so afterwards. The simulator gives one that nobody holds
	 * the level of its pull. */
	sim_chip_pull(&house->chip, 20, true);
	gpiod_line_request_release(hold(&house->chip, 20, true));
	trace_clear();
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output HEADER_20 --yes"), STATUS_DONE);
	expect(roomctl.out, "Line HEADER_20 is as before: an output, high.\n");
	expect(roomctl.out, "\nActiveLow=yes");
	assert_true(is_output(&house->chip, 20));
	assert_true(sim_chip_level(&house->chip, 20));
}

static void test_output_of_others(void **state)
{
	struct house *house = *state;

	trace_lines(house, FIRST_USED, USED);
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output HEADER_49 --yes"), STATUS_REFUSED);
	expect(roomctl.err,
	       "line HEADER_49 is in use, held by 'others': it is not touched. 'gpioinfo' shows");
	expect_untouched();
	trace_lines(house, 3, 1);
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output SDA1 --yes"), STATUS_REFUSED);
	expect(roomctl.err, "line SDA1 is not touched: by the name of the line it is the board's own");
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output board:3 --yes"), STATUS_REFUSED);
	expect_untouched();
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output HEADER_99 --yes"), STATUS_FAILED);
	expect(roomctl.err, "'roomctl find' shows all lines");
}

static void test_output_is_asked_for(void **state)
{
	struct house *house = *state;

	trace_lines(house, 20, 1);
	assert_int_equal(roomctl_run(&roomctl, 0, "find --output HEADER_20"), STATUS_USAGE);
	expect(roomctl.err, "there is no terminal to ask on; with --yes nothing is asked");
	roomctl_start_on_terminal(&roomctl, "find --output HEADER_20");
	roomctl_answer(&roomctl, "Go on? [y/N] ", "");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_NOTHING_TO_DO);
	expect(roomctl.out, "nothing was touched");
	expect_untouched();
	roomctl_start_on_terminal(&roomctl, "find --output HEADER_20");
	roomctl_answer(&roomctl, "Go on? [y/N] ", "y");
	/* In the middle: Ctrl-C, and it is what it was. */
	roomctl_answer(&roomctl, "2: high", "\x03");
	assert_int_equal(roomctl_end_on_terminal(&roomctl), STATUS_DONE);
	assert_null(strstr(roomctl.out, "3: high"));
	assert_false(is_output(&house->chip, 20));
	assert_false(is_held(&house->chip, 20));
}

static const struct CMUnitTest tests[] = {
	HOUSE_TEST(test_the_right_one_is_first),
	HOUSE_TEST(test_board_and_outputs_are_not_touched),
	HOUSE_TEST(test_a_line_that_is_watched_stays_as_it_is),
	HOUSE_TEST(test_words),
	HOUSE_TEST(test_it_ends_earlier),
	HOUSE_TEST(test_whoever_may_not),
	HOUSE_TEST(test_output),
	HOUSE_TEST(test_output_of_others),
	HOUSE_TEST(test_output_is_asked_for),
};

RUN_TESTS_WITH_SETUP(tests, roomctl_setup)
