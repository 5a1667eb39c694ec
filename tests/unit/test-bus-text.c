/* Texts for D-Bus. */
#include "bus/text.h"

#include <stdlib.h>
#include <string.h>

#include "helpers.h"

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
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_fingerprint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
