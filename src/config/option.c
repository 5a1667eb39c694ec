/* The types of values that keys have; see roomd/option.h. */
#define _GNU_SOURCE
#include "roomd/option.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/option.h"
#include "io/gpio.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/timespan.h"

_Static_assert(sizeof(struct option_name_list) <= OPTION_SIZE_MAX &&
                       sizeof(struct option_number_list) <= OPTION_SIZE_MAX,
               "every value has room");

static bool is_bounded(const struct option *option)
{
	return option->min != 0 || option->max != 0;
}

static int check_bounds(const struct option *option, double value)
{
	return is_bounded(option) && (value < option->min || value > option->max) ? -ERANGE : 0;
}

static int copy_text(const char *text, void *field)
{
	char *copy = NULL;

	if (*text) {
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
	}
	*(char **)field = copy;
	return 0;
}

static int parse_string(const struct option *option, const char *text, void *field)
{
	(void)option;
	return copy_text(text, field);
}

static void format_string(const struct option *option, const void *field, char *buffer, size_t size)
{
	const char *text = *(char *const *)field;

	(void)option;
	snprintf(buffer, size, "%s", text ? text : "");
}

static void release_string(void *field)
{
	free(*(char **)field);
	*(char **)field = NULL;
}

#define TEXT_TYPE(name)                                 \
	const struct option_type name = {               \
		.size = sizeof(char *),                 \
		.expected = "a text",                   \
		.parse = parse_string,                  \
		.format = format_string,                \
		.release = release_string,              \
	}

TEXT_TYPE(option_string);
/* The same; that they are types tells programs that know no kind what the text is. */
TEXT_TYPE(option_device);
TEXT_TYPE(option_channel);
TEXT_TYPE(option_context);
TEXT_TYPE(option_pwm);

static bool all_digits(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* What cannot be meant as a line: a bare number, which other libraries take for one of several numberings of
 * pins, a chip without an offset, and a colon with nothing at one of its sides. */
static int parse_line(const struct option *option, const char *text, void *field)
{
	struct gpio_written_place place;
	size_t length = strlen(text);

	(void)option;
	if (gpio_split_place(text, &place))
		return place.chip_length <= GPIO_NAME_MAX ? copy_text(text, field) : -EINVAL;
	if (length > GPIO_NAME_MAX || all_digits(text))
		return -EINVAL;
	if (length > 0 && (text[0] == ':' || text[length - 1] == ':'))
		return -EINVAL;
	if (begins_with(text, "gpiochip") || begins_with(text, "/dev/"))
		return -EINVAL;
	return copy_text(text, field);
}

const struct option_type option_line = {
	.size = sizeof(char *),
	.expected = "a line: its name (as gpioinfo shows it), gpiochipN:OFFSET or LABEL:OFFSET",
	.parse = parse_line,
	.format = format_string,
	.release = release_string,
};

/* The words systemd takes; systemd.syntax(7). */
static int parse_bool(const struct option *option, const char *text, void *field)
{
	static const char *const yes[] = { "1", "yes", "y", "true", "t", "on" };
	static const char *const no[] = { "0", "no", "n", "false", "f", "off" };

	(void)option;
	for (size_t i = 0; i < ELEMENTS(yes); i++) {
		if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
			*(bool *)field = strcasecmp(text, yes[i]) == 0;
			return 0;
		}
	}
	return -EINVAL;
}

static void format_bool(const struct option *option, const void *field, char *buffer, size_t size)
{
	(void)option;
	snprintf(buffer, size, "%s", *(const bool *)field ? "yes" : "no");
}

const struct option_type option_bool = {
	.size = sizeof(bool),
	.expected = "yes or no",
	.parse = parse_bool,
	.format = format_bool,
};

static int parse_timespan(const struct option *option, const char *text, void *field)
{
	uint64_t usec, ns;
	int r;

	r = timespan_parse(text, &usec);
	if (r >= 0)
		r = check_bounds(option, (double)usec);
	if (r < 0)
		return r;
	if (__builtin_mul_overflow(usec, NSEC_PER_USEC, &ns) || ns == NEVER_NS)
		return -ERANGE;
	*(uint64_t *)field = ns;
	return 0;
}

static void format_timespan(const struct option *option, const void *field, char *buffer, size_t size)
{
	char text[TIMESPAN_TEXT_SIZE];

	(void)option;
	snprintf(buffer, size, "%s", timespan_format(*(const uint64_t *)field / NSEC_PER_USEC, text));
}

const struct option_type option_timespan = {
	.size = sizeof(uint64_t),
	.expected = "a time span of less than 584 years, such as 20ms, 90 (seconds) or 2min 30s",
	.parse = parse_timespan,
	.format = format_timespan,
};

/* strtod() knows more than people write into a configuration: hexadecimal, "inf", "nan". */
static int parse_number(const struct option *option, const char *text, void *field)
{
	double value = NAN;
	char *end;

	if (*text) {
		if (strspn(text, "+-.0123456789eE") != strlen(text))
			return -EINVAL;
		value = strtod(text, &end);
		if (*end || end == text)
			return -EINVAL;
		if (!isfinite(value) || check_bounds(option, value) < 0)
			return -ERANGE;
	}
	*(double *)field = value;
	return 0;
}

static void format_number(const struct option *option, const void *field, char *buffer, size_t size)
{
	double value = *(const double *)field;

	(void)option;
	if (isnan(value))
		*buffer = '\0';
	else
		snprintf(buffer, size, "%.15g", value);
}

const struct option_type option_number = {
	.size = sizeof(double),
	.expected = "a number, such as 28 or -4.5",
	.parse = parse_number,
	.format = format_number,
};

static void release_numbers(void *field)
{
	struct option_number_list *list = field;

	free(list->numbers);
	*list = (struct option_number_list){ 0 };
}

/* The first word of `text`, which is behind no blanks. */
static int add_number(const struct option *option, const char *text, size_t length,
                      struct option_number_list *list)
{
	char word[64];
	double *grown = reallocarray(list->numbers, list->n + 1, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	list->numbers = grown;
	if (length >= sizeof word)
		return -EINVAL;
	*(char *)mempcpy(word, text, length) = '\0';
	return parse_number(option, word, &list->numbers[list->n++]);
}

static int parse_numbers(const struct option *option, const char *text, void *field)
{
	_cleanup_(release_numbers) struct option_number_list list = { 0 };

	for (const char *word = text + strspn(text, " \t"); *word; word += strspn(word, " \t")) {
		size_t length = strcspn(word, " \t");
		int r = add_number(option, word, length, &list);

		if (r < 0)
			return r;
		word += length;
	}
	*(struct option_number_list *)field = list;
	list = (struct option_number_list){ 0 };
	return 0;
}

static void format_numbers(const struct option *option, const void *field, char *buffer, size_t size)
{
	const struct option_number_list *list = field;
	size_t length = 0;

	(void)option;
	*buffer = '\0';
	for (size_t i = 0; i < list->n && length < size; i++)
		length += (size_t)snprintf(buffer + length, size - length, "%s%.15g", i ? " " : "",
		                           list->numbers[i]);
}

const struct option_type option_numbers = {
	.size = sizeof(struct option_number_list),
	.expected = "numbers with spaces between, such as 85 -127",
	.parse = parse_numbers,
	.format = format_numbers,
	.release = release_numbers,
};

static int parse_count(const struct option *option, const char *text, void *field)
{
	unsigned long value;

	if (!all_digits(text))
		return -EINVAL;
	errno = 0;
	value = strtoul(text, NULL, 10);
	if (errno || value > UINT32_MAX || check_bounds(option, (double)value) < 0)
		return -ERANGE;
	*(unsigned *)field = (unsigned)value;
	return 0;
}

static void format_count(const struct option *option, const void *field, char *buffer, size_t size)
{
	(void)option;
	snprintf(buffer, size, "%u", *(const unsigned *)field);
}

const struct option_type option_count = {
	.size = sizeof(unsigned),
	.expected = "a whole number",
	.parse = parse_count,
	.format = format_count,
};

static int parse_word(const struct option *option, const char *text, void *field)
{
	for (int i = 0; option->words[i]; i++)
		if (strcmp(text, option->words[i]) == 0) {
			*(int *)field = i;
			return 0;
		}
	return -EINVAL;
}

static void format_word(const struct option *option, const void *field, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s", option->words[*(const int *)field]);
}

const struct option_type option_word = {
	.size = sizeof(int),
	.parse = parse_word,
	.format = format_word,
};

static void release_names(void *field)
{
	struct option_name_list *list = field;

	for (size_t i = 0; i < list->n; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct option_name_list){ 0 };
}

static int parse_names(const struct option *option, const char *text, void *field)
{
	_cleanup_(release_names) struct option_name_list list = { 0 };

	(void)option;
	for (const char *word = text + strspn(text, " \t"); *word; word += strspn(word, " \t")) {
		size_t length = strcspn(word, " \t");
		char **grown = reallocarray(list.names, list.n + 1, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		list.names = grown;
		list.names[list.n] = strndup(word, length);
		if (!list.names[list.n])
			return -ENOMEM;
		if (!option_name_is_valid(list.names[list.n++]))
			return -EINVAL;
		word += length;
	}
	*(struct option_name_list *)field = list;
	list = (struct option_name_list){ 0 };
	return 0;
}

static void format_names(const struct option *option, const void *field, char *buffer, size_t size)
{
	const struct option_name_list *list = field;
	size_t length = 0;

	(void)option;
	*buffer = '\0';
	for (size_t i = 0; i < list->n && length < size; i++)
		length += (size_t)snprintf(buffer + length, size - length, "%s%s", i ? " " : "",
		                           list->names[i]);
}

static int append_names(void *field, void *more)
{
	struct option_name_list *list = field, *other = more;
	char **grown = reallocarray(list->names, list->n + other->n + 1, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	list->names = grown;
	for (size_t i = 0; i < other->n; i++)
		list->names[list->n++] = other->names[i];
	free(other->names);
	*other = (struct option_name_list){ 0 };
	return 0;
}

const struct option_type option_names = {
	.size = sizeof(struct option_name_list),
	.expected = "names of components, with spaces between",
	.parse = parse_names,
	.format = format_names,
	.release = release_names,
	.append = append_names,
};

bool option_name_is_valid(const char *name)
{
	static const char allowed[] = "_-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t length = strlen(name);

	return length > 0 && length <= OPTION_NAME_MAX && strspn(name, allowed) == length && name[0] != '-' &&
	       name[0] != '_';
}

void option_describe(const struct option *option, char *buffer, size_t size)
{
	size_t length;

	if (option->expected) {
		snprintf(buffer, size, "%s", option->expected);
	} else if (option->words) {
		length = (size_t)snprintf(buffer, size, "one of");
		for (size_t i = 0; option->words[i] && length < size; i++)
			length += (size_t)snprintf(buffer + length, size - length, "%s %s", i ? "," : "",
			                           option->words[i]);
	} else if (option->refers_to) {
		snprintf(buffer, size, "names of [%s ...] sections, with spaces between", option->refers_to);
	} else {
		snprintf(buffer, size, "%s", option->type->expected);
	}
}

const struct option *option_find(const struct option *options, const char *key)
{
	for (; options->key; options++)
		if (strcmp(options->key, key) == 0)
			return options;
	return NULL;
}
