/* Bytes that become text. */
#include "util/utf8.h"

#include <string.h>

#include "helpers.h"

static void test_to_utf8(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "" },
		{ "Hall", "Hall" },
		{ "21.5 \xc2\xb0"
		  "C, \xe2\x82\xac, \xf0\x9f\x9a\xaa",
		  "21.5 \xc2\xb0"
		  "C, \xe2\x82\xac, \xf0\x9f\x9a\xaa" },
		{ "K\xfc"
		  "che",
		  "K?che" },          /* Latin-1 */
		{ "\xc0\xaf", "??" }, /* longer than it need be */
		{ "\xe0\x80\xaf", "???" },
		{ "\xed\xa0\x80", "???" },                  /* a surrogate */
		{ "\xf4\x90\x80\x80", "????" },             /* beyond the last letter */
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" }, /* the last letter */
		{ "a\xe2\x82", "a??" },                     /* cut */
		{ "\xe2\x82z", "??z" },
	};
	char buffer[64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(utf8_copy(rows[i].text, buffer, sizeof buffer), rows[i].expected);
		strcpy(buffer, rows[i].text);
		assert_string_equal(utf8_make(buffer), rows[i].expected);
	}
}

/* A letter has room as a whole, or not at all. */
static void test_cut(void **state)
{
	char buffer[4];

	(void)state;
	assert_string_equal(utf8_copy("abcd", buffer, sizeof buffer), "abc");
	assert_string_equal(utf8_copy("ab\xc2\xb0", buffer, sizeof buffer), "ab");
	assert_string_equal(utf8_copy("a\xc2\xb0", buffer, sizeof buffer), "a\xc2\xb0");
}

/* A text that was cut anywhere has whole letters, and all of those that were whole. */
static void test_end_of_a_cut_text(void **state)
{
	static const char text[] = "\xc2\xb0\xe2\x82\xac\xf0\x9f\x9a\xaa.";
	static const size_t whole[] = { 0, 0, 2, 2, 2, 5, 5, 5, 5, 9, 10 };
	char cut[sizeof text];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++) {
		memcpy(cut, text, i);
		cut[i] = '\0';
		assert_int_equal(strlen(utf8_end(cut)), whole[i]);
	}
	/* What is no beginning is not its business. */
	strcpy(cut, "a\x80\x80\x80\x80");
	assert_int_equal(strlen(utf8_end(cut)), 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_utf8),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_end_of_a_cut_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
