/* How a schedule's times and days are written. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/schedule.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/timespan.h"

#define BLANKS " \t"
#define BETWEEN_DAYS " \t,"
#define DAYS 7
#define OFFSET_MAX_S (12 * 3600)

static const char *const sun_words[] = { [SCHEDULE_SUNRISE] = "sunrise", [SCHEDULE_SUNSET] = "sunset" };
static const char *const day_words[DAYS] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };

/* Two digits and what stands behind them; -1: not so. */
static int take_two_digits(const char **text)
{
	const char *at = *text;

	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -1;
	*text = at + 2;
	return 10 * (at[0] - '0') + at[1] - '0';
}

/* ":MM", which may be absent where `optional` says so. */
static int take_sixtieth(const char **text, bool optional)
{
	int n;

	if (**text != ':')
		return optional && !**text ? 0 : -1;
	(*text)++;
	n = take_two_digits(text);
	return n < 60 ? n : -1;
}

static int parse_clock(const char *text, struct schedule_time *ret)
{
	int hours = take_two_digits(&text), minutes = hours < 0 ? -1 : take_sixtieth(&text, false);
	int seconds = minutes < 0 ? -1 : take_sixtieth(&text, true), total = hours * 3600 + minutes * 60 + seconds;

	if (seconds < 0 || *text || total > 24 * 3600)
		return -EINVAL;
	*ret = (struct schedule_time){ SCHEDULE_CLOCK, total };
	return 0;
}

/* "+ 30min", or nothing. */
static int parse_offset(const char *text, int *ret)
{
	uint64_t usec;
	int sign = *text == '-' ? -1 : 1;

	*ret = 0;
	if (!*text)
		return 0;
	if ((*text != '-' && *text != '+') || timespan_parse(text + 1, &usec) < 0 || usec > OFFSET_MAX_S * USEC_PER_SEC ||
	    usec % USEC_PER_SEC != 0)
		return -EINVAL;
	*ret = sign * (int)(usec / USEC_PER_SEC);
	return 0;
}

int schedule_time_parse(const char *text, struct schedule_time *ret)
{
	for (int base = SCHEDULE_SUNRISE; base <= SCHEDULE_SUNSET; base++) {
		size_t length = strlen(sun_words[base]);
		int seconds;

		if (strncasecmp(text, sun_words[base], length) != 0)
			continue;
		text += length;
		if (parse_offset(text + strspn(text, BLANKS), &seconds) < 0)
			return -EINVAL;
		*ret = (struct schedule_time){ (enum schedule_base)base, seconds };
		return 0;
	}
	return parse_clock(text, ret);
}

char *schedule_time_format(const struct schedule_time *time, char buffer[static SCHEDULE_TEXT_SIZE])
{
	int s = time->seconds;
	char span[TIMESPAN_TEXT_SIZE];

	if (time->base == SCHEDULE_CLOCK)
		snprintf(buffer, SCHEDULE_TEXT_SIZE, s % 60 ? "%02d:%02d:%02d" : "%02d:%02d", s / 3600, s / 60 % 60, s % 60);
	else if (s == 0)
		snprintf(buffer, SCHEDULE_TEXT_SIZE, "%s", sun_words[time->base]);
	else
		snprintf(buffer, SCHEDULE_TEXT_SIZE, "%s%c%.40s", sun_words[time->base], s < 0 ? '-' : '+',
		         timespan_format((uint64_t)abs(s) * USEC_PER_SEC, span));
	return buffer;
}

/* --- days ------------------------------------------------------------------------------------ */

/* Whole, or its first three letters. */
static int take_day(const char **text)
{
	size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	for (int i = 0; i < DAYS; i++)
		if ((length == 3 || length == strlen(day_words[i])) && strncasecmp(*text, day_words[i], length) == 0) {
			*text += length;
			return i;
		}
	return -1;
}

/* One day, or a range. */
static int take_days(const char **text, unsigned *days)
{
	int first = take_day(text), last = first;

	if (first >= 0 && strncmp(*text, "..", 2) == 0) {
		*text += 2;
		last = take_day(text);
	}
	if (first < 0 || last < 0 || (**text && !strchr(BETWEEN_DAYS, **text)))
		return -EINVAL;
	*days |= 1U << last;
	for (int day = first; day != last; day = (day + 1) % DAYS)
		*days |= 1U << day;
	return 0;
}

int schedule_days_parse(const char *text, unsigned *ret)
{
	const char *written = text + strspn(text, BLANKS);
	unsigned days = 0;

	for (text += strspn(text, BETWEEN_DAYS); *text; text += strspn(text, BETWEEN_DAYS))
		if (take_days(&text, &days) < 0)
			return -EINVAL;
	if (days == 0 && *written)
		return -EINVAL;
	*ret = days ? days : SCHEDULE_EVERY_DAY;
	return 0;
}

static bool has_day(unsigned days, int day)
{
	return day < DAYS && days >> day & 1;
}

char *schedule_days_format(unsigned days, char buffer[static SCHEDULE_TEXT_SIZE])
{
	size_t length = 0;
	int last;

	*buffer = '\0';
	if (days == SCHEDULE_EVERY_DAY)
		return buffer;
	for (int first = 0; first < DAYS; first = last + 1) {
		last = first;
		if (!has_day(days, first))
			continue;
		while (has_day(days, last + 1))
			last++;
		length += (size_t)snprintf(buffer + length, SCHEDULE_TEXT_SIZE - length, "%s%.3s", length ? " " : "",
		                           day_words[first]);
		if (last > first)
			length += (size_t)snprintf(buffer + length, SCHEDULE_TEXT_SIZE - length, "..%.3s", day_words[last]);
	}
	return buffer;
}
