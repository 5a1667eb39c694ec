/* Moments and time spans. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "try/reader.h"
#include "util/clock.h"
#include "util/timespan.h"

#define MOMENT_EXPECTED "expected a time, such as 22:30, 22:30:00 or 2027-03-28 01:59:00"
#define SPAN_EXPECTED "expected a time span, such as 50ms, 2min or 1h 30min"
#define YEAR_USEC (UINT64_C(31557600) * USEC_PER_SEC)

/* --- moments --------------------------------------------------------------------------------- */

/* Digits, `least` to `most` of them, at `*text`, which is moved behind them. */
static bool take_digits(const char **text, size_t least, size_t most, unsigned *ret)
{
	size_t n = strspn(*text, "0123456789");

	if (n < least || n > most)
		return false;
	for (*ret = 0; n > 0; n--)
		*ret = *ret * 10 + (unsigned)(*(*text)++ - '0');
	return true;
}

static bool takes(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool parse_date(const char *text, struct statement_time *ret)
{
	if (!take_digits(&text, 4, 4, &ret->year) || !takes(&text, '-') || !take_digits(&text, 1, 2, &ret->month) ||
	    !takes(&text, '-') || !take_digits(&text, 1, 2, &ret->day) || *text)
		return false;
	ret->has_date = true;
	return ret->year >= 1970 && ret->month >= 1 && ret->month <= 12 && ret->day >= 1 &&
	       ret->day <= days_in(ret->year, ret->month);
}

static bool parse_time_of_day(const char *text, unsigned *ret)
{
	unsigned hour, minute, second = 0;

	if (!take_digits(&text, 1, 2, &hour) || !takes(&text, ':') || !take_digits(&text, 2, 2, &minute))
		return false;
	if (*text && (!takes(&text, ':') || !take_digits(&text, 2, 2, &second) || *text))
		return false;
	*ret = (hour * 60 + minute) * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

static bool looks_like_date(const struct word *word)
{
	return word && strspn(word->text, "0123456789") > 0 && word->text[strspn(word->text, "0123456789")] == '-';
}

int reader_take_moment(struct reader *reader, struct statement_time *ret)
{
	struct statement_time time = { 0 };
	const struct word *word = reader_word(reader);

	if (looks_like_date(word)) {
		if (!parse_date(word->text, &time))
			return reader_fail(reader, "expected a day that there is, from 1970-01-01 to 9999-12-31");
		reader->at++;
		word = reader_word(reader);
	}
	if (!word || !parse_time_of_day(word->text, &time.second_of_day))
		return reader_fail(reader, time.has_date ? "expected a time of day after the date, such as 01:59:00"
		                                         : MOMENT_EXPECTED);
	reader->at++;
	*ret = time;
	return 0;
}

/* --- spans ----------------------------------------------------------------------------------- */

/* A unit that stands alone: "min" of "5 min". */
static bool is_unit(const struct word *word)
{
	char text[32];
	uint64_t usec;
	int length = word ? snprintf(text, sizeof text, "1%s", word->text) : 0;

	return word && strcspn(word->text, ".0123456789") == strlen(word->text) && length < (int)sizeof text &&
	       timespan_parse(text, &usec) >= 0;
}

static bool is_bare(const char *text)
{
	return *text && text[strspn(text, ".0123456789")] == '\0';
}

/* How many words from this one on are one part of a span; 0: none. */
static size_t part_length(const struct reader *reader, size_t i)
{
	const struct word *word = reader_ahead(reader, i);
	uint64_t usec;
	int r = word ? timespan_parse(word->text, &usec) : -EINVAL;

	if (r == -EINVAL)
		return 0;
	return is_bare(word->text) && is_unit(reader_ahead(reader, i + 1)) ? 2 : 1;
}

static size_t span_length(const struct reader *reader)
{
	size_t length = 0, part;

	while ((part = part_length(reader, length)) > 0)
		length += part;
	return length;
}

int reader_take_span(struct reader *reader, uint64_t *ret_ns)
{
	const struct word *first = reader_word(reader);
	size_t words = span_length(reader), length = 0;
	char text[ROOMTEST_LINE_MAX + 1];
	uint64_t usec = 0;

	if (words == 0)
		return reader_fail(reader, SPAN_EXPECTED);
	for (size_t i = 0; i < words; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s ", reader_ahead(reader, i)->text);
	if (timespan_parse(text, &usec) < 0 || usec > STATEMENT_SPAN_MAX_YEARS * YEAR_USEC)
		return reader_fail_at(reader, first, "expected a time span of at most %u years", STATEMENT_SPAN_MAX_YEARS);
	reader->at += words;
	*ret_ns = usec * NSEC_PER_USEC;
	return 0;
}
