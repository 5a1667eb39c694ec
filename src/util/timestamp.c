#define _GNU_SOURCE
#include "util/timestamp.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/local-time.h"
#include "util/timespan.h"

#define TEXT_SIZE 128
#define HOUR_S 3600
#define DAY_S 86400

static const char *skip_space(const char *text)
{
	return text + strspn(text, " \t");
}

/* A text without the spaces around it; -EINVAL if it is empty or longer than any time. */
static int trim(const char *text, char buffer[static TEXT_SIZE])
{
	size_t length;

	text = skip_space(text);
	length = strlen(text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	if (length == 0 || length >= TEXT_SIZE)
		return -EINVAL;
	memcpy(buffer, text, length);
	buffer[length] = '\0';
	return 0;
}

/* From `least` to `most` digits at `*text`, which is moved behind them. */
static bool take_digits(const char **text, unsigned least, unsigned most, int64_t *ret)
{
	unsigned n = 0;

	*ret = 0;
	for (; n < most && isdigit((unsigned char)**text); (*text)++, n++)
		*ret = *ret * 10 + (**text - '0');
	return n >= least && !isdigit((unsigned char)**text);
}

/* ".5" at `*text`, in µs, cut to whole ones; 0 if there is none. False: a point without digits. */
static bool take_fraction(const char **text, uint64_t *ret_usec)
{
	*ret_usec = 0;
	if (**text != '.')
		return true;
	(*text)++;
	if (!isdigit((unsigned char)**text))
		return false;
	for (uint64_t place = USEC_PER_SEC / 10; isdigit((unsigned char)**text); place /= 10, (*text)++)
		*ret_usec += (uint64_t)(**text - '0') * place;
	return true;
}

/* --- words and spans ------------------------------------------------------------------------- */

static int from_seconds(int64_t seconds, uint64_t usec, uint64_t *ret_usec)
{
	if (seconds < 0 || (uint64_t)seconds > UINT64_MAX / USEC_PER_SEC - 1)
		return -ERANGE;
	*ret_usec = (uint64_t)seconds * USEC_PER_SEC + usec;
	return 0;
}

/* "now", "today" and so on. 1: it was one of them; 0: it is something else; a negative errno. */
static int parse_word(const char *text, uint64_t now_usec, uint64_t *ret_usec)
{
	static const char *const words[] = { "yesterday", "today", "tomorrow" };
	local_day today = local_day_of((int64_t)(now_usec / USEC_PER_SEC));
	int r;

	if (strcmp(text, "now") == 0) {
		*ret_usec = now_usec;
		return 1;
	}
	for (size_t i = 0; i < ELEMENTS(words); i++)
		if (strcmp(text, words[i]) == 0) {
			r = from_seconds(local_time(today - 1 + (local_day)i, 0), 0, ret_usec);
			return r < 0 ? r : 1;
		}
	return 0;
}

static int shift(uint64_t now_usec, const char *span, bool back, uint64_t *ret_usec)
{
	uint64_t usec;
	int r;

	r = timespan_parse(span, &usec);
	if (r < 0)
		return r;
	if (back ? __builtin_sub_overflow(now_usec, usec, &usec) : __builtin_add_overflow(now_usec, usec, &usec))
		return -ERANGE;
	*ret_usec = usec;
	return 0;
}

/* Cuts the ending off; false, and nothing is changed, if it is another one. */
static bool cut_ending(char *text, const char *ending)
{
	size_t length = strlen(text), behind = strlen(ending);

	if (length <= behind || strcmp(text + length - behind, ending) != 0)
		return false;
	text[length - behind] = '\0';
	return true;
}

/* "-2h", "+2h", "2h ago", "2h left". 1, 0 and errors as above. */
static int parse_span(char *text, uint64_t now_usec, uint64_t *ret_usec)
{
	int r;

	if (*text == '-' || *text == '+')
		r = shift(now_usec, text + 1, *text == '-', ret_usec);
	else if (cut_ending(text, " ago"))
		r = shift(now_usec, text, true, ret_usec);
	else if (cut_ending(text, " left"))
		r = shift(now_usec, text, false, ret_usec);
	else
		return 0;
	return r < 0 ? r : 1;
}

/* "@1793520000.5" */
static int parse_epoch(const char *text, uint64_t *ret_usec)
{
	uint64_t usec;
	int64_t seconds;

	if (!take_digits(&text, 1, 18, &seconds))
		return isdigit((unsigned char)*text) ? -ERANGE : -EINVAL;
	if (!take_fraction(&text, &usec) || *text)
		return -EINVAL;
	return from_seconds(seconds, usec, ret_usec);
}

/* --- dates ----------------------------------------------------------------------------------- */

struct moment {
	local_day day;
	int64_t seconds; /* of the day, as the clock on the wall shows them */
	uint64_t usec;
	unsigned weekday; /* 7: not given */
};

/* "Fri" or "Friday", and a space. */
static void take_weekday(const char **text, unsigned *ret)
{
	static const char *const names[] = { "Monday",   "Tuesday", "Wednesday", "Thursday",
		                             "Friday",   "Saturday", "Sunday" };
	size_t length = strcspn(*text, " \t");

	*ret = ELEMENTS(names);
	for (unsigned i = 0; i < ELEMENTS(names); i++)
		if ((length == 3 || length == strlen(names[i])) && strncasecmp(*text, names[i], length) == 0) {
			*ret = i;
			*text = skip_space(*text + length);
			return;
		}
}

static bool take_date(const char **text, local_day *ret)
{
	int64_t year, month, day;

	if (!take_digits(text, 4, 4, &year) || *(*text)++ != '-' || !take_digits(text, 1, 2, &month) ||
	    *(*text)++ != '-' || !take_digits(text, 1, 2, &day))
		return false;
	return local_day_from_date((int)year, (unsigned)month, (unsigned)day, ret);
}

/* "08:00", "08:00:30.5"; 24:00 is none. */
static bool take_time_of_day(const char **text, struct moment *moment)
{
	int64_t hours, minutes, seconds = 0;

	if (!take_digits(text, 1, 2, &hours) || *(*text)++ != ':' || !take_digits(text, 2, 2, &minutes))
		return false;
	if (**text == ':') {
		(*text)++;
		if (!take_digits(text, 2, 2, &seconds) || !take_fraction(text, &moment->usec))
			return false;
	}
	moment->seconds = hours * HOUR_S + minutes * 60 + seconds;
	return hours < 24 && minutes < 60 && seconds < 60;
}

/* What stands before a zone, if one does. */
static bool take_moment(const char **text, local_day today, struct moment *ret)
{
	const char *rest;
	bool has_date;

	*ret = (struct moment){ .day = today };
	take_weekday(text, &ret->weekday);
	has_date = strcspn(*text, "-") < strcspn(*text, ":");
	if (!has_date)
		return take_time_of_day(text, ret);
	if (!take_date(text, &ret->day))
		return false;
	rest = **text == 'T' ? *text + 1 : skip_space(*text);
	if (!isdigit((unsigned char)*rest))
		return **text != 'T';
	*text = rest;
	return take_time_of_day(text, ret);
}

/* "+02:00", "+0200" or "+02", in seconds. */
static bool parse_offset(const char *text, int64_t *ret)
{
	int64_t sign = *text == '-' ? -1 : 1, hours, minutes = 0;
	const char *digits = text + 1;

	if (*text != '+' && *text != '-')
		return false;
	if (strlen(digits) == 4 && take_digits(&digits, 4, 4, &hours)) {
		minutes = hours % 100;
		hours /= 100;
	} else if (!take_digits(&digits, 2, 2, &hours) ||
	           (*digits && (*digits++ != ':' || !take_digits(&digits, 2, 2, &minutes)))) {
		return false;
	}
	*ret = sign * (hours * HOUR_S + minutes * 60);
	return !*digits && hours < 24 && minutes < 60;
}

/* Of a time that comes twice the one that the zone's name says. */
static bool local_in_zone(const struct moment *moment, const char *zone, int64_t *ret)
{
	int64_t first = local_time(moment->day, moment->seconds);
	struct tm tm;

	for (int64_t later = 0; later <= HOUR_S; later += HOUR_S / 2) {
		int64_t shown;

		if (!clock_local((time_t)(first + later), &tm))
			return false;
		shown = first + later + tm.tm_gmtoff;
		if (shown == moment->day * DAY_S + moment->seconds && strcmp(tm.tm_zone, zone) == 0) {
			*ret = first + later;
			return true;
		}
	}
	return false;
}

static bool resolve(const struct moment *moment, const char *zone, int64_t *ret)
{
	int64_t offset = 0;

	if (!*zone) {
		*ret = local_time(moment->day, moment->seconds);
		return true;
	}
	if (strcmp(zone, "UTC") != 0 && strcmp(zone, "Z") != 0 && !parse_offset(zone, &offset))
		return local_in_zone(moment, zone, ret);
	*ret = moment->day * DAY_S + moment->seconds - offset;
	return true;
}

static int parse_date(const char *text, uint64_t now_usec, uint64_t *ret_usec)
{
	struct moment moment;
	int64_t seconds;

	if (!take_moment(&text, local_day_of((int64_t)(now_usec / USEC_PER_SEC)), &moment))
		return -EINVAL;
	if (moment.weekday < 7 && moment.weekday != local_day_of_week(moment.day))
		return -EINVAL;
	if (!resolve(&moment, skip_space(text), &seconds))
		return -EINVAL;
	return from_seconds(seconds, moment.usec, ret_usec);
}

int timestamp_parse(const char *text, uint64_t now_usec, uint64_t *ret_usec)
{
	char trimmed[TEXT_SIZE];
	int r;

	r = trim(text, trimmed);
	if (r < 0)
		return r;
	r = parse_word(trimmed, now_usec, ret_usec);
	if (r == 0)
		r = parse_span(trimmed, now_usec, ret_usec);
	if (r != 0)
		return r < 0 ? r : 0;
	return *trimmed == '@' ? parse_epoch(trimmed + 1, ret_usec) : parse_date(trimmed, now_usec, ret_usec);
}
