/* The picture of a room that is played with. */
#define _GNU_SOURCE
#include "try/live-view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "helpers.h"

static const struct terminal plain = { 0 }, coloured = { .colours = true };

static void add_row(struct view *view, char key, const char *name, const char *state, const char *devices)
{
	view->rows = reallocarray(view->rows, view->rows_n + 1, sizeof *view->rows);
	assert_non_null(view->rows);
	view->rows[view->rows_n++] = (struct view_row){ .key = key, .name = strdup(name), .state = strdup(state),
		                                        .devices = strdup(devices) };
}

static void fill(struct view *view, size_t n)
{
	char name[48];

	*view = (struct view){ .title = "a room", .clock = "12:00", .keys = "keys" };
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof name, "MotionSensor m%zu", i + 1);
		add_row(view, 'm', name, "no motion", "PIR \u25cb");
	}
}

static char *print(struct view *view, size_t height, size_t width, const struct terminal *terminal)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	assert_non_null(stream);
	view_print(view, height, width, terminal, stream);
	fclose(stream);
	return text;
}

static void expect_picture(struct view *view, size_t height, size_t width, const char *picture)
{
	char *text = print(view, height, width, &plain);

	assert_string_equal(text, picture);
	free(text);
}

/* Every line is there, and none is wider than the terminal. */
static void expect_fits(struct view *view, size_t height, size_t width)
{
	char *text = print(view, height, width, &plain), *state = NULL;
	size_t lines = 1;

	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, height);
	for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		assert_true(text_width(line) <= width);
	free(text);
}

static void test_small_room(void **state)
{
	struct view view = { .title = "a room", .clock = "12:00", .keys = "keys" };

	(void)state;
	add_row(&view, 'm', "MotionSensor hall", "motion", "PIR \u25cf");
	add_row(&view, 0, "Fan rack", "60 %", "");
	view.rows[0].changed = true;
	view.selected = 1;
	view_tell(&view, "one");
	view_tell(&view, "two\033[2J");
	expect_picture(&view, 9, 60,
	               "a room                                                 12:00\n\n"
	               " m* MotionSensor hall  motion  PIR \u25cf\n"
	               ">   Fan rack           60 %    \n"
	               "\n"
	               "one\ntwo\\x1b[2J\n\n"
	               "keys");
	view_free(&view);
}

static void test_sixty(void **state)
{
	struct view view;
	char *text;

	(void)state;
	fill(&view, 60);
	text = print(&view, 24, 80, &plain);
	assert_non_null(strstr(text, "MotionSensor m14 "));
	assert_null(strstr(text, "MotionSensor m15 "));
	assert_non_null(strstr(text, "components 1 to 14 of 60"));
	free(text);
	view.selected = 59;
	text = print(&view, 24, 80, &plain);
	assert_non_null(strstr(text, ">m  MotionSensor m60 "));
	assert_non_null(strstr(text, "components 47 to 60 of 60"));
	free(text);
	view.selected = 50; /* which is shown already */
	text = print(&view, 24, 80, &plain);
	assert_non_null(strstr(text, "components 47 to 60 of 60"));
	free(text);
	view_free(&view);
}

static void test_larger_again(void **state)
{
	struct view view;
	char *text;

	(void)state;
	fill(&view, 20);
	view.selected = 19;
	free(print(&view, 12, 80, &plain));
	text = print(&view, 40, 80, &plain);
	assert_non_null(strstr(text, "MotionSensor m1 "));
	assert_null(strstr(text, "components"));
	free(text);
	view_free(&view);
}

static void test_any_size(void **state)
{
	static const size_t rooms[] = { 0, 1, 3, 60 };
	struct view view;

	(void)state;
	for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
		fill(&view, rooms[i]);
		for (int j = 0; j < 30; j++)
			view_tell(&view, "2.0 s  roomd: motion_detected (MotionSensor with a long name and a word \u00e4\u00f6\u00fc)");
		for (size_t height = 1; height < 40; height++)
			for (size_t width = 1; width < 100; width += height < 8 ? 1 : 13)
				expect_fits(&view, height, width);
		view_free(&view);
	}
}

static void test_log_is_bounded(void **state)
{
	struct view view;
	char line[32], *text;

	(void)state;
	fill(&view, 1);
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof line, "event %d.", i);
		view_tell(&view, line);
	}
	assert_int_equal(view.log_n, VIEW_LOG_MAX);
	text = print(&view, 10, 40, &plain);
	assert_non_null(strstr(text, "event 999."));
	assert_null(strstr(text, "event 990."));
	free(text);
	view_free(&view);
}

static void test_colours(void **state)
{
	struct view view = { .title = "a room", .keys = "keys" };
	char *text;

	(void)state;
	add_row(&view, 'm', "MotionSensor hall", "unavailable", "PIR \u25cf  OTHER \u25cb");
	view.rows[0].is_wrong = true;
	text = print(&view, 9, 60, &coloured);
	assert_non_null(strstr(text, "\033[1;31munavailable\033[0m"));
	assert_non_null(strstr(text, "PIR \033[1;32m\u25cf\033[0m  OTHER \u25cb"));
	free(text);
	text = print(&view, 9, 60, &plain);
	assert_null(strstr(text, "\033"));
	free(text);
	view_free(&view);
}

static void test_prompt(void **state)
{
	struct view view;
	char *text;

	(void)state;
	fill(&view, 1);
	snprintf(view.prompt, sizeof view.prompt, "temperature: 2_");
	text = print(&view, 10, 40, &plain);
	assert_non_null(strstr(text, "\ntemperature: 2_"));
	assert_null(strstr(text, "keys"));
	free(text);
	view_free(&view);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_room),
		cmocka_unit_test(test_sixty),
		cmocka_unit_test(test_larger_again),
		cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_log_is_bounded),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_prompt),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
