/* A history as characters, compared as text; and that nothing in it can harm a terminal, or this program. */
#include "roomctl/history-plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "history-room.h"
#include "client/text.h"

struct picture {
	struct history history;
	struct history_series series[3];
	struct terminal terminal;
	struct history_plot_format format;
};

/* Nothing yet, of the first `hours` of the day, on so many characters, in ASCII. */
static void begin(struct picture *picture, uint64_t hours, size_t width, size_t height)
{
	setenv("TZ", "UTC", 1);
	text_set_up();
	*picture = (struct picture){ 0 };
	picture->history = (struct history){ ROOM_BEGIN, ROOM_BEGIN + hours * ROOM_HOUR, picture->series, 0 };
	picture->format = (struct history_plot_format){ &picture->terminal, width, height, false, false };
}

static struct history_series *add(struct picture *picture, const char *property, char type)
{
	struct history_series *series = &picture->series[picture->history.n++];

	*series = room_series("k/hall", property, type);
	return series;
}

static char *draw(const struct picture *picture)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(history_plot(&picture->history, &picture->format, stream), 0);
	fclose(stream);
	return text;
}

/* Takes the history. */
static void expect(struct picture *picture, const char *expected)
{
	_cleanup_(cleanup_free) char *is = draw(picture);
	struct history owned = picture->history;

	owned.series = malloc(sizeof picture->series);
	memcpy(owned.series, picture->series, sizeof picture->series);
	history_deinit(&owned);
	assert_string_equal(is, expected);
}

/* A number that rises, falls back and is not there, a bar below it, and words, on one axis. */
static void test_several(void **state)
{
	struct picture picture;
	struct history_series *value, *on, *mode;

	(void)state;
	begin(&picture, 12, 40, 12);
	value = add(&picture, "Value", 'd');
	for (int i = 0; i < 6; i++)
		room_known(value, 3600, 18 + i);
	room_absent(value, 2 * 3600, HISTORY_GAP);
	room_absent(value, 2 * 3600, HISTORY_UNAVAILABLE);
	room_known(value, 2 * 3600, 20);
	on = add(&picture, "On", 'b');
	room_on(on, 3 * 3600, 0);
	room_on(on, 3 * 3600, 3 * 3600);
	room_absent(on, 3600, HISTORY_UNAVAILABLE);
	room_absent(on, 3600, HISTORY_GAP);
	room_on(on, 4 * 3600, 600);
	mode = add(&picture, "Mode", 's');
	room_word(mode, 4 * 3600, "auto");
	room_word(mode, 8 * 3600, "manual");
	expect(&picture,
	       "k/hall Value (C): 18.0 to 23.0\n"
	       "24+               ....     xxxxxx\n"
	       "22+         ...|--|        xxxxxx\n"
	       "20+      |--|              xxxxxx-------\n"
	       "18+...|'''                 xxxxxx\n"
	       "k/hall On: on for 3h 10min\n"
	       "  |_________##########xxx  .............\n"
	       "k/hall Mode\n"
	       "  ||auto-------|manual------------------\n"
	       "  ++--------+--------+--------+---------\n"
	       "   00:00    03:00    06:00    09:00\n"
	       "   2026-11-01\n");
}

/* The same with characters that are finer: Braille, blocks. */
static void test_utf8(void **state)
{
	struct picture picture;
	struct history_series *value, *on;

	(void)state;
	begin(&picture, 12, 40, 12);
	picture.format.utf8 = picture.format.legend = true;
	value = add(&picture, "Value", 'd');
	for (int i = 0; i < 48; i++)
		room_known(value, 600, 20 + 3 * sin(i / 6.0));
	room_absent(value, 2 * 3600, HISTORY_GAP);
	room_absent(value, 3600, HISTORY_UNAVAILABLE);
	room_known(value, 3600, 20);
	value->limits[0] = (struct history_limit){ "high", 22.5 };
	value->limits[1] = (struct history_limit){ "low", -40 };
	value->limits_n = 2;
	on = add(&picture, "On", 'b');
	for (unsigned i = 0; i < 12; i++)
		room_on(on, 3600, i * 300);
	expect(&picture,
	       "k/hall Value (°C): 17.0 to 23.0; limits…\n"
	       "25┤                              ░░░\n"
	       "  │┄⢀⡴⠚⠉⠉⠙⠲⣄┄┄┄┄┄┄┄┄┄┄┄⢀⣠⠖⠋⠉┄┄┄┄┄░░░┄┄┄┄\n"
	       "20┤⠒⠋      ⠈⠳⣄⡀      ⢀⡴⠋         ░░░⠐⠒⠒⠒\n"
	       "  │           ⠙⠦⣄⣀⣀⡤⠞⠉           ░░░\n"
	       "15┤                              ░░░\n"
	       "k/hall On: on for 5h 30min\n"
	       "  │───▁▁▁▁▁▁▂▂▂▂▃▃▃▃▃▄▄▄▄▅▅▅▅▅▅▆▆▆▇▇▇▇▇▇\n"
	       "  └┬────────┬────────┬────────┬─────────\n"
	       "   00:00    03:00    06:00    09:00\n"
	       "   2026-11-01\n"
	       "█ on   ─ off   ┄ limit   ░ unavailable …\n");
}

static void test_no_points(void **state)
{
	struct picture picture;

	(void)state;
	begin(&picture, 3, 30, 10);
	picture.format.legend = true;
	add(&picture, "Value", 'd');
	add(&picture, "On", 'b');
	add(&picture, "Mode", 's');
	expect(&picture,
	       "k/hall Value (C): no reading\n"
	       "   |\n"
	       "   |\n"
	       "   |\n"
	       "   |\n"
	       "k/hall On: not known\n"
	       "   |\n"
	       "k/hall Mode\n"
	       "   |\n"
	       "   ++-------+--------+--------\n"
	       "    00:00   01:00    02:00\n"
	       "    2026-11-01\n"
	       "empty: nothing is known\n");
}

static void test_one_point(void **state)
{
	struct picture picture;

	(void)state;
	begin(&picture, 3, 30, 4);
	room_known(add(&picture, "Value", 'd'), 60, 21.5);
	expect(&picture,
	       "k/hall Value (C): 21.5\n"
	       "21.6+\n"
	       "    |\n"
	       "    |\n"
	       "21.5+.\n"
	       "    ++-------+-------+--------\n"
	       "     00:00   01:00   02:00\n"
	       "     2026-11-01\n");
}

static void test_equal(void **state)
{
	struct picture picture;
	struct history_series *value;

	(void)state;
	begin(&picture, 3, 30, 4);
	value = add(&picture, "Value", 'd');
	room_known(value, 3600, 21.5);
	room_known(value, 7200, 21.5);
	expect(&picture,
	       "k/hall Value (C): 21.5\n"
	       "21.6+\n"
	       "    |\n"
	       "    |\n"
	       "21.5+.........................\n"
	       "    ++-------+-------+--------\n"
	       "     00:00   01:00   02:00\n"
	       "     2026-11-01\n");
}

/* What is no number leaves a hole, as a gap does. */
static void test_nan(void **state)
{
	struct picture picture;
	struct history_series *value;

	(void)state;
	begin(&picture, 3, 30, 4);
	value = add(&picture, "Value", 'd');
	room_known(value, 3600, 20);
	room_known(value, 3600, NAN);
	room_known(value, 3600, 21);
	expect(&picture,
	       "k/hall Value (C): 20.0 to 21~\n"
	       "21.0+                '''''''''\n"
	       "20.5+\n"
	       "    |\n"
	       "20.0+.........\n"
	       "    ++-------+-------+--------\n"
	       "     00:00   01:00   02:00\n"
	       "     2026-11-01\n");
}

static void test_gaps_at_ends(void **state)
{
	struct picture picture;
	struct history_series *value, *on;

	(void)state;
	begin(&picture, 3, 30, 4);
	value = add(&picture, "Value", 'd');
	room_absent(value, 3600, HISTORY_GAP);
	room_known(value, 3600, 20);
	room_absent(value, 3600, HISTORY_GAP);
	on = add(&picture, "On", 'b');
	room_absent(on, 3600, HISTORY_UNAVAILABLE);
	room_on(on, 3600, 3600);
	room_absent(on, 3600, HISTORY_UNAVAILABLE);
	expect(&picture,
	       "k/hall Value (C): 20.0\n"
	       "20.1+\n"
	       "    |\n"
	       "    |\n"
	       "20.0+        .........\n"
	       "k/hall On: on for 1h\n"
	       "    |xxxxxxxx#########xxxxxxxx\n"
	       "    ++-------+-------+--------\n"
	       "     00:00   01:00   02:00\n"
	       "     2026-11-01\n");
}

static void test_one_column(void **state)
{
	struct picture picture;
	struct history_series *value;

	(void)state;
	begin(&picture, 3, 1, 1);
	value = add(&picture, "Value", 'd');
	room_known(value, 3600, 20);
	room_known(value, 7200, 23);
	room_on(add(&picture, "On", 'b'), 3600, 1800);
	expect(&picture,
	       "~\n"
	       "|\n"
	       "|\n"
	       "|\n"
	       "|\n"
	       "~\n"
	       "#\n"
	       "+\n"
	       "\n"
	       "\n");
}

/* Many more than have room: what was only for a moment is there, too. */
static void test_many(void **state)
{
	struct picture picture;
	struct history_series *value;

	(void)state;
	begin(&picture, 10, 40, 10);
	value = add(&picture, "Value", 'd');
	for (int i = 0; i < 10000; i++)
		room_known(value, 4, i == 5000 ? 30 : i < 7500 ? 20 : 25);
	expect(&picture,
	       "k/hall Value (C): 20.0 to 30.0\n"
	       "30+                    |\n"
	       "  |                    |\n"
	       "25+                    |         .......\n"
	       "  |                    |         |\n"
	       "  |                    |         |\n"
	       "20+....................|.........|\n"
	       "  ++------+------+-------+------+-------\n"
	       "   00:00  02:00  04:00   06:00  08:00\n"
	       "   2026-11-01\n");
}

static void test_colours(void **state)
{
	struct picture picture;
	struct history_series *on;

	(void)state;
	begin(&picture, 3, 20, 4);
	picture.terminal.colours = true;
	on = add(&picture, "On", 'b');
	room_on(on, 3600, 0);
	room_on(on, 3600, 3600);
	room_absent(on, 3600, HISTORY_UNAVAILABLE);
	expect(&picture,
	       "\033[1mk/hall On: on for 1h\033[0m\n"
	       "|______\033[1;32m#######\033[0m\033[1;31mxxxxxx\033[0m\n"
	       "++-----------+------\n"
	       " 00:00       02:00\n"
	       " 2026-11-01\n");
}

/* --- noise ----------------------------------------------------------------------------------- */

static void check_rows(const char *text, size_t width)
{
	while (*text) {
		_cleanup_(cleanup_free) char *row = strndup(text, strcspn(text, "\n"));

		assert_true(text_width(row) <= width);
		for (const char *letter = row; *letter; letter++)
			assert_true((unsigned char)*letter >= 0x20 && *letter != 0x7f);
		text += strlen(row);
		assert_int_equal(*text++, '\n');
	}
}

static void test_noise(void **state)
{
	(void)state;
	text_set_up();
	setenv("TZ", "Europe/Berlin", 1);
	srandom(1);
	for (unsigned i = 0; i < 300; i++) {
		struct picture picture = { .format = { .width = 1 + (size_t)random() % 120, .height = (size_t)random() % 60,
			                               .utf8 = random() % 2, .legend = random() % 2 } };
		_cleanup_(cleanup_free) char *text = NULL;

		picture.format.terminal = &picture.terminal;
		picture.history = room_noise();
		text = draw(&picture);
		check_rows(text, picture.format.width);
		history_deinit(&picture.history);
	}
}

static void test_wrong(void **state)
{
	struct picture picture;

	(void)state;
	begin(&picture, 3, 0, 4);
	assert_int_equal(history_plot(&picture.history, &picture.format, stdout), -EINVAL);
	begin(&picture, 0, 80, 4);
	assert_int_equal(history_plot(&picture.history, &picture.format, stdout), -EINVAL);
}

static void test_locale(void **state)
{
	char text[] = "21 °C … µ 世";

	(void)state;
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	unsetenv("LANG");
	assert_true(text_is_utf8());
	setenv("LANG", "C", 1);
	assert_false(text_is_utf8());
	setenv("LC_CTYPE", "C.UTF-8", 1);
	assert_true(text_is_utf8());
	setenv("LC_ALL", "xx_XX.utf8", 1);
	assert_true(text_is_utf8());
	setenv("LC_ALL", "POSIX", 1);
	assert_false(text_is_utf8());
	assert_string_equal(text_make_ascii(text), "21 C ~ u ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several),      cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_no_points),    cmocka_unit_test(test_one_point),
		cmocka_unit_test(test_equal),        cmocka_unit_test(test_nan),
		cmocka_unit_test(test_gaps_at_ends), cmocka_unit_test(test_one_column),
		cmocka_unit_test(test_many),         cmocka_unit_test(test_colours),
		cmocka_unit_test(test_noise),        cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
