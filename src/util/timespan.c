#include "util/timespan.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

#define USEC UINT64_C(1)
#define MSEC (1000 * USEC)
#define SEC (1000 * MSEC)
#define MINUTE (60 * SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define YEAR (UINT64_C(31557600) * SEC) /* 365.25 days */
#define MONTH (YEAR / 12)

/* systemd.time(7); "m" is minutes and "M" is months. */
static const struct {
	const char *word;
	uint64_t usec;
} units[] = {
	{ "usec", USEC },      { "us", USEC },       { "µs", USEC },    { "μs", USEC },   { "msec", MSEC },
	{ "ms", MSEC },        { "seconds", SEC },   { "second", SEC }, { "sec", SEC },   { "s", SEC },
	{ "minutes", MINUTE }, { "minute", MINUTE }, { "min", MINUTE }, { "m", MINUTE },  { "hours", HOUR },
	{ "hour", HOUR },      { "hr", HOUR },       { "h", HOUR },     { "days", DAY },  { "day", DAY },
	{ "d", DAY },          { "weeks", WEEK },    { "week", WEEK },  { "w", WEEK },    { "months", MONTH },
	{ "month", MONTH },    { "M", MONTH },       { "years", YEAR }, { "year", YEAR }, { "y", YEAR },
};

static const char *skip_space(const char *text)
{
	return text + strspn(text, " \t");
}

/* The unit at `*text`, which is moved behind it; none at all is seconds, 0 an unknown word. */
static uint64_t take_unit(const char **text)
{
	size_t length = strcspn(*text, " \t.0123456789+-");

	if (length == 0)
		return SEC;
	for (size_t i = 0; i < ELEMENTS(units); i++)
		if (strlen(units[i].word) == length && memcmp(units[i].word, *text, length) == 0) {
			*text += length;
			return units[i].usec;
		}
	return 0;
}

/* The digits at `*text`, which is moved behind them. -EINVAL without any, -ERANGE if too large. */
static int take_digits(const char **text, uint64_t *ret)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); (*text)++)
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(**text - '0'), &value))
			return -ERANGE;
	*ret = value;
	return 0;
}

/* What ".digits" is worth in µs, cut to whole ones, of the unit behind it. */
static uint64_t fraction_usec(const char *digits, uint64_t unit_usec)
{
	uint64_t usec = 0;

	for (uint64_t place = unit_usec / 10; place > 0 && isdigit((unsigned char)*digits);
	     place /= 10, digits++)
		usec += (uint64_t)(*digits - '0') * place;
	return usec;
}

int timespan_parse(const char *text, uint64_t *ret_usec)
{
	uint64_t sum = 0;

	text = skip_space(text);
	if (!*text)
		return -EINVAL;
	while (*text) {
		const char *fraction = "";
		uint64_t whole = 0, unit;
		int r;

		r = take_digits(&text, &whole);
		if (r < 0 && !(r == -EINVAL && *text == '.' && isdigit((unsigned char)text[1])))
			return r;
		if (*text == '.') {
			fraction = ++text;
			if (!isdigit((unsigned char)*fraction))
				return -EINVAL;
			text += strspn(text, "0123456789");
		}
		if (*fraction && *text == '.') /* 12.34.56; systemd takes "12.34 .56" */
			return -EINVAL;
		text = skip_space(text);
		unit = take_unit(&text);
		if (unit == 0)
			return -EINVAL;
		if (__builtin_mul_overflow(whole, unit, &whole) ||
		    __builtin_add_overflow(whole, fraction_usec(fraction, unit), &whole) ||
		    __builtin_add_overflow(sum, whole, &sum) || sum == UINT64_MAX)
			return -ERANGE;
		text = skip_space(text);
	}
	*ret_usec = sum;
	return 0;
}

char *timespan_format(uint64_t usec, char buffer[static TIMESPAN_TEXT_SIZE])
{
	static const struct {
		const char *word;
		uint64_t usec;
	} steps[] = { { "w", WEEK }, { "d", DAY },   { "h", HOUR }, { "min", MINUTE },
		      { "s", SEC },  { "ms", MSEC }, { "us", USEC } };
	size_t length = 0;

	strcpy(buffer, "0");
	for (size_t i = 0; i < ELEMENTS(steps); i++) {
		if (usec < steps[i].usec)
			continue;
		length += (size_t)snprintf(buffer + length, TIMESPAN_TEXT_SIZE - length, "%s%llu%s",
		                           length ? " " : "", (unsigned long long)(usec / steps[i].usec),
		                           steps[i].word);
		usec %= steps[i].usec;
	}
	return buffer;
}
