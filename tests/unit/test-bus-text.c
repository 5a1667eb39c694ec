/* Texts on their way to D-Bus, which takes only UTF-8. */
#include "bus/text.h"

#include <stdlib.h>
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
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(text_to_utf8(rows[i].text, buffer, sizeof buffer), rows[i].expected);
}

/* A letter has room as a whole, or not at all. */
static void test_cut(void **state)
{
	char buffer[4];

	(void)state;
	assert_string_equal(text_to_utf8("abcd", buffer, sizeof buffer), "abc");
	assert_string_equal(text_to_utf8("ab\xc2\xb0", buffer, sizeof buffer), "ab");
	assert_string_equal(text_to_utf8("a\xc2\xb0", buffer, sizeof buffer), "a\xc2\xb0");
}

/* As long as it is, up to what a message takes. */
static void test_long_text(void **state)
{
	char *text = malloc(TEXT_LENGTH_MAX + 10), *valid;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', TEXT_LENGTH_MAX + 9);
	text[TEXT_LENGTH_MAX + 9] = '\0';
	text[TEXT_LENGTH_MAX - 1] = '\xc3'; /* cut within a letter */
	text[TEXT_LENGTH_MAX] = '\xbc';
	valid = text_dup_utf8(text);
	assert_int_equal(strlen(valid), TEXT_LENGTH_MAX - 1);
	free(valid);
	text[1000] = '\xfc';
	text[50000] = '\0';
	valid = text_dup_utf8(text);
	assert_int_equal(strlen(valid), 50000);
	assert_int_equal(valid[1000], '?');
	free(valid);
	free(text);
}

static void test_fingerprint(void **state)
{
	(void)state;
	assert_true(text_fingerprint("on") == text_fingerprint("on"));
	assert_true(text_fingerprint("on") != text_fingerprint("no"));
	assert_true(text_fingerprint("") != text_fingerprint("a"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_utf8),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_fingerprint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
