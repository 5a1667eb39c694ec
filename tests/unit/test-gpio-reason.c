/* What is said of an error that has several causes. */
#include "io/gpio-reason.h"

#include <errno.h>
#include <string.h>

#include "helpers.h"
#include "io/gpio.h"

static void test_table(void **state)
{
	static const struct {
		int error;
		bool output;
		uint64_t debounce_ns;
		bool used;
		const char *part;
	} table[] = {
		{ -EBUSY, false, 0, true, "uses this pin for something else" },
		{ -EBUSY, false, 0, false, "its interrupt is taken" },
		{ -EBUSY, false, 20000000, false, "its interrupt is taken" },
		{ -EBUSY, true, 0, false, "its chip keeps it" },
		{ -ENXIO, false, 0, true, "no interrupt for it, and an input needs one" },
		{ -ENXIO, false, 0, false, "all may be taken" },
		{ -EINVAL, false, 20000000, true, "uses this pin for something else" },
		{ -EINVAL, false, 20000000, false, "cannot debounce" },
		{ -EINVAL, false, 0, false, "both edges" },
		{ -EINVAL, true, 0, true, "uses this pin for something else" },
		{ -EINVAL, true, 20000000, false, "Invalid argument" },
		{ -EIO, true, 0, false, "a driver has it as its interrupt" },
		{ -EIO, false, 0, false, "Input/output error" },
		{ -EPERM, false, 0, true, "Operation not permitted" },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		struct gpio_settings settings = { .debounce_ns = table[i].debounce_ns };
		const char *reason = gpio_reason(&settings, table[i].output, table[i].error, table[i].used);

		if (!strstr(reason, table[i].part))
			failures += row_fails("%zu: '%s' is not in: %s", i, table[i].part, reason);
	}
	assert_int_equal(failures, 0);
}

/* A cause that holds for some lines only is not said of others. */
static void test_bare_words_of_others(void **state)
{
	struct gpio_settings settings = { 0 };

	(void)state;
	assert_string_equal(gpio_reason(&settings, true, -EINVAL, false), "Invalid argument");
	assert_string_equal(gpio_reason(&settings, false, -EIO, false), "Input/output error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bare_words_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
