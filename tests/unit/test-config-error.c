/* Errors of a configuration in one line. */
#include "config/error.h"

#include <stdio.h>
#include <string.h>

#include "helpers.h"

static void test_summary(void **state)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	struct config_place place = { .file = "/etc/roomd/roomd.conf", .line = 3 };
	char buffer[256];

	(void)state;
	config_error(&errors, &place, "expected a line");
	assert_string_equal(config_errors_summarize(&errors, buffer, sizeof buffer),
	                    "1 error: /etc/roomd/roomd.conf:3: expected a line");
	place.line = 7;
	config_error(&errors, &place, "expected this:\n that");
	assert_string_equal(
		config_errors_summarize(&errors, buffer, sizeof buffer),
		"2 errors: /etc/roomd/roomd.conf:3: expected a line; /etc/roomd/roomd.conf:7: expected this:  that");
}

/* Whole ones, and how many more; never more than there is room for. */
static void test_many(void **state)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	struct config_place place = { .file = "/etc/roomd/roomd.conf" };
	char buffer[300];

	(void)state;
	for (unsigned i = 1; i <= 40; i++) {
		place.line = i;
		config_error(&errors, &place, "expected something else");
	}
	config_errors_summarize(&errors, buffer, 256);
	assert_in_range(strlen(buffer), 100, 255);
	assert_non_null(strstr(buffer, "40 errors: /etc/roomd/roomd.conf:1: expected something else; "));
	assert_non_null(strstr(buffer, "expected something else; and 36 more"));
}

static void test_long_one(void **state)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	struct config_place place = { .file = "/etc/roomd/roomd.conf", .line = 1 };
	char buffer[256], value[600];

	(void)state;
	memset(value, 'x', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	config_error(&errors, &place, "%s", value);
	config_error(&errors, &place, "another");
	config_errors_summarize(&errors, buffer, sizeof buffer);
	assert_in_range(strlen(buffer), 200, 255);
	assert_non_null(strstr(buffer, "x…; and 1 more"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_long_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
