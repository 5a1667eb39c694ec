/* Characters that cannot be seen, and the numbers of those that can. */
#include "util/invisible.h"

#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "util/utf8.h"

static void test_decode(void **state)
{
	static const struct {
		const char *text;
		uint32_t character;
	} table[] = {
		{ "A", 'A' },
		{ "\x7f", 0x7f },
		{ "\xc2\x80", 0x80 },
		{ "\u00e9", 0xe9 },
		{ "\u07ff", 0x7ff },
		{ "\u0800", 0x800 },
		{ "\u200b", 0x200b },
		{ "\uffff", 0xffff },
		{ "\U00010000", 0x10000 },
		{ "\U000e0041", 0xe0041 },
		{ "\U0010ffff", 0x10ffff },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++)
		if (utf8_decode(table[i].text) != table[i].character)
			failures +=
				row_fails("U+%04X: U+%04X", table[i].character, utf8_decode(table[i].text));
	assert_int_equal(failures, 0);
}

static void test_what_cannot_be_seen(void **state)
{
	static const struct {
		uint32_t character;
		enum invisible_kind kind;
		const char *name;
	} table[] = {
		{ 0x85, INVISIBLE_MARK, "next line" },
		{ 0xa0, INVISIBLE_SPACE, "no-break space" },
		{ 0xad, INVISIBLE_MARK, "soft hyphen" },
		{ 0x200b, INVISIBLE_MARK, "zero-width space" },
		{ 0x200d, INVISIBLE_JOINER, "zero-width joiner" },
		{ 0x202e, INVISIBLE_MARK, "a mark of direction" },
		{ 0x2060, INVISIBLE_MARK, "word joiner" },
		{ 0x2069, INVISIBLE_MARK, "a mark of direction" },
		{ 0x3000, INVISIBLE_SPACE, "ideographic space" },
		{ 0xfeff, INVISIBLE_MARK, "byte order mark" },
		{ 0xe0fff, INVISIBLE_MARK, "an unassigned format character" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const struct invisible *found = invisible_find(table[i].character);

		if (!found || found->kind != table[i].kind || strcmp(found->name, table[i].name) != 0)
			failures += row_fails("U+%04X: %s", table[i].character, found ? found->name : "seen");
	}
	assert_int_equal(failures, 0);
}

static void test_what_can(void **state)
{
	static const uint32_t seen[] = { 'A',    '~',    0xa1,   0xac,    0xae,    0xb0,    0xe9,    0x1161,
		                         0x1fff, 0x2010, 0x2027, 0x2030,  0x205e,  0x2070,  0x3001,  0xac00,
		                         0xfe10, 0xfefe, 0xfffd, 0x1f600, 0xdffff, 0xe1000, 0x10ffff };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(seen); i++)
		if (invisible_find(seen[i]))
			fail_msg("U+%04X: %s", seen[i], invisible_find(seen[i])->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_what_cannot_be_seen),
		cmocka_unit_test(test_what_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
