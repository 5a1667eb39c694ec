/* Untrusted text made harmless, and measured. */
#include "client/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

static void test_escape(void **state)
{
	static const struct {
		const char *text, *escaped;
	} table[] = {
		{ "", "" },
		{ "Hall", "Hall" },
		{ "Küche, 21.50 °C", "Küche, 21.50 °C" },
		{ "部屋 🚪", "部屋 🚪" },
		/* What a terminal would do something at, */
		{ "a\nb\tc\rd", "a\\nb\\tc\\x0dd" },
		{ "\x1b[2J\x1b]0;x\a", "\\x1b[2J\\x1b]0;x\\x07" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b"
		  "2J",
		  "\\u009b2J" },
		/* what turns text around, */
		{ "a\u202eb\u2066c\u200fd", "a\\u202eb\\u2066c\\u200fd" },
		/* and what is not UTF-8: a byte that begins nothing, too short, too long, a surrogate, too
		   far. */
		{ "\xff", "\\xff" },
		{ "\xc3", "\\xc3" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc0\x80", "\\xc0\\x80" },
		{ "\xe0\x80\x80", "\\xe0\\x80\\x80" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char *escaped = text_escape(table[i].text);

		if (strcmp(escaped, table[i].escaped) != 0)
			wrong += row_fails("row %zu: %s, not %s", i, escaped, table[i].escaped);
		free(escaped);
	}
	assert_int_equal(wrong, 0);
}

/* The same JSON for whoever reads it, and harmless for whoever looks at it. */
static void test_escape_json(void **state)
{
	char *escaped = text_escape_json("{\n  \"a\": \"°\xc2\x9b\u202e\x7f\"\n}");

	(void)state;
	assert_string_equal(escaped, "{\n  \"a\": \"°\\u009b\\u202e\\u007f\"\n}");
	free(escaped);
	escaped = text_escape_json("\"\xf4\x8f\xbf\xbf\""); /* U+10FFFF, which is no character */
	assert_string_equal(escaped, "\"\\udbff\\udfff\"");
	free(escaped);
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("Hall"), 4);
	assert_int_equal(text_width("21 °C"), 5);
	assert_int_equal(text_width("部屋"), 4);
	assert_int_equal(text_width("e\u0301"), 1); /* e and an accent */
	assert_int_equal(text_width("🚪"), 2);
}

static void test_ellipsize(void **state)
{
	static const struct {
		const char *text;
		size_t width;
		const char *cut;
	} table[] = {
		{ "Corridor", 0, "Corridor" },
		{ "Corridor", 8, "Corridor" },
		{ "Corridor", 7, "Corrid…" },
		{ "Corridor", 1, "…" },
		{ "", 1, "" },
		{ "ÄÖÜäöü", 4, "ÄÖÜ…" },
		{ "部屋部屋", 8, "部屋部屋" },
		{ "部屋部屋", 7, "部屋部…" },
		{ "部屋部屋", 6, "部屋…" }, /* half a character is none */
		{ "e\u0301e\u0301e\u0301", 2, "e\u0301…" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char *cut = text_ellipsize(table[i].text, table[i].width);

		if (strcmp(cut, table[i].cut) != 0)
			wrong += row_fails("row %zu: %s, not %s", i, cut, table[i].cut);
		free(cut);
	}
	assert_int_equal(wrong, 0);
}

static void test_wrap(void **state)
{
	static const struct {
		const char *text;
		size_t indent, width;
		const char *lines;
	} table[] = {
		{ "", 2, 10, "\n" },
		{ "one two three", 0, 0, "one two three\n" },
		{ "one two three", 0, 13, "one two three\n" },
		{ "one two three", 0, 12, "one two\nthree\n" },
		{ "one two three", 2, 9, "one two\n  three\n" },
		{ "one two three", 2, 8, "one\n  two\n  three\n" },
		{ "abcdefgh ij", 0, 5, "abcde\nfgh\nij\n" },
		{ "部屋部屋", 0, 5, "部屋\n部屋\n" },
		{ "部屋", 0, 1, "部\n屋\n" }, /* no room at all, but an end */
		{ "ab", 5, 3, "a\n     b\n" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char *lines = NULL;
		size_t size;
		FILE *stream = open_memstream(&lines, &size);

		text_print_wrapped(stream, table[i].text, table[i].indent, table[i].width);
		fclose(stream);
		if (strcmp(lines, table[i].lines) != 0)
			wrong += row_fails("row %zu:\n%snot:\n%s", i, lines, table[i].lines);
		free(lines);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape), cmocka_unit_test(test_escape_json),
		cmocka_unit_test(test_width),  cmocka_unit_test(test_ellipsize),
		cmocka_unit_test(test_wrap),
	};

	text_set_up();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
