#define _GNU_SOURCE
#include "mqtt/rfc3339.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ".123456": as many digits as there are. */
static const char *parse_fraction(const char *text, uint64_t *usec)
{
	uint64_t unit = USEC_PER_SEC / 10;

	if (*text != '.')
		return text;
	for (text++; is_digit(*text); text++, unit /= 10)
		*usec += (uint64_t)(*text - '0') * unit;
	return text;
}

/* "Z", "+01:00". In seconds. */
static int parse_offset(const char *text, int64_t *ret)
{
	int hours, minutes, n = 0;

	*ret = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return 0;
	if ((*text != '+' && *text != '-') || sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &n) != 2 || n != 5 ||
	    text[1 + n] || !is_digit(text[1]) || hours > 23 || minutes > 59 || minutes < 0)
		return -EINVAL;
	*ret = (hours * 60 + minutes) * 60 * (*text == '-' ? -1 : 1);
	return 0;
}

static bool is_date(const struct tm *tm)
{
	return tm->tm_mon >= 1 && tm->tm_mon <= 12 && tm->tm_mday >= 1 && tm->tm_mday <= 31 &&
	       tm->tm_hour >= 0 && tm->tm_hour <= 23 && tm->tm_min >= 0 && tm->tm_min <= 59 && tm->tm_sec >= 0 &&
	       tm->tm_sec <= 60;
}

int rfc3339_parse(const char *text, uint64_t *ret)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	struct tm tm = { 0 };
	uint64_t usec = 0;
	int64_t offset, seconds;

	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !is_digit(text[i]) : text[i] != form[i])
			return -EINVAL;
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	           &tm.tm_sec) != 6 ||
	    !is_date(&tm) || parse_offset(parse_fraction(text + strlen(form), &usec), &offset) < 0)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	seconds = timegm(&tm) - offset;
	if (seconds < 0)
		return -EINVAL;
	*ret = (uint64_t)seconds * USEC_PER_SEC + usec;
	return 0;
}
