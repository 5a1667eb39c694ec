/* A history as a picture in a file: what is in it, and that what is in a name does not become a part of the picture. */
#include "roomctl/history-svg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "history-room.h"
#include "client/text.h"

static char *draw(const struct history *history)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(history_svg(history, stream), 0);
	fclose(stream);
	return text;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void set_up(struct history *history, size_t n)
{
	setenv("TZ", "UTC", 1);
	text_set_up();
	*history = (struct history){ ROOM_BEGIN, ROOM_BEGIN + 12 * ROOM_HOUR, calloc(n, sizeof *history->series), n };
}

static void test_number(void **state)
{
	_cleanup_(history_deinit) struct history history;
	_cleanup_(cleanup_free) char *svg = NULL;
	struct history_series *series;

	(void)state;
	set_up(&history, 1);
	series = &history.series[0];
	*series = room_series("k/hall", "Value", 'd');
	room_known(series, 3 * 3600, 20);
	room_absent(series, 3 * 3600, HISTORY_GAP);
	room_known(series, 3 * 3600, 22);
	room_absent(series, 3 * 3600, HISTORY_UNAVAILABLE);
	series->limits[series->limits_n++] = (struct history_limit){ "high", 23 };
	svg = draw(&history);
	assert_non_null(strstr(svg, "<title id=\"title\">History of the room from 2026-11-01 00:00:00 to 2026-11-01 12:00:00<"));
	assert_non_null(strstr(svg, "k/hall Value (°C): 20.0 to 22.0; limits: high 23. "));
	/* 20 and 22 on an axis from 20 to 23, each for a quarter of the width; not a line between them. */
	assert_non_null(strstr(svg, " d=\"M64 150.0H244M424 70.0H604\""));
	assert_non_null(strstr(svg, "<rect x=\"604\" y=\"30\" width=\"180\" height=\"120\" fill=\"#ddd\""));
	assert_int_equal(count(svg, "stroke=\"#c00\""), 1);
	assert_non_null(strstr(svg, ">06:00</text>"));
	assert_non_null(strstr(svg, ">2026-11-01</text>"));
}

static void test_on_and_words(void **state)
{
	_cleanup_(history_deinit) struct history history;
	_cleanup_(cleanup_free) char *svg = NULL;

	(void)state;
	set_up(&history, 2);
	history.series[0] = room_series("k/hall", "On", 'b');
	room_on(&history.series[0], 6 * 3600, 6 * 3600);
	room_on(&history.series[0], 3 * 3600, 0);
	history.series[1] = room_series("k/hall", "Mode", 's');
	room_word(&history.series[1], 6 * 3600, "auto<&>");
	room_word(&history.series[1], 60, "manual");
	svg = draw(&history);
	assert_int_equal(count(svg, "fill=\"#036\""), 1);
	assert_non_null(strstr(svg, "<rect x=\"64\" y=\"30.0\" width=\"360\" height=\"20.0\" fill=\"#036\"/>"));
	assert_int_equal(count(svg, "auto&lt;&amp;&gt;"), 2);
	assert_int_equal(count(svg, "manual"), 1); /* has no room beside its title */
}

static bool is_element(const char *text)
{
	static const char *const names[] = { "svg ", "title", "desc", "rect ", "path ", "text ", "g>", "/" };

	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (strncmp(text, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static void check_elements(const char *svg)
{
	for (size_t i = 0; svg[i]; i++)
		assert_true(svg[i] != '<' || is_element(&svg[i + 1]));
	assert_null(strchr(svg, '\x1b'));
	assert_null(strstr(svg, "nan"));
	assert_null(strstr(svg, "inf\""));
	assert_int_equal(count(svg, "<g>"), count(svg, "</g>"));
	assert_int_equal(count(svg, "<text "), count(svg, "</text>"));
}

/* Whatever is in it, the picture has the elements that it has, and no control characters. */
static void test_noise(void **state)
{
	(void)state;
	text_set_up();
	srandom(1);
	for (unsigned i = 0; i < 500; i++) {
		_cleanup_(history_deinit) struct history history = room_noise();
		_cleanup_(cleanup_free) char *svg = draw(&history);

		check_elements(svg);
	}
}

static void test_wrong(void **state)
{
	struct history history = { ROOM_BEGIN, ROOM_BEGIN, NULL, 0 };

	(void)state;
	assert_int_equal(history_svg(&history, stdout), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_on_and_words),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
