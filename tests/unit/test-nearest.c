/* The word that somebody meant. */
#include "util/nearest.h"

#include <string.h>

#include "helpers.h"

#define LONG_WORD "0123456789012345678901234567890123456789012345678901234567890123" /* 64 letters */

static const char *const words[] = { "Line", "Location", "ActiveLow", "ErrorsUntilUnavailable",
	                             "High", "Low",      LONG_WORD };

static void test_table(void **state)
{
	static const struct {
		const char *word;
		const char *nearest;
	} table[] = {
		{ "Line", "Line" },
		/* Upper and lower case are the same, */
		{ "line", "Line" },
		{ "ACTIVELOW", "ActiveLow" },
		/* a letter less, more, other, or two swapped is one error, */
		{ "Lin", "Line" },
		{ "Linne", "Line" },
		{ "Lime", "Line" },
		{ "Lnie", "Line" },
		{ "Lcoation", "Location" },
		/* of which a third of the letters and one more may have one. */
		{ "Pin", "Line" },
		{ "XXne", "Line" },
		{ "XXXe", NULL },
		{ "LoXXXion", "Location" },
		{ "LXXXXion", NULL },
		/* Two swaps are two errors, not four. */
		{ "iLen", "Line" },
		/* The beginning of a word is meant as well, if there is enough of it. */
		{ "Erro", "ErrorsUntilUnavailable" },
		{ "errorsuntil", "ErrorsUntilUnavailable" },
		{ "Loca", "Location" }, /* and not "Low" */
		{ "Err", NULL },
		{ "Erra", NULL },
		/* The nearest of several that are near. */
		{ "Hig", "High" },
		{ "Loww", "Low" },
		{ "Colour", NULL },
		{ "", NULL },
		/* Words of any length. */
		{ LONG_WORD, LONG_WORD },
		{ "X" LONG_WORD, NULL },
		{ LONG_WORD LONG_WORD LONG_WORD, NULL },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		const char *nearest = nearest_word(table[i].word, words, ELEMENTS(words));
		const char *expected = table[i].nearest;

		if (!nearest != !expected || (nearest && strcmp(nearest, expected) != 0))
			failures += row_fails("\"%s\": \"%s\" instead of \"%s\"", table[i].word,
			                      nearest ? nearest : "(none)", expected ? expected : "(none)");
	}
	assert_int_equal(failures, 0);
}

static void test_result_is_one_of_the_words(void **state)
{
	(void)state;
	assert_ptr_equal(nearest_word("locatoin", words, ELEMENTS(words)), words[1]);
}

static void test_first_of_equals(void **state)
{
	static const char *const equals[] = { "hall-a", "hall-b", "hall-c" };

	(void)state;
	assert_ptr_equal(nearest_word("hall-x", equals, ELEMENTS(equals)), equals[0]);
}

static void test_no_words(void **state)
{
	(void)state;
	assert_null(nearest_word("Line", words, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_result_is_one_of_the_words),
		cmocka_unit_test(test_first_of_equals),
		cmocka_unit_test(test_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
