/* Numbers of the kernel's attributes: what is one, to the last bit, and what is none. */
#include "util/number.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

/* Stands in the variable that must not be touched. */
#define UNTOUCHED 12345678.5

static void test_good(void **state)
{
	static const struct {
		const char *text;
		double value;
	} table[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "007", 7 },
		{ "-7", -7 },
		{ "+7", 7 },
		{ "21500", 21500 },
		/* As attributes end, */
		{ "21500\n", 21500 },
		{ "21500 \n", 21500 },
		{ "21500 ", 21500 },
		{ "21500\t", 21500 },
		/* as scales are written, */
		{ "7.812500", 7.8125 },
		{ "0.062500000\n", 0.0625 },
		{ "-0.500000\n", -0.5 },
		{ "-0.000000001", -1e-9 },
		{ "0.000000", 0 },
		{ "21.4", 21.4 },
		{ "0.1", 0.1 },
		{ "1234567.890123", 1234567.890123 },
		/* and at the ends of what the kernel counts. */
		{ "-2147483648", -2147483648. },
		{ "9223372036854775807", 9223372036854775808. },
		{ "-9223372036854775808", -9223372036854775808. },
		{ "18446744073709551615", 18446744073709551616. },
		{ "0.33333333333333333333333333333333333333", 1. / 3 },
		{ "0.00000000000000000000000000000000000000", 0 },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		double value = UNTOUCHED;
		int r = number_parse(table[i].text, &value);

		if (r != 0 || value != table[i].value)
			failures += row_fails("\"%s\": %d, %.17g instead of %.17g", table[i].text, r, value,
			                      table[i].value);
	}
	assert_int_equal(failures, 0);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		int error;
	} table[] = {
		{ "", -EINVAL },
		{ "\n", -EINVAL },
		{ " ", -EINVAL },
		{ "-", -EINVAL },
		{ "+", -EINVAL },
		{ "--5", -EINVAL },
		{ "+-5", -EINVAL },
		{ "- 5", -EINVAL },
		{ " 5", -EINVAL },
		{ "\n5", -EINVAL },
		{ "5\n\n", -EINVAL },
		{ "5\n ", -EINVAL },
		{ "5\r\n", -EINVAL },
		{ "21,5", -EINVAL },
		{ "21 500", -EINVAL },
		{ "21'500", -EINVAL },
		{ "21\n500", -EINVAL },
		{ "21 22 ", -EINVAL },
		{ ".", -EINVAL },
		{ ".5", -EINVAL },
		{ "5.", -EINVAL },
		{ "5. 5", -EINVAL },
		{ "5.5.5", -EINVAL },
		{ "5.-5", -EINVAL },
		{ "0x10", -EINVAL },
		{ "0b1", -EINVAL },
		{ "1e3", -EINVAL },
		{ "1E3", -EINVAL },
		{ "5 dB", -EINVAL },
		{ "5C", -EINVAL },
		{ "inf", -EINVAL },
		{ "-infinity", -EINVAL },
		{ "nan", -EINVAL },
		{ "warm", -EINVAL },
		{ "5\xc2", -EINVAL },
		{ "\xd9\xa5", -EINVAL }, /* an Arabic five */
		{ "18446744073709551616", -ERANGE },
		{ "99999999999999999999999999999999", -ERANGE },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		double value = UNTOUCHED;
		int r = number_parse(table[i].text, &value);

		if (r != table[i].error)
			failures += row_fails("\"%s\": %d (%.17g) instead of %d", table[i].text, r, value,
			                      table[i].error);
		else if (value != UNTOUCHED)
			failures += row_fails("\"%s\": touched", table[i].text);
	}
	assert_int_equal(failures, 0);
}

/* What a program prints in the C locale is read as what it was, whatever the locale is now. */
static void test_round_trip(void **state)
{
	static const char *const locales[] = { "C", "de_DE.UTF-8", "" };
	char text[64], *end;

	(void)state;
	for (int milli = -50000; milli <= 125000; milli += 7) {
		double value = UNTOUCHED;

		snprintf(text, sizeof text, "%s%d.%03d000", milli < 0 ? "-" : "", abs(milli) / 1000,
		         abs(milli) % 1000);
		setlocale(LC_ALL, locales[(unsigned)milli % ELEMENTS(locales)]);
		assert_int_equal(number_parse(text, &value), 0);
		setlocale(LC_ALL, "C");
		assert_true(value == strtod(text, &end));
	}
}

/* More digits than any place for them. */
static void test_overlong(void **state)
{
	char text[1200] = "0.";
	double value = UNTOUCHED;

	(void)state;
	memset(text + 2, '0', sizeof text - 3);
	assert_int_equal(number_parse(text, &value), 0);
	assert_true(value == 0);
	text[sizeof text - 2] = '7';
	assert_int_equal(number_parse(text, &value), 0);
	assert_true(value >= 0 && value < 1e-300);
	memset(text, '9', sizeof text - 1);
	value = UNTOUCHED;
	assert_int_equal(number_parse(text, &value), -ERANGE);
	assert_true(value == UNTOUCHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_overlong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
