/* The type of a key whose value is a condition. Its grammar and names are checked when all components are known:
 * daemon/config-conditions.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roomd/option.h"
#include "rules/condition.h"

static int parse(const struct option *option, const char *text, void *field)
{
	struct option_condition_value value = { 0 };
	struct condition_place place;

	(void)option;
	if (*text) {
		value.text = strdup(text);
		value.condition = calloc(1, sizeof *value.condition);
		if (!value.text || !value.condition) {
			free(value.text);
			free(value.condition);
			return -ENOMEM;
		}
	}
	if (*text && condition_parse(text, value.condition, NULL, &place) < 0) {
		free(value.condition);
		value.condition = NULL;
	}
	*(struct option_condition_value *)field = value;
	return 0;
}

static void format(const struct option *option, const void *field, char *buffer, size_t size)
{
	const struct option_condition_value *value = field;
	char text[CONDITION_TEXT_SIZE] = "";

	(void)option;
	if (value->condition)
		condition_format(value->condition, text);
	snprintf(buffer, size, "%s", value->condition ? text : value->text ? value->text : "");
}

static void release(void *field)
{
	struct option_condition_value *value = field;

	free(value->text);
	free(value->condition);
}

const struct option_type option_condition = {
	.size = sizeof(struct option_condition_value),
	.expected = "a condition, such as \"attic above 28 and not window open\"",
	.parse = parse,
	.format = format,
	.release = release,
};
