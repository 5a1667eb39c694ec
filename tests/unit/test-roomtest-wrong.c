/* Room tests that are none: what is said of them, and where. */
#define _GNU_SOURCE
#include <stdio.h>

#include "roomtest-text.h"

#define AT_END "; the statement ends here"
#define A_STATEMENT "expected a statement, such as motion NAME, or NAME NUMBER"
#define A_NAME "expected a component's name"
#define A_NAME_OR "expected a component's name, or Kind/name"
#define A_TIME "expected a time, such as 22:30, 22:30:00 or 2027-03-28 01:59:00"
#define A_DAY "expected a day that there is, from 1970-01-01 to 9999-12-31"
#define A_SPAN "expected a time span, such as 50ms, 2min or 1h 30min"
#define A_NUMBER "expected a number, such as 20000 or -4.5"
#define A_STATE "expected a state, such as on or open, or a number"
#define A_COUNT "expected a whole number from 1 to 1000000"
#define AN_EVENT "expected an event, such as light_on"
#define THE_END "expected the end of the statement, or \";\""

/* The line, its place marked, and what is said. */
static const struct {
	const char *text, *mark, *words;
} wrong[] = {
	{ "moton hall", "^~~~~", A_STATEMENT ", not 'moton'; did you mean motion?" },
	{ "Motion hall", "^~~~~~", A_STATEMENT ", not 'Motion'; did you mean motion?" },
	{ "xyzzy hall", "^~~~~", A_STATEMENT ", not 'xyzzy'" },
	{ "garden", "^~~~~~", A_STATEMENT ", not 'garden'" },
	{ "garden lots", "^~~~~~", A_STATEMENT ", not 'garden'" },
	{ "garden 1e3", "^~~~~~", A_STATEMENT ", not 'garden'" },
	{ "\"\"", "^~", A_STATEMENT ", not ''" },
	{ "no", "  ^", "expected \"motion\" after \"no\"" AT_END },
	{ "no moton hall", "   ^~~~~", "expected \"motion\" after \"no\", not 'moton'; did you mean motion?" },
	{ "power", "     ^", "expected \"loss\" after \"power\"" AT_END },
	{ "broker", "      ^", "expected \"away\" or \"back\" after \"broker\"" AT_END },
	{ "broker gone", "       ^~~~", "expected \"away\" or \"back\" after \"broker\", not 'gone'" },
	{ "at", "  ^", A_TIME AT_END },
	{ "at; kill", "  ^", A_TIME AT_END },
	{ "at 24:00", "   ^~~~~", A_TIME ", not '24:00'" },
	{ "at 22:60", "   ^~~~~", A_TIME ", not '22:60'" },
	{ "at 22:30:60", "   ^~~~~~~~", A_TIME ", not '22:30:60'" },
	{ "at 22:3", "   ^~~~", A_TIME ", not '22:3'" },
	{ "at 22:30:", "   ^~~~~~", A_TIME ", not '22:30:'" },
	{ "at 10pm", "   ^~~~", A_TIME ", not '10pm'" },
	{ "at 2027-02-29 12:00", "   ^~~~~~~~~~", A_DAY ", not '2027-02-29'" },
	{ "at 2100-02-29 12:00", "   ^~~~~~~~~~", A_DAY ", not '2100-02-29'" },
	{ "at 2027-13-01 12:00", "   ^~~~~~~~~~", A_DAY ", not '2027-13-01'" },
	{ "at 2027-04-31 12:00", "   ^~~~~~~~~~", A_DAY ", not '2027-04-31'" },
	{ "at 2027-00-01 12:00", "   ^~~~~~~~~~", A_DAY ", not '2027-00-01'" },
	{ "at 1969-12-31 12:00", "   ^~~~~~~~~~", A_DAY ", not '1969-12-31'" },
	{ "at 28-03-2027 12:00", "   ^~~~~~~~~~", A_DAY ", not '28-03-2027'" },
	{ "at 2027-03-28", "             ^", "expected a time of day after the date, such as 01:59:00" AT_END },
	{ "at 2027-03-28T12:00", "   ^~~~~~~~~~~~~~~~", A_DAY ", not '2027-03-28T12:00'" },
	{ "after", "     ^", A_SPAN AT_END },
	{ "after motion hall", "      ^~~~~~", A_SPAN ", not 'motion'" },
	{ "after -2min", "      ^~~~~", A_SPAN ", not '-2min'" },
	{ "after 101y", "      ^~~~", "expected a time span of at most 100 years" },
	{ "after 99999999999999999999y", "      ^~~~~~~~~~~~~~~~~~~~~", "expected a time span of at most 100 years" },
	{ "after 2min 3 minuten", "             ^~~~~~~", A_STATEMENT ", not 'minuten'" },
	{ "after 2min moton hall", "           ^~~~~", A_STATEMENT ", not 'moton'; did you mean motion?" },
	{ "motion", "      ^", A_NAME AT_END },
	{ "motion; kill", "      ^", A_NAME AT_END },
	{ "motion -hall", "       ^~~~~", A_NAME_OR ", not '-hall'" },
	{ "motion häll", "       ^~~~", A_NAME_OR ", not 'häll'" },
	{ "motion /hall", "       ^~~~~", A_NAME_OR ", not '/hall'" },
	{ "motion a/b/c", "       ^~~~~", A_NAME_OR ", not 'a/b/c'" },
	{ "motion hall,", "       ^~~~~", A_NAME_OR ", not 'hall,'" },
	{ "motion a_name_that_is_much_too_long", "       ^~~~~~~~~~~~~~~~~~~~~~~~~~~~", A_NAME_OR ", not 'a_name_that_is_much_too_long'" },
	{ "unplug light Light/hall", "             ^~~~~~~~~~", "expected a name without its kind, which stands before it, not 'Light/hall'" },
	{ "unplug 5 hall", "       ^", "expected a word for a kind before a name, such as light or LightController, not '5'" },
	{ "motion sensor hall now", "                   ^~~", THE_END ", not 'now'" },
	{ "press button bell long now", "                       ^~~", THE_END ", not 'now'" },
	{ "press button bell dubble", "                  ^~~~~~", "expected single, double or long, not 'dubble'; did you mean double?" },
	{ "garden 20 lx today", "             ^~~~~", THE_END ", not 'today'" },
	{ "garden 9999999999999 lx", "^~~~~~", A_STATEMENT ", not 'garden'" },
	{ "restart now", "        ^~~", THE_END ", not 'now'" },
	{ "power loss for", "              ^", A_SPAN AT_END },
	{ "power loss 3h", "           ^~", THE_END ", not '3h'" },
	{ "clock", "     ^", A_TIME AT_END },
	{ "expect", "      ^", A_NAME AT_END },
	{ "expect hall", "           ^", A_STATE AT_END },
	{ "expect light hall on now", "                     ^~~", THE_END ", not 'now'" },
	{ "expect hall on!", "            ^~~", A_STATE ", not 'on!'" },
	{ "expect within hall on", "              ^~~~", A_SPAN ", not 'hall'" },
	{ "expect within 0 hall on", "       ^~~~~~", "expected a time span above 0 after within" },
	{ "expect garden above", "                   ^", A_NUMBER AT_END },
	{ "expect garden above high", "                    ^~~~", A_NUMBER ", not 'high'" },
	{ "expect event", "            ^", AN_EVENT AT_END },
	{ "expect event 5", "             ^", AN_EVENT ", not '5'" },
	{ "expect event light_on", "                     ^", "expected the name of the component whose event it is" AT_END },
	{ "expect event light_on cause=x", "                      ^~~~~~~", "expected the name of the component whose event it is, not 'cause=x'" },
	{ "expect event light_on light hall cause", "                                 ^~~~~", "expected KEY=VALUE, or the end, not 'cause'" },
	{ "expect event light_on hall =x", "                           ^~", "expected KEY=VALUE, such as cause=motion, not '=x'" },
	{ "expect event light_on hall a=b c", "                               ^", "expected KEY=VALUE, or the end, not 'c'" },
	{ "expect no", "         ^", "expected \"event\" after \"no\", or a component's name" AT_END },
	{ "expect no motion hall", "          ^~~~~~", "expected \"event\" after \"no\", or a component's "
		"name, not 'motion'" },
	{ "expect within 5s no event light_on", "                 ^~", "expected no \"within\" before \"no event\": let the time pass with \"after\" first" },
	{ "repeat", "      ^", A_COUNT AT_END },
	{ "repeat 0 times; kill; end", "       ^", A_COUNT ", not '0'" },
	{ "repeat 1000001 times", "       ^~~~~~~", A_COUNT ", not '1000001'" },
	{ "repeat 99999999999999999999 times", "       ^~~~~~~~~~~~~~~~~~~~", A_COUNT ", not '99999999999999999999'" },
	{ "repeat -1 times", "       ^~", A_COUNT ", not '-1'" },
	{ "repeat 5; kill; end", "        ^", "expected \"times\" after the number" AT_END },
	{ "end", "^", "expected \"repeat N times\" before \"end\"; no block is open here" },
	{ "repeat 5 times; end", "                ^", "expected a statement to repeat before \"end\"" },
	{ "repeat 5 times; kill", "^", "expected \"end\" after the repeated statements; the test ends without it" },
	{ "kill; repeat 10000 times; repeat 1001 times; kill; end; end", "                          ^",
	  "expected at most 10000000 statements in a test, each counted as often as it is repeated" },
	{ "repeat 1000000 times; repeat 10 times; kill; restart; end; end", "                                             ^",
	  "expected at most 10000000 statements in a test, each counted as often as it is repeated" },
	{ "repeat 9 times; repeat 9 times; repeat 9 times; repeat 9 times; repeat 9 times; kill; end; end; end; end; end",
	  "                                                                ^", "expected at most 4 blocks within one another" },
	{ "test", "    ^", "expected a name for the test" AT_END },
	{ "test \"\"", "     ^~", "expected a name for the test, not ''" },
	{ "test a", "^~~~", "expected a statement after the name of the test" },
	{ "test a; kill; test a; kill", "                   ^", "expected another name: the test of line 1 has this one" },
	{ "kill; test a; kill", "      ^", "expected no statement before the first test; there are some above" },
	{ "kill; zone UTC", "      ^", "expected zone and start before the first statement of a test" },
	{ "kill; start 1:00", "      ^", "expected zone and start before the first statement of a test" },
	{ "zone", "    ^", "expected a time zone, such as Europe/Berlin" AT_END },
	{ "zone ../../etc/passwd", "     ^~~~~~~~~~~~~~~~", "expected a time zone, such as Europe/Berlin, not '../../etc/passwd'" },
	{ "zone /etc/localtime", "     ^~~~~~~~~~~~~~", "expected a time zone, such as Europe/Berlin, not '/etc/localtime'" },
	{ "zone :UTC", "     ^~~~", "expected a time zone, such as Europe/Berlin, not ':UTC'" },
	{ "roomctl say \"hall", "            ^", "expected a second \" on the line, where the text ends" },
	{ "\tmotion\t-hall", "\t      \t^~~~~", A_NAME_OR ", not '-hall'" },
	{ "ärger 5 °C", "^~~~~", A_NAME_OR ", not 'ärger'" },
};

/* What is said of a line: "FILE:1:COLUMN: WORDS", the line, and the mark. */
static unsigned check_wrong(size_t i)
{
	struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *said = parse(wrong[i].text, strlen(wrong[i].text), &test), *expected = NULL;

	roomtest_free(test);
	if (asprintf(&expected, PATH ":1:%zu: %s\n  %s\n  %s", strcspn(wrong[i].mark, "^") + 1, wrong[i].words,
	             wrong[i].text, wrong[i].mark) < 0)
		return row_fails("no memory");
	return strcmp(said, expected) == 0 ? 0 : row_fails("expected %s\nsaid     %s", expected, *said ? said : "nothing");
}

static void test_wrong_statements(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(wrong); i++)
		failed += check_wrong(i);
	assert_int_equal(failed, 0);
}

static void test_all_that_is_wrong_is_said(void **state)
{
	static const char text[] = "kill now; kill then\n\nrestart\nat noon motion hall\n";

	(void)state;
	assert_wrong(text, strlen(text),
	             PATH ":1:6: " THE_END ", not 'now'\n  kill now; kill then\n       ^~~\n" PATH ":4:4: " A_TIME
	                  ", not 'noon'\n  at noon motion hall\n     ^~~~");
}

static void test_lines_that_are_no_text(void **state)
{
	(void)state;
	assert_wrong("", 0, PATH ":1: expected a statement; the file has none");
	assert_wrong("# kill", 6, PATH ":1: expected a statement; the file has none");
	assert_wrong("\n\xff kill", 7, PATH ":2: expected UTF-8; this line has bytes that are not");
	assert_wrong("kill \xc2", 6, PATH ":1: expected UTF-8; this line has bytes that are not");
	assert_wrong("kill\0", 5, PATH ":1: expected text; this line has a control character");
	assert_wrong("kill\n\0\nkill x", 13, PATH ":2: expected text; this line has a control character\n" PATH ":3:6: " THE_END
	                                        ", not 'x'\n  kill x\n       ^");
	assert_wrong("motion\xc2\xa0hall", 12,
	             PATH ":1: expected characters that can be seen; there is U+00A0 (no-break space) at column 7, as comes with "
	                  "copied text: write an ordinary space");
}

/* `n` times; freed by the caller. */
static char *times(size_t n, const char *text, size_t *ret_length)
{
	size_t length = strlen(text);
	char *all = malloc(n * length + 1);

	assert_non_null(all);
	for (size_t i = 0; i < n; i++)
		memcpy(all + i * length, text, length + 1);
	*ret_length = n * length;
	return all;
}

static void test_sizes(void **state)
{
	size_t length;
	_cleanup_(cleanup_free) char *line = times(ROOMTEST_LINE_MAX + 1, "#", &length), *many = NULL, *too_many = NULL;
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;

	(void)state;
	assert_wrong(line, length, PATH ":1: expected at most 4096 bytes on a line");
	many = times(ROOMTEST_STATEMENTS_MAX, "kill\n", &length);
	test = parse_right(many);
	assert_int_equal(test->cases[0].n, ROOMTEST_STATEMENTS_MAX);
	too_many = times(ROOMTEST_STATEMENTS_MAX + 2, "kill\n", &length);
	assert_wrong(too_many, length,
	             PATH ":100001:1: expected at most 100000 statements in a file; write what repeats as a block\n  kill\n  ^");
}

static void test_at_most_so_many_tests(void **state)
{
	char text[1001 * 20], *end = text;

	(void)state;
	for (unsigned i = 1; i <= 1000; i++)
		end += sprintf(end, "test %u; kill\n", i);
	roomtest_free(parse_right(text));
	end += sprintf(end, "test 1001; kill x");
	assert_wrong(text, (size_t)(end - text),
	             PATH ":1001:1: expected at most 1000 tests in a file\n  test 1001; kill x\n  ^");
}

static void test_at_most_so_many_errors_are_said(void **state)
{
	size_t length;
	_cleanup_(cleanup_free) char *text = times(100, "x\n", &length), *said = NULL;
	struct roomtest *test = NULL;
	static const char last[] = "\n" PATH ": there is more that is wrong; only the first 50 are shown";

	(void)state;
	said = parse(text, length, &test);
	assert_string_equal(said + strlen(said) - strlen(last), last);
	assert_non_null(strstr(said, PATH ":50:1:"));
	assert_null(strstr(said, PATH ":51:1:"));
}

/* A part of it is shown. */
static void test_a_long_line(void **state)
{
	size_t length;
	_cleanup_(cleanup_free) char *text = times(400, "kill; ", &length), *said = NULL;
	struct roomtest *test = NULL;

	(void)state;
	memcpy(text + 1200, "kull", 4);
	said = parse(text, length, &test);
	assert_non_null(strstr(said, PATH ":1:1201: " A_STATEMENT));
	assert_int_equal(strlen(strchr(said, '\n')), 1 + 2 + 150 + 1 + 2 + 60 + 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_statements),
		cmocka_unit_test(test_all_that_is_wrong_is_said),
		cmocka_unit_test(test_lines_that_are_no_text),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_at_most_so_many_tests),
		cmocka_unit_test(test_at_most_so_many_errors_are_said),
		cmocka_unit_test(test_a_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
