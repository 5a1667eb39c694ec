/* The types of values: what each takes, what it refuses without a trace, and how it is written back. */
#include "config/option.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "helpers.h"

#define TEXT_SIZE 256

#define LETTERS_25 "abcdefghijklmnopqrstuvwxy"
#define LETTERS_31 LETTERS_25 "zABCDE"

static const char *const words[] = { "locked", "unlocked", "last", NULL };

static const struct option line_option = { .key = "Line", .type = &option_line };
static const struct option string_option = { .key = "Location", .type = &option_string };
static const struct option bool_option = { .key = "ActiveLow", .type = &option_bool };
static const struct option timespan_option = { .key = "OffDelaySec", .type = &option_timespan };
static const struct option bounded_timespan_option = {
	.key = "IntervalSec", .type = &option_timespan, .min = 10e3, .max = 4294e6
};
static const struct option number_option = { .key = "Any", .type = &option_number };
static const struct option bounded_number_option = {
	.key = "High", .type = &option_number, .min = -273.15, .max = 10000
};
/* A bound of zero is one, if the other is not. */
static const struct option positive_number_option = {
	.key = "Hysteresis", .type = &option_number, .min = 0, .max = 1000
};
static const struct option count_option = { .key = "Any", .type = &option_count };
static const struct option bounded_count_option = {
	.key = "ErrorsUntilUnavailable", .type = &option_count, .min = 1, .max = 1000000
};
static const struct option word_option = { .key = "InitialState", .type = &option_word, .words = words };
static const struct option names_option = { .key = "Motion",
	                                    .type = &option_names,
	                                    .refers_to = "MotionSensor" };

static const struct {
	const struct option *option;
	const char *text;
	int r;
	const char *written; /* if r is 0 */
} table[] = {
	{ &line_option, "", 0, "" },
	{ &line_option, "PIR_HALL", 0, "PIR_HALL" },
	{ &line_option, "GPIO17", 0, "GPIO17" },
	{ &line_option, "a line", 0, "a line" },
	{ &line_option, "17a", 0, "17a" },
	{ &line_option, "gpiochip0:17", 0, "gpiochip0:17" },
	{ &line_option, "gpiochip12:0", 0, "gpiochip12:0" },
	{ &line_option, "gpiochip0:07", 0, "gpiochip0:07" },
	{ &line_option, "pinctrl-rp1:17", 0, "pinctrl-rp1:17" },
	{ &line_option, "pinctrl:rp1:17", 0, "pinctrl:rp1:17" },
	/* A name may have a colon; only the kernel knows. */
	{ &line_option, "PIR:HALL", 0, "PIR:HALL" },
	{ &line_option, LETTERS_31, 0, LETTERS_31 },
	{ &line_option, LETTERS_31 "x", -EINVAL, NULL },
	{ &line_option, LETTERS_31 ":12345", 0, LETTERS_31 ":12345" },
	{ &line_option, LETTERS_31 "x:12345", -EINVAL, NULL },
	{ &line_option, LETTERS_31 ":123456", -EINVAL, NULL },
	{ &line_option, "17", -EINVAL, NULL },
	{ &line_option, "0", -EINVAL, NULL },
	{ &line_option, ":", -EINVAL, NULL },
	{ &line_option, ":17", -EINVAL, NULL },
	{ &line_option, "PIR_HALL:", -EINVAL, NULL },
	{ &line_option, "gpiochip0", -EINVAL, NULL },
	{ &line_option, "gpiochip0:", -EINVAL, NULL },
	{ &line_option, "gpiochip0:x", -EINVAL, NULL },
	{ &line_option, "gpiochip0:-1", -EINVAL, NULL },
	{ &line_option, "gpiochip0: 7", -EINVAL, NULL },
	{ &line_option, "gpiochip0:123456", -EINVAL, NULL },

	{ &string_option, "", 0, "" },
	{ &string_option, "Hall", 0, "Hall" },
	{ &string_option, "The hall, 1st floor = \"up\" #1;2", 0, "The hall, 1st floor = \"up\" #1;2" },
	{ &string_option, "Büro 😀", 0, "Büro 😀" },

	{ &bool_option, "yes", 0, "yes" },
	{ &bool_option, "y", 0, "yes" },
	{ &bool_option, "true", 0, "yes" },
	{ &bool_option, "t", 0, "yes" },
	{ &bool_option, "on", 0, "yes" },
	{ &bool_option, "1", 0, "yes" },
	{ &bool_option, "YES", 0, "yes" },
	{ &bool_option, "True", 0, "yes" },
	{ &bool_option, "no", 0, "no" },
	{ &bool_option, "n", 0, "no" },
	{ &bool_option, "false", 0, "no" },
	{ &bool_option, "f", 0, "no" },
	{ &bool_option, "off", 0, "no" },
	{ &bool_option, "0", 0, "no" },
	{ &bool_option, "OFF", 0, "no" },
	{ &bool_option, "False", 0, "no" },
	{ &bool_option, "", -EINVAL, NULL },
	{ &bool_option, "2", -EINVAL, NULL },
	{ &bool_option, "01", -EINVAL, NULL },
	{ &bool_option, "ye", -EINVAL, NULL },
	{ &bool_option, "yess", -EINVAL, NULL },
	{ &bool_option, "maybe", -EINVAL, NULL },

	{ &timespan_option, "0", 0, "0" },
	{ &timespan_option, "90", 0, "1min 30s" },
	{ &timespan_option, "20ms", 0, "20ms" },
	{ &timespan_option, "1us", 0, "1us" },
	/* The most that fits into 64 bits of ns. */
	{ &timespan_option, "18446744073709551us", 0, "30500w 3d 23h 34min 33s 709ms 551us" },
	{ &timespan_option, "18446744073709552us", -ERANGE, NULL },
	{ &timespan_option, "584y", 0, "30472w 2d" },
	{ &timespan_option, "585y", -ERANGE, NULL },
	{ &timespan_option, "99999999999999999999", -ERANGE, NULL },
	{ &timespan_option, "", -EINVAL, NULL },
	{ &timespan_option, "-1", -EINVAL, NULL },
	{ &timespan_option, "soon", -EINVAL, NULL },
	{ &bounded_timespan_option, "10ms", 0, "10ms" },
	{ &bounded_timespan_option, "9999us", -ERANGE, NULL },
	{ &bounded_timespan_option, "0", -ERANGE, NULL },
	{ &bounded_timespan_option, "4294s", 0, "1h 11min 34s" },
	{ &bounded_timespan_option, "4294s 1us", -ERANGE, NULL },

	{ &number_option, "", 0, "" },
	{ &number_option, "0", 0, "0" },
	{ &number_option, "28", 0, "28" },
	{ &number_option, "+28", 0, "28" },
	{ &number_option, "28.0", 0, "28" },
	{ &number_option, "-4.5", 0, "-4.5" },
	{ &number_option, ".5", 0, "0.5" },
	{ &number_option, "5.", 0, "5" },
	{ &number_option, "0.1", 0, "0.1" },
	{ &number_option, "1e3", 0, "1000" },
	{ &number_option, "-25E-1", 0, "-2.5" },
	{ &number_option, "1e300", 0, "1e+300" },
	{ &number_option, "1e400", -ERANGE, NULL },
	{ &number_option, "-1e400", -ERANGE, NULL },
	{ &number_option, "nan", -EINVAL, NULL },
	{ &number_option, "NAN", -EINVAL, NULL },
	{ &number_option, "inf", -EINVAL, NULL },
	{ &number_option, "-infinity", -EINVAL, NULL },
	{ &number_option, "0x10", -EINVAL, NULL },
	{ &number_option, "28 ", -EINVAL, NULL },
	{ &number_option, " 28", -EINVAL, NULL },
	{ &number_option, "28,5", -EINVAL, NULL },
	{ &number_option, "28C", -EINVAL, NULL },
	{ &number_option, "--5", -EINVAL, NULL },
	{ &number_option, "1.2.3", -EINVAL, NULL },
	{ &number_option, ".", -EINVAL, NULL },
	{ &number_option, "-", -EINVAL, NULL },
	{ &number_option, "e5", -EINVAL, NULL },
	{ &number_option, "5e", -EINVAL, NULL },
	{ &bounded_number_option, "", 0, "" },
	{ &bounded_number_option, "-273.15", 0, "-273.15" },
	{ &bounded_number_option, "-273.16", -ERANGE, NULL },
	{ &bounded_number_option, "10000", 0, "10000" },
	{ &bounded_number_option, "10000.001", -ERANGE, NULL },
	{ &positive_number_option, "0", 0, "0" },
	{ &positive_number_option, "-0.001", -ERANGE, NULL },
	{ &positive_number_option, "1000", 0, "1000" },
	{ &positive_number_option, "1001", -ERANGE, NULL },

	{ &count_option, "0", 0, "0" },
	{ &count_option, "007", 0, "7" },
	{ &count_option, "4294967295", 0, "4294967295" },
	{ &count_option, "4294967296", -ERANGE, NULL },
	{ &count_option, "99999999999999999999999", -ERANGE, NULL },
	{ &count_option, "", -EINVAL, NULL },
	{ &count_option, "-1", -EINVAL, NULL },
	{ &count_option, "+1", -EINVAL, NULL },
	{ &count_option, "1.5", -EINVAL, NULL },
	{ &count_option, "0x10", -EINVAL, NULL },
	{ &count_option, "three", -EINVAL, NULL },
	{ &bounded_count_option, "1", 0, "1" },
	{ &bounded_count_option, "0", -ERANGE, NULL },
	{ &bounded_count_option, "1000000", 0, "1000000" },
	{ &bounded_count_option, "1000001", -ERANGE, NULL },

	{ &word_option, "locked", 0, "locked" },
	{ &word_option, "unlocked", 0, "unlocked" },
	{ &word_option, "last", 0, "last" },
	{ &word_option, "", -EINVAL, NULL },
	{ &word_option, "Locked", -EINVAL, NULL },
	{ &word_option, "lock", -EINVAL, NULL },
	{ &word_option, "lockedx", -EINVAL, NULL },
	{ &word_option, "0", -EINVAL, NULL },

	{ &names_option, "", 0, "" },
	{ &names_option, "  ", 0, "" },
	{ &names_option, "hall", 0, "hall" },
	{ &names_option, "hall kitchen-2 Door_3", 0, "hall kitchen-2 Door_3" },
	{ &names_option, " \t hall \t kitchen ", 0, "hall kitchen" },
	{ &names_option, LETTERS_25, 0, LETTERS_25 },
	{ &names_option, LETTERS_25 "z", -EINVAL, NULL },
	{ &names_option, "hall,kitchen", -EINVAL, NULL },
	{ &names_option, "hall kitchen,", -EINVAL, NULL },
	{ &names_option, "hall -kitchen", -EINVAL, NULL },
	{ &names_option, "hall küche", -EINVAL, NULL },
};

union field {
	_Alignas(max_align_t) unsigned char bytes[OPTION_SIZE_MAX];
};

static unsigned refuses(const struct option *option, const char *text, int expected)
{
	union field field, before;
	int r;

	memset(&field, 0xa5, sizeof field);
	before = field;
	r = option->type->parse(option, text, &field);
	if (r != expected)
		return row_fails("%s=%s: %d instead of %d", option->key, text, r, expected);
	if (memcmp(&field, &before, sizeof field) != 0)
		return row_fails("%s=%s: refused, but touched", option->key, text);
	return 0;
}

/* What is taken is written in one way, and that is taken as the same. */
static unsigned takes(const struct option *option, const char *text, const char *expected)
{
	union field field;
	char written[TEXT_SIZE];
	unsigned failures = 0;
	int r;

	memset(&field, 0xa5, sizeof field);
	r = option->type->parse(option, text, &field);
	if (r != 0)
		return row_fails("%s=%s: %d instead of 0", option->key, text, r);
	option->type->format(option, &field, written, sizeof written);
	if (strcmp(written, expected) != 0)
		failures += row_fails("%s=%s: written \"%s\" instead of \"%s\"", option->key, text, written,
		                      expected);
	for (size_t i = option->type->size; i < sizeof field; i++)
		if (field.bytes[i] != 0xa5)
			failures += row_fails("%s=%s: touched what is behind the field", option->key, text);
	if (option->type->release)
		option->type->release(&field);
	return failures;
}

static void test_table(void **state)
{
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(table); i++) {
		if (table[i].r < 0) {
			failures += refuses(table[i].option, table[i].text, table[i].r);
			continue;
		}
		failures += takes(table[i].option, table[i].text, table[i].written);
		failures += takes(table[i].option, table[i].written, table[i].written);
	}
	assert_int_equal(failures, 0);
}

/* The fields as the components see them. */
static void test_fields(void **state)
{
	struct option_name_list list;
	uint64_t ns;
	double number;
	char *text;
	bool flag;
	unsigned count;
	int word;

	(void)state;
	assert_int_equal(option_timespan.parse(&timespan_option, "2min 30s", &ns), 0);
	assert_true(ns == UINT64_C(150000000000));
	assert_int_equal(option_number.parse(&number_option, "-4.5", &number), 0);
	assert_true(number == -4.5);
	assert_int_equal(option_number.parse(&number_option, "", &number), 0);
	assert_true(isnan(number));
	assert_int_equal(option_string.parse(&string_option, "", &text), 0);
	assert_null(text);
	assert_int_equal(option_bool.parse(&bool_option, "on", &flag), 0);
	assert_true(flag);
	assert_int_equal(option_count.parse(&count_option, "12", &count), 0);
	assert_int_equal(count, 12);
	assert_int_equal(option_word.parse(&word_option, "last", &word), 0);
	assert_int_equal(word, 2);
	assert_int_equal(option_names.parse(&names_option, "", &list), 0);
	assert_null(list.names);
	assert_int_equal(list.n, 0);
	assert_int_equal(option_names.parse(&names_option, "a b", &list), 0);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.names[0], "a");
	assert_string_equal(list.names[1], "b");
	option_names.release(&list);
	/* Releasing leaves what can be released again. */
	option_names.release(&list);
	assert_null(list.names);
}

/* Longer than the buffer is cut, not written behind it. */
static void test_format_keeps_to_the_buffer(void **state)
{
	struct option_name_list list;
	char buffer[] = ".........";

	(void)state;
	assert_int_equal(option_names.parse(&names_option, "hall kitchen stairs", &list), 0);
	option_names.format(&names_option, &list, buffer, 8);
	assert_memory_equal(buffer, "hall ki", 8);
	assert_int_equal(buffer[8], '.');
	option_names.release(&list);
}

static void test_names_of_components(void **state)
{
	static const struct {
		const char *name;
		bool valid;
	} names[] = {
		{ "hall", true },     { "h", true },
		{ "7", true },        { "Hall-2_b", true },
		{ LETTERS_25, true }, { LETTERS_25 "z", false },
		{ "", false },        { "-hall", false },
		{ "_hall", false },   { "hall kitchen", false },
		{ "hall.", false },   { "hall/..", false },
		{ "küche", false },   { "hall\n", false },
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (option_name_is_valid(names[i].name) != names[i].valid)
			failures += row_fails("\"%s\"", names[i].name);
	assert_int_equal(failures, 0);
}

static void test_describe(void **state)
{
	static const struct option own = { .key = "K", .type = &option_number, .expected = "a temperature" };
	static const struct {
		const struct option *option;
		const char *expected;
	} options[] = {
		{ &own, "a temperature" },
		{ &word_option, "one of locked, unlocked, last" },
		{ &names_option, "names of [MotionSensor ...] sections, with spaces between" },
		{ &bool_option, "yes or no" },
	};
	char text[TEXT_SIZE], small[8];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(options); i++) {
		option_describe(options[i].option, text, sizeof text);
		assert_string_equal(text, options[i].expected);
	}
	option_describe(&word_option, small, sizeof small);
	assert_string_equal(small, "one of ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_format_keeps_to_the_buffer),
		cmocka_unit_test(test_names_of_components),
		cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
