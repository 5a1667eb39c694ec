/* What an answer to a question means. */
#include "roomctl/ask.h"

#include "helpers.h"

static void test_answers(void **state)
{
	(void)state;
	assert_int_equal(ask_understand("y", false), 1);
	assert_int_equal(ask_understand("YES", false), 1);
	assert_int_equal(ask_understand("n", true), 0);
	assert_int_equal(ask_understand("No", true), 0);
	assert_int_equal(ask_understand("", true), 1);
	assert_int_equal(ask_understand("", false), 0);
	assert_int_equal(ask_understand("yeah", true), -1);
	assert_int_equal(ask_understand("1", true), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
