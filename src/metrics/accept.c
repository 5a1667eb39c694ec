/* Which format is wanted: the header Accept. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "metrics/exposition.h"

const char *exposition_content_type(enum exposition_format format)
{
	return format == EXPOSITION_OPENMETRICS ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
	                                        : "text/plain; version=0.0.4; charset=utf-8";
}

/* One entry of the list: a type and its parameters. */
struct range {
	const char *type;
	size_t type_n;
	double quality;
	bool of_another_version; /* than those of OpenMetrics that we write */
};

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Reads one parameter, up to ";" or ",". */
static const char *read_parameter(const char *text, struct range *range)
{
	text = skip_blanks(text);
	if (strncasecmp(text, "q=", 2) == 0)
		range->quality = atof(text + 2); /* what is no number is 0: not wanted */
	else if (strncasecmp(text, "version=", 8) == 0)
		range->of_another_version = strncmp(text + 8, "1.", 2) != 0;
	return text + strcspn(text, ";,");
}

static const char *read_range(const char *text, struct range *ret)
{
	struct range range = { .type = text, .type_n = strcspn(text, ";, \t"), .quality = 1 };

	text += strcspn(text, ";,");
	while (*text == ';')
		text = read_parameter(text + 1, &range);
	*ret = range;
	return text;
}

static bool is_type(const struct range *range, const char *type)
{
	return range->type_n == strlen(type) && strncasecmp(range->type, type, range->type_n) == 0;
}

static void keep_better(double *best, double quality)
{
	if (quality > *best)
		*best = quality;
}

enum exposition_format exposition_accepted(const char *accept)
{
	double text = 0, openmetrics = 0;

	while (accept && *(accept = accept + strspn(accept, ", \t"))) {
		struct range range;

		accept = read_range(accept, &range);
		if (is_type(&range, "application/openmetrics-text") && !range.of_another_version)
			keep_better(&openmetrics, range.quality);
		else if (is_type(&range, "text/plain"))
			keep_better(&text, range.quality);
	}
	return openmetrics > 0 && openmetrics >= text ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
}
