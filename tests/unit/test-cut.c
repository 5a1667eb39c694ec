/* Texts that do not fit end in "…", between two entries of a list or two letters. */
#include "util/cut.h"

#include <stdio.h>
#include <string.h>

#include "helpers.h"

#define SIZE 32 /* 31 bytes and a zero; with the mark, 28 */

static void test_copy(void **state)
{
	static const struct {
		const char *text, *copy;
	} table[] = {
		{ "", "" },
		{ "a, b", "a, b" },
		{ "abcdefghijklmnopqrstuvwxyz01234", "abcdefghijklmnopqrstuvwxyz01234" },
		{ "abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz01…" },
		/* Letters are whole. */
		{ "abcdefghijklmnopqrstuvwxyz0ü2345", "abcdefghijklmnopqrstuvwxyz0…" },
		{ "abcdefghijklmnopqrstuvwxyz€12345", "abcdefghijklmnopqrstuvwxyz…" },
		{ "abcdefghijklmnopqrstuvwxyü012345", "abcdefghijklmnopqrstuvwxyü0…" },
		/* Entries are whole, */
		{ "found: iio:device0, iio:device1, iio:device2", "found: iio:device0, …" },
		{ "found: iio:device0 (x), iio:device1", "found: iio:device0 (x), …" },
		/* unless that would leave out half. */
		{ "a, bcdefghijklmnopqrstuvwxyz012345678", "a, bcdefghijklmnopqrstuvwxyz…" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		char copy[SIZE];

		memset(copy, 'X', sizeof copy);
		cut_copy(copy, sizeof copy, table[i].text);
		if (strcmp(copy, table[i].copy) != 0)
			failures += row_fails("\"%s\": \"%s\" instead of \"%s\"", table[i].text, copy,
			                      table[i].copy);
	}
	assert_int_equal(failures, 0);
}

static void test_list(void **state)
{
	char list[SIZE] = "";

	(void)state;
	assert_true(cut_add(list, sizeof list, "%s", "gpiochip0"));
	assert_string_equal(list, "gpiochip0");
	assert_true(cut_add(list, sizeof list, "gpiochip%d", 1));
	assert_string_equal(list, "gpiochip0, gpiochip1");
	assert_false(cut_add(list, sizeof list, "gpiochip%d", 2));
	assert_string_equal(list, "gpiochip0, gpiochip1, …");
	assert_false(cut_add(list, sizeof list, "x"));
	assert_string_equal(list, "gpiochip0, gpiochip1, …");
}

/* Whatever was added before: the mark has room. */
static void test_list_of_any_length(void **state)
{
	(void)state;
	for (int first = 0; first < 2 * SIZE; first++) {
		char list[SIZE + 1] = "";

		list[SIZE] = 'X';
		if (cut_add(list, SIZE, "%0*d", first, 0))
			while (cut_add(list, SIZE, "entry"))
				;
		assert_int_equal(list[SIZE], 'X');
		assert_true(strlen(list) < SIZE);
		assert_string_equal(list + strlen(list) - strlen("…"), "…");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
