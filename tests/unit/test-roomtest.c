/* Room tests as text: what a statement is, in which form it is written, and in which order it is done. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture/random.h"
#include "roomtest-text.h"
#include "try/forms.h"

/* --- right ones ------------------------------------------------------------------------------ */

/* NULL: it is written in its one form already. */
static const struct {
	const char *text;
	enum statement_kind kind;
	const char *form;
} right[] = {
	{ "at 22:30:00", STATEMENT_AT, NULL },
	{ "at 22:30", STATEMENT_AT, "at 22:30:00" },
	{ "at 7:05", STATEMENT_AT, "at 07:05:00" },
	{ "at 00:00:00", STATEMENT_AT, NULL },
	{ "at 23:59:59", STATEMENT_AT, NULL },
	{ "at 2027-03-28 01:59:00", STATEMENT_AT, NULL },
	{ "at 2028-2-29 1:59", STATEMENT_AT, "at 2028-02-29 01:59:00" },
	{ "after 2min", STATEMENT_AFTER, NULL },
	{ "after 2 min", STATEMENT_AFTER, "after 2min" },
	{ "after 90s", STATEMENT_AFTER, "after 1min 30s" },
	{ "after 1h 30min", STATEMENT_AFTER, NULL },
	{ "after 1 h 30 min", STATEMENT_AFTER, "after 1h 30min" },
	{ "after \"1h 30min\"", STATEMENT_AFTER, "after 1h 30min" },
	{ "after 1.5h", STATEMENT_AFTER, "after 1h 30min" },
	{ "after 120", STATEMENT_AFTER, "after 2min" },
	{ "after 0", STATEMENT_AFTER, NULL },
	{ "after 100y", STATEMENT_AFTER, "after 5217w 6d" },
	{ "motion hall", STATEMENT_MOTION, NULL },
	{ "  motion\thall  ", STATEMENT_MOTION, "motion hall" },
	{ "motion hall # somebody", STATEMENT_MOTION, "motion hall" },
	{ "motion hall #", STATEMENT_MOTION, "motion hall" },
	{ "motion hall;", STATEMENT_MOTION, "motion hall" },
	{ ";;motion hall;;", STATEMENT_MOTION, "motion hall" },
	{ "motion MotionSensor/hall", STATEMENT_MOTION, NULL },
	{ "motion MotionSensor hall", STATEMENT_MOTION, "motion MotionSensor/hall" },
	{ "motion motion", STATEMENT_MOTION, NULL },
	{ "no motion hall", STATEMENT_NO_MOTION, NULL },
	{ "no motion sensor hall", STATEMENT_NO_MOTION, "no motion sensor/hall" },
	{ "open front", STATEMENT_OPEN, NULL },
	{ "close front", STATEMENT_CLOSE, NULL },
	{ "press bell", STATEMENT_PRESS, "press bell single" },
	{ "press bell single", STATEMENT_PRESS, NULL },
	{ "press bell double", STATEMENT_PRESS, NULL },
	{ "press bell long", STATEMENT_PRESS, NULL },
	{ "press long", STATEMENT_PRESS, "press long single" },
	{ "press button bell", STATEMENT_PRESS, "press button/bell single" },
	{ "press button bell long", STATEMENT_PRESS, "press button/bell long" },
	{ "garden 20000 lx", STATEMENT_VALUE, NULL },
	{ "garden 20000lx", STATEMENT_VALUE, "garden 20000 lx" },
	{ "garden 20000", STATEMENT_VALUE, NULL },
	{ "cellar -4.50 °C", STATEMENT_VALUE, "cellar -4.5 °C" },
	{ "cellar -0", STATEMENT_VALUE, "cellar 0" },
	{ "cellar -0.0000000000000001", STATEMENT_VALUE, "cellar 0" },
	{ "cellar 0.00000125", STATEMENT_VALUE, NULL },
	{ "cellar 999999999999", STATEMENT_VALUE, NULL },
	{ "cellar 65%", STATEMENT_VALUE, "cellar 65 %" },
	{ "sensor garden 5 lx", STATEMENT_VALUE, "sensor/garden 5 lx" },
	{ "IlluminanceSensor/open 5 lx", STATEMENT_VALUE, NULL },
	{ "2nd 5 lx", STATEMENT_VALUE, NULL },
	{ "sensor 2nd 5 lx", STATEMENT_VALUE, "sensor/2nd 5 lx" },
	{ "unplug hall", STATEMENT_UNPLUG, NULL },
	{ "unplug light hall", STATEMENT_UNPLUG, "unplug light/hall" },
	{ "plug LightController/hall", STATEMENT_PLUG, NULL },
	{ "restart", STATEMENT_RESTART, NULL },
	{ "kill", STATEMENT_KILL, NULL },
	{ "power loss", STATEMENT_POWER_LOSS, NULL },
	{ "power loss for 3h 20min", STATEMENT_POWER_LOSS, NULL },
	{ "power loss for 0", STATEMENT_POWER_LOSS, "power loss" },
	{ "reload", STATEMENT_RELOAD, NULL },
	{ "reload new.conf", STATEMENT_RELOAD, NULL },
	{ "reload \"my house.conf\"", STATEMENT_RELOAD, NULL },
	{ "clock 22:30", STATEMENT_CLOCK, "clock 22:30:00" },
	{ "clock 2027-10-31 02:59:59", STATEMENT_CLOCK, NULL },
	{ "broker away", STATEMENT_BROKER_AWAY, NULL },
	{ "broker back", STATEMENT_BROKER_BACK, NULL },
	{ "roomctl", STATEMENT_ROOMCTL, NULL },
	{ "roomctl on attic --for 5min", STATEMENT_ROOMCTL, NULL },
	{ "roomctl on attic --for \"5 min\"", STATEMENT_ROOMCTL, NULL },
	{ "roomctl say \"a;b\" \"#\" \"\" x\"y z\"", STATEMENT_ROOMCTL, "roomctl say \"a;b\" \"#\" \"\" \"xy z\"" },
	{ "expect hall on", STATEMENT_EXPECT, NULL },
	{ "expect light hall on", STATEMENT_EXPECT, "expect light/hall on" },
	{ "expect LightController/hall on", STATEMENT_EXPECT, NULL },
	{ "expect within 50ms light hall on", STATEMENT_EXPECT, "expect within 50ms light/hall on" },
	{ "expect within 1 min 30 s hall off", STATEMENT_EXPECT, "expect within 1min 30s hall off" },
	{ "expect motion clear", STATEMENT_EXPECT, NULL },
	{ "expect light 2nd on", STATEMENT_EXPECT, "expect light/2nd on" },
	{ "expect garden 20 lx", STATEMENT_EXPECT_VALUE, NULL },
	{ "expect garden 20lx", STATEMENT_EXPECT_VALUE, "expect garden 20 lx" },
	{ "expect garden above 20", STATEMENT_EXPECT_VALUE, NULL },
	{ "expect sensor garden below -20 °C", STATEMENT_EXPECT_VALUE, "expect sensor/garden below -20 °C" },
	{ "expect within 10s garden above 20 lx", STATEMENT_EXPECT_VALUE, NULL },
	{ "expect event light_on hall", STATEMENT_EXPECT_EVENT, NULL },
	{ "expect event light_on light hall cause=hand", STATEMENT_EXPECT_EVENT, "expect event light_on light/hall cause=hand" },
	{ "expect event light_on hall cause=\"by hand\" by=hall", STATEMENT_EXPECT_EVENT, NULL },
	{ "expect event light_on hall cause=", STATEMENT_EXPECT_EVENT, NULL },
	{ "expect event light_on hall cause=a=b", STATEMENT_EXPECT_EVENT, NULL },
	{ "expect within 1s event light_on hall", STATEMENT_EXPECT_EVENT, NULL },
	{ "expect no event light_on", STATEMENT_EXPECT_NO_EVENT, NULL },
	{ "expect no event light_on hall", STATEMENT_EXPECT_NO_EVENT, NULL },
	{ "expect no event light_on light hall", STATEMENT_EXPECT_NO_EVENT, "expect no event light_on light/hall" },
	{ "expect no event light_on cause=motion", STATEMENT_EXPECT_NO_EVENT, NULL },
	{ "repeat 3 times; restart; end", STATEMENT_REPEAT, "repeat 3 times" },
	{ "repeat 1 time; restart; end", STATEMENT_REPEAT, "repeat 1 times" },
	{ "repeat 1000000 times; restart; end", STATEMENT_REPEAT, "repeat 1000000 times" },
};

static unsigned check_right(size_t i)
{
	_cleanup_(roomtest_freep) struct roomtest *test = NULL, *again = NULL;
	_cleanup_(cleanup_free) char *said = parse(right[i].text, strlen(right[i].text), &test), *form = NULL, *form_again = NULL;

	if (*said)
		return row_fails("%s", said);
	form = statement_format(&test->cases[0].statements[0]);
	if (test->cases[0].statements[0].kind != right[i].kind || strcmp(form, right[i].form ? right[i].form : right[i].text) != 0)
		return row_fails("'%s' is read as '%s', kind %d", right[i].text, form, test->cases[0].statements[0].kind);
	if (right[i].kind == STATEMENT_REPEAT)
		return 0;
	again = parse_right(form);
	form_again = statement_format(&again->cases[0].statements[0]);
	return strcmp(form, form_again) == 0 ? 0 : row_fails("'%s' becomes '%s'", form, form_again);
}

static void test_right_statements(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(right); i++)
		failed += check_right(i);
	assert_int_equal(failed, 0);
}

static bool has_row(enum statement_kind kind)
{
	for (size_t i = 0; i < ELEMENTS(right); i++)
		if (right[i].kind == kind)
			return true;
	return kind == STATEMENT_END || kind == STATEMENT_TEST || kind == STATEMENT_ZONE || kind == STATEMENT_START;
}

/* Which the manual is made of. */
static void test_each_kind_has_a_form(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (enum statement_kind kind = 0; kind < STATEMENT_KINDS; kind++) {
		if (!statement_form_of(kind)->words)
			failed += row_fails("kind %d has no form", kind);
		if (!has_row(kind))
			failed += row_fails("kind %d has no row here", kind);
	}
	assert_int_equal(failed, 0);
}

static void test_what_a_statement_has(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test = parse_right(
		"\n  expect within 50ms light hall on; garden -4.5 °C\nat 2027-03-28 01:59:02 press bell long\n"
		"expect event light_on hall cause=\"by hand\"; roomctl on \"the attic\"\npower loss for 2s; repeat 7 times; kill; end");
	const struct statement *s = test->cases[0].statements;

	(void)state;
	assert_int_equal(test->cases[0].n, 10);
	assert_int_equal(s[0].line, 2);
	assert_int_equal(s[0].column, 3);
	assert_true(s[0].has_within && s[0].within_ns == 50000000);
	assert_string_equal(s[0].component_kind, "light");
	assert_string_equal(s[0].name, "hall");
	assert_int_equal(s[0].name_column, 22);
	assert_string_equal(s[0].word, "on");
	assert_int_equal(s[0].word_column, 33);
	assert_true(s[0].subject == STATEMENT_NO_SUBJECT);
	assert_true(s[1].number == -4.5 && s[1].column == 37 && s[1].number_column == 44 && s[1].unit_column == 49);
	assert_string_equal(s[1].unit, "°C");
	assert_true(s[2].time.has_date && s[2].time.year == 2027 && s[2].time.month == 3 && s[2].time.day == 28);
	assert_int_equal(s[2].time.second_of_day, 7142);
	assert_string_equal(s[3].word, "long");
	assert_int_equal(s[3].line, 3);
	assert_string_equal(s[4].pairs[0].key, "cause");
	assert_string_equal(s[4].pairs[0].value, "by hand");
	assert_int_equal(s[4].pairs[0].column, 28);
	assert_int_equal(s[5].arguments_n, 2);
	assert_string_equal(s[5].arguments[1], "the attic");
	assert_null(s[5].arguments[2]);
	assert_true(s[6].duration_ns == 2000000000);
	assert_true(s[7].count == 7 && s[7].partner == 9 && s[9].partner == 7);
}

/* --- lines ----------------------------------------------------------------------------------- */

/* What promises are made of. */
static void test_the_first_example(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test = parse_right(
		"at 22:30:00         motion hall\n"
		"expect within 50ms  light hall on\n"
		"after 2min          expect light hall on\n"
		"no motion hall\n"
		"after 2min          expect light hall off\n"
		"at 12:00:00         garden 20000 lx; motion hall; expect light hall off\n");
	_cleanup_(cleanup_free) char *form = roomtest_format(test);

	(void)state;
	assert_string_equal(form,
	                    "test hall\nzone UTC\nstart 2027-01-01 00:00:00\n"
	                    "at 22:30:00\nmotion hall\nexpect within 50ms light/hall on\n"
	                    "after 2min\nexpect light/hall on\nno motion hall\nafter 2min\nexpect light/hall off\n"
	                    "at 12:00:00\ngarden 20000 lx\nmotion hall\nexpect light/hall off\n");
}

static void test_line_ends(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test =
		parse_right("\xEF\xBB\xBFkill\r\n\r\n# all\r\n\n;\n \t\nrestart");

	(void)state;
	assert_int_equal(test->cases[0].n, 2);
	assert_int_equal(test->cases[0].statements[0].column, 1);
	assert_int_equal(test->cases[0].statements[1].line, 7);
}

/* A name may be a unit, or begin with a digit. */
static void test_where_a_span_ends(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test =
		parse_right("after 2min d 5 lx\nafter 2 d d 6 lx\nafter 1h 2nd 7 lx\nafter 1h 2 min 3s kill");
	_cleanup_(cleanup_free) char *form = roomtest_format(test);

	(void)state;
	assert_string_equal(form, "test hall\nzone UTC\nstart 2027-01-01 00:00:00\n"
	                          "after 2min\nd 5 lx\nafter 2d\nd 6 lx\nafter 1h\n2nd 7 lx\nafter 1h 2min 3s\nkill\n");
}

static void test_headers(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test = parse_right(
		"zone Europe/Berlin; start 2027-03-27 12:00\n"
		"test the light goes on\nkill\n"
		"test \"a; b\"; zone UTC; start 9:00; restart\n"
		"test third\nkill\n");
	_cleanup_(cleanup_free) char *form = roomtest_format(test);

	(void)state;
	assert_string_equal(form,
	                    "test the light goes on\nzone Europe/Berlin\nstart 2027-03-27 12:00:00\nkill\n"
	                    "test \"a; b\"\nzone UTC\nstart 2027-01-01 09:00:00\nrestart\n"
	                    "test third\nzone Europe/Berlin\nstart 2027-03-27 12:00:00\nkill\n");
	assert_int_equal(test->cases[1].line, 4);
	assert_int_equal(test->cases[0].zone_line, 1);
	assert_int_equal(test->cases[1].zone_column, 19);
}

/* --- the order ------------------------------------------------------------------------------- */

static void assert_order(const char *text, const char *expected)
{
	_cleanup_(roomtest_freep) struct roomtest *test = parse_right(text);
	struct roomtest_cursor cursor = { 0 };
	const struct statement *statement;
	char order[512] = "";

	while ((statement = roomtest_step(&test->cases[0], &cursor)))
		strcat(order, statement->name);
	assert_string_equal(order, expected);
	assert_null(roomtest_step(&test->cases[0], &cursor));
}

static void test_order(void **state)
{
	(void)state;
	assert_order("plug a; plug b", "ab");
	assert_order("plug a; repeat 3 times; plug b; plug c; end; plug d", "abcbcbcd");
	assert_order("repeat 2 times; plug a; repeat 3 times; plug b; end; plug c; end", "abbbcabbbc");
	assert_order("repeat 2 times\nrepeat 2 times\nrepeat 2 times\nrepeat 2 times\nplug a\nend\nend\nend\nend", "aaaaaaaaaaaaaaaa");
	assert_order("repeat 1 times; plug a; end; repeat 2 times; plug b; end", "abb");
}

/* A year of it fits into a short file. */
static void test_ten_million(void **state)
{
	_cleanup_(roomtest_freep) struct roomtest *test =
		parse_right("repeat 1000000 times; repeat 10 times; after 1min; end; end");
	struct roomtest_cursor cursor = { 0 };
	unsigned n = 0;

	(void)state;
	while (roomtest_step(&test->cases[0], &cursor))
		n++;
	assert_int_equal(n, ROOMTEST_RUN_MAX);
}

/* --- anything -------------------------------------------------------------------------------- */

static const char *const pieces[] = {
	"at ", "after ", "motion ", "no ", "hall ", "expect ", "within ", "event ", "light_on ", "cause=", "5 ", "lx ", "22:30 ",
	"2027-03-28 ", "2min ", "; ", "\n", "#", "\"", "\t", "repeat 3 times ", "end ", "test ", "zone UTC ", "start ", "press ",
	"double ", "roomctl ", "power loss ", "for ", "broker away ", "above ", "/", "Button/", "\xff", "\xc2\xa0", "\r\n", "°C ",
	"1e9 ", "-", ".", "99999999999999999999 ", "reload ", "clock ",
};

/* What a file becomes under somebody's hands: letters that are others, pieces more, parts less or twice. */
static size_t mutate(char *text, size_t length, size_t size, uint64_t *seed)
{
	size_t at = random_between(seed, 0, length), n = random_between(seed, 0, length - at);
	const char *piece = pieces[random_between(seed, 0, ELEMENTS(pieces) - 1)];

	if (random_between(seed, 0, 3) == 0 && at < length) {
		text[at] = (char)random_between(seed, 0, 255);
		return length;
	}
	if (random_between(seed, 0, 3) == 0) {
		n = n > 12 ? 12 : n;
		memmove(text + at, text + at + n, length - at - n);
		return length - n;
	}
	n = strlen(piece);
	if (length + n > size)
		return length / 2;
	memmove(text + at + n, text + at, length - at);
	memcpy(text + at, piece, n);
	return length + n;
}

/* In the form that it is written in it is read as the same again. */
static void check_form(const struct roomtest *test)
{
	_cleanup_(cleanup_free) char *form = roomtest_format(test), *form_again = NULL;
	_cleanup_(roomtest_freep) struct roomtest *again = parse_right(form);

	form_again = roomtest_format(again);
	assert_string_equal(form_again, form);
}

static void test_anything(void **state)
{
	static const char *const starts[] = {
		"zone UTC; start 2027-03-27 12:00\ntest a b\nat 22:30:00 motion hall\nexpect within 50ms light hall on\n",
		"after 2min expect light hall off\nrepeat 10 times\ngarden 20000 lx; press bell double\nend # all\n",
		"test c\nexpect event light_on hall cause=\"by hand\"\nroomctl on attic --for \"5 min\"\ntest d\nkill",
		"power loss for 3h\nexpect no event light_off\nexpect garden above 20 lx\nreload b.conf\nbroker away\n",
	};
	uint64_t seed = 20270328;
	unsigned right_n = 0;
	char text[1024];
	size_t length = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		struct roomtest *test = NULL;
		_cleanup_(cleanup_free) char *exact = NULL, *said = NULL;

		if (i % 3 == 0)
			length = (size_t)snprintf(text, sizeof text, "%s", starts[i / 3 % ELEMENTS(starts)]);
		length = mutate(text, length, sizeof text, &seed);
		exact = malloc(length + 1); /* so that a sanitizer sees what reads too far */
		memcpy(exact, text, length);
		said = parse(exact, length, &test);
		right_n += test != NULL;
		if (test)
			check_form(test);
		roomtest_free(test);
	}
	assert_in_range(right_n, 5000, 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_statements),
		cmocka_unit_test(test_each_kind_has_a_form),
		cmocka_unit_test(test_what_a_statement_has),
		cmocka_unit_test(test_the_first_example),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_where_a_span_ends),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ten_million),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
