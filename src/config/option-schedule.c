/* The types of keys whose values are times of day, and days of the week: rules/schedule.h. */
#include <stdio.h>

#include "roomd/option.h"
#include "rules/schedule.h"

static int parse_time(const struct option *option, const char *text, void *field)
{
	(void)option;
	return schedule_time_parse(text, field);
}

static void format_time(const struct option *option, const void *field, char *buffer, size_t size)
{
	char text[SCHEDULE_TEXT_SIZE];

	(void)option;
	snprintf(buffer, size, "%s", schedule_time_format(field, text));
}

const struct option_type option_time_of_day = {
	.size = sizeof(struct schedule_time),
	.expected = "a time of day, such as 06:30, sunrise, or sunset+30min (or -30min; 12 hours at most)",
	.parse = parse_time,
	.format = format_time,
};

static int parse_days(const struct option *option, const char *text, void *field)
{
	(void)option;
	return schedule_days_parse(text, field);
}

static void format_days(const struct option *option, const void *field, char *buffer, size_t size)
{
	char text[SCHEDULE_TEXT_SIZE];

	(void)option;
	snprintf(buffer, size, "%s", schedule_days_format(*(const unsigned *)field, text));
}

const struct option_type option_days = {
	.size = sizeof(unsigned),
	.expected = "days of the week, such as Mon..Fri or \"Sat Sun\"",
	.parse = parse_days,
	.format = format_days,
};
