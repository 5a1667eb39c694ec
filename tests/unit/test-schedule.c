/* Schedules, on both changes of offset, over midnight and the end of a year, under every sun. */
#include "rules/schedule.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "helpers.h"

#define CHANGES_MAX 6

/* Where it changes within a span of time, as people read it there: "YYYY-MM-DD HH:MM+OFFSET". */
static const struct {
	const char *name, *zone, *days, *from, *to;
	double latitude, longitude;
	const char *begin, *end;   /* the span */
	bool active;               /* at its beginning */
	const char *changes[CHANGES_MAX];
} rows[] = {
	{ "each day", "Europe/Berlin", "", "06:30", "08:00", 0, 0, "2026-01-10 00:00+01", "2026-01-12 00:00+01", false,
	  { "2026-01-10 06:30+01", "2026-01-10 08:00+01", "2026-01-11 06:30+01", "2026-01-11 08:00+01" } },
	{ "over midnight, on Fridays", "Europe/Berlin", "Fri", "22:00", "02:00", 0, 0, "2026-01-08 00:00+01", "2026-01-15 00:00+01", false,
	  { "2026-01-09 22:00+01", "2026-01-10 02:00+01" } },
	{ "over the end of a year", "Europe/Berlin", "", "22:00", "06:00", 0, 0, "2026-12-31 12:00+01", "2027-01-01 12:00+01", false,
	  { "2026-12-31 22:00+01", "2027-01-01 06:00+01" } },
	{ "a Thursday that is the year's last day, and no Friday", "Europe/Berlin", "Thu", "23:59:30", "00:00:30", 0, 0,
	  "2026-12-30 12:00+01", "2027-01-05 12:00+01", false, { "2026-12-31 23:59:30+01", "2027-01-01 00:00:30+01" } },
	{ "always", "Europe/Berlin", "", "00:00", "24:00", 0, 0, "2026-03-28 00:00+01", "2026-04-02 00:00+02", true, { NULL } },
	{ "all of the weekend", "Europe/Berlin", "Sat Sun", "00:00", "24:00", 0, 0, "2026-01-07 00:00+01", "2026-01-14 00:00+01", false,
	  { "2026-01-10 00:00+01", "2026-01-12 00:00+01" } },
	{ "an hour before midnight", "Europe/Berlin", "", "23:00", "00:00", 0, 0, "2026-01-10 12:00+01", "2026-01-11 12:00+01", false,
	  { "2026-01-10 23:00+01", "2026-01-11 00:00+01" } },
	/* 29 March 2026, 02:00 is 03:00; 25 October, 03:00 is 02:00. */
	{ "begins in the skipped hour", "Europe/Berlin", "", "02:30", "04:00", 0, 0, "2026-03-29 00:00+01", "2026-03-30 00:00+02", false,
	  { "2026-03-29 03:00+02", "2026-03-29 04:00+02" } },
	{ "ends in the skipped hour", "Europe/Berlin", "", "01:00", "02:30", 0, 0, "2026-03-29 00:00+01", "2026-03-30 00:00+02", false,
	  { "2026-03-29 01:00+01", "2026-03-29 03:00+02" } },
	{ "is in the skipped hour: no time at all", "Europe/Berlin", "", "02:15", "02:45", 0, 0, "2026-03-29 00:00+01",
	  "2026-03-30 00:00+02", false, { NULL } },
	{ "over the skipped hour", "Europe/Berlin", "", "22:00", "06:00", 0, 0, "2026-03-28 12:00+01", "2026-03-29 12:00+02", false,
	  { "2026-03-28 22:00+01", "2026-03-29 06:00+02" } },
	{ "begins in the hour that comes twice: once", "Europe/Berlin", "", "02:30", "04:00", 0, 0, "2026-10-25 00:00+02",
	  "2026-10-26 00:00+01", false, { "2026-10-25 02:30+02", "2026-10-25 04:00+01" } },
	{ "ends in the hour that comes twice: once", "Europe/Berlin", "", "01:00", "02:30", 0, 0, "2026-10-25 00:00+02",
	  "2026-10-26 00:00+01", false, { "2026-10-25 01:00+02", "2026-10-25 02:30+02" } },
	{ "is in the hour that comes twice: once", "Europe/Berlin", "", "02:15", "02:45", 0, 0, "2026-10-25 00:00+02",
	  "2026-10-26 00:00+01", false, { "2026-10-25 02:15+02", "2026-10-25 02:45+02" } },
	{ "another offset in winter and summer", "Europe/Berlin", "", "12:00", "13:00", 0, 0, "2026-10-24 18:00+02", "2026-10-25 18:00+01",
	  false, { "2026-10-25 12:00+01", "2026-10-25 13:00+01" } },
	/* The sun: Berlin, winter and summer. */
	{ "from sunset to a clock time", "Europe/Berlin", "", "sunset", "23:00", 52.5, 13.4, "2026-12-21 00:00+01", "2026-12-22 00:00+01", false,
	  { "2026-12-21 15:54+01", "2026-12-21 23:00+01" } },
	{ "from sunset to sunrise", "Europe/Berlin", "", "sunset", "sunrise", 52.5, 13.4, "2026-06-21 12:00+02", "2026-06-22 12:00+02", false,
	  { "2026-06-21 21:33+02", "2026-06-22 04:43+02" } },
	{ "before sunset, after sunrise", "Europe/Berlin", "", "sunset-30min", "sunrise+1h", 52.5, 13.4, "2026-06-21 12:00+02",
	  "2026-06-22 12:00+02", false, { "2026-06-21 21:03+02", "2026-06-22 05:43+02" } },
	{ "a clock time before sunrise", "Europe/Berlin", "", "06:30", "sunrise", 52.5, 13.4, "2026-12-21 00:00+01", "2026-12-22 00:00+01", false,
	  { "2026-12-21 06:30+01", "2026-12-21 08:15+01" } },
	{ "a clock time that sunrise is before: none", "Europe/Berlin", "", "06:30", "sunrise", 52.5, 13.4, "2026-06-21 00:00+02",
	  "2026-06-22 00:00+02", false, { NULL } },
	{ "two hours after sunset, until sunset: most of a day", "Europe/Berlin", "", "sunset+2h", "sunset", 52.5, 13.4, "2026-06-20 23:00+02",
	  "2026-06-21 23:00+02", false, { "2026-06-20 23:33+02", "2026-06-21 21:33+02" } },
	{ "sunset after the clock time: none", "Europe/Helsinki", "", "sunset", "22:30", 60, 25, "2026-06-21 00:00+03", "2026-06-22 00:00+03",
	  false, { NULL } },
	{ "60 degrees north, a white night", "Europe/Helsinki", "", "sunset", "sunrise", 60, 25, "2026-06-21 12:00+03", "2026-06-22 12:00+03",
	  false, { "2026-06-21 22:47+03", "2026-06-22 03:56+03" } },
	/* 78 degrees north: no sunset in June, no sunrise in December. */
	{ "polar day, from sunset to sunrise: never", "Arctic/Longyearbyen", "", "sunset", "sunrise", 78.2, 15.6, "2026-06-01 00:00+02",
	  "2026-07-20 00:00+02", false, { NULL } },
	{ "polar day, from sunrise to sunset: always", "Arctic/Longyearbyen", "", "sunrise", "sunset", 78.2, 15.6, "2026-06-01 12:00+02",
	  "2026-07-20 00:00+02", true, { NULL } },
	{ "polar night, from sunset to sunrise: always", "Arctic/Longyearbyen", "", "sunset", "sunrise", 78.2, 15.6, "2026-12-01 00:00+01",
	  "2027-01-20 00:00+01", true, { NULL } },
	{ "polar night, from sunrise to sunset: never", "Arctic/Longyearbyen", "", "sunrise", "sunset", 78.2, 15.6, "2026-12-01 00:00+01",
	  "2027-01-20 00:00+01", false, { NULL } },
	{ "polar night, from sunset to a clock time: from noon", "Arctic/Longyearbyen", "", "sunset", "23:00", 78.2, 15.6,
	  "2026-12-21 00:00+01", "2026-12-22 00:00+01", false, { "2026-12-21 11:56+01", "2026-12-21 23:00+01" } },
	{ "the sun elsewhere than the clock", "UTC", "", "sunrise", "sunset", 35.7, 139.7, "2026-01-10 12:00+00", "2026-01-11 12:00+00", false,
	  { "2026-01-10 21:51+00", "2026-01-11 07:46+00" } },
};

/* "2026-03-29 03:00+02", with seconds or without. */
static int64_t read_time(const char *text)
{
	struct tm tm = { 0 };
	int offset = 0;

	if (sscanf(text, "%d-%d-%d %d:%d:%d%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &offset) != 7) {
		tm.tm_sec = 0;
		assert_int_equal(sscanf(text, "%d-%d-%d %d:%d%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &offset), 6);
	}
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm) - offset * 3600;
}

static struct schedule schedule_of(size_t i)
{
	struct schedule schedule = { .latitude = rows[i].latitude, .longitude = rows[i].longitude };

	assert_int_equal(schedule_days_parse(rows[i].days, &schedule.days), 0);
	assert_int_equal(schedule_time_parse(rows[i].from, &schedule.from), 0);
	assert_int_equal(schedule_time_parse(rows[i].to, &schedule.to), 0);
	return schedule;
}

/* The clock's times to the second, the sun's to the minute. */
static int64_t near_of(size_t i)
{
	return *rows[i].from == 's' || *rows[i].to == 's' ? 60 : 0;
}

static const char *shown(int64_t seconds, char buffer[static 32])
{
	time_t at = (time_t)seconds;
	struct tm tm;

	localtime_r(&at, &tm);
	strftime(buffer, 32, "%F %T%z", &tm);
	return buffer;
}

/* From change to change, as the service follows it. */
static unsigned follow(size_t i, const struct schedule *schedule)
{
	int64_t end = read_time(rows[i].end), at = read_time(rows[i].begin);
	struct schedule_now now = schedule_at(schedule, at);
	bool active = now.active;
	char is[32];
	size_t n = 0;

	if (active != rows[i].active)
		return row_fails("%s: it is not so at first", rows[i].name);
	while (now.ask_again < end) {
		at = now.ask_again;
		now = schedule_at(schedule, at);
		if (now.active == active)
			continue;
		active = now.active;
		if (n == CHANGES_MAX || !rows[i].changes[n] || llabs(at - read_time(rows[i].changes[n])) > near_of(i))
			return row_fails("%s: changes at %s and not %s", rows[i].name, shown(at, is), rows[i].changes[n]);
		if (now.since != at)
			return row_fails("%s: %s is not since then", rows[i].name, shown(at, is));
		n++;
	}
	return n < CHANGES_MAX && rows[i].changes[n] ? row_fails("%s: no change at %s", rows[i].name, rows[i].changes[n]) : 0;
}

static void test_rows(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct schedule schedule = schedule_of(i);

		setenv("TZ", rows[i].zone, 1);
		tzset();
		failed += follow(i, &schedule);
	}
	assert_int_equal(failed, 0);
}

/* Whenever it is asked, it is what one finds who follows it from its beginning. */
static void test_asked_at_any_time(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct schedule schedule = schedule_of(i);
		int64_t at = read_time(rows[i].begin), end = read_time(rows[i].end);
		struct schedule_now before;

		setenv("TZ", rows[i].zone, 1);
		tzset();
		before = schedule_at(&schedule, at);
		for (at += 7919; at < end; at += 7919) {
			struct schedule_now now = schedule_at(&schedule, at);

			if (now.active != before.active && at < before.ask_again)
				failed += row_fails("%s: changes before it was to be asked again", rows[i].name);
			if (now.ask_again <= at || now.until <= at || now.since > at)
				failed += row_fails("%s: the order of times is wrong", rows[i].name);
			before = now;
		}
	}
	assert_int_equal(failed, 0);
}

static void test_ever(void **state)
{
	static const struct {
		const char *from, *to;
		bool ever;
	} pairs[] = {
		{ "sunset", "23:00", true },   { "sunset", "12:00", true },     { "sunset", "12:01", false },
		{ "23:00", "sunset", false },  { "10:00", "sunrise", false },   { "06:30", "sunrise", true },
		{ "23:59:59", "00:00", true }, { "sunrise", "sunset", true },   { "sunset+1h", "sunset", true },
	};
	unsigned failed = 0;

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	for (size_t i = 0; i < ELEMENTS(pairs); i++) {
		struct schedule schedule = { .days = SCHEDULE_EVERY_DAY, .latitude = 52.5, .longitude = 13.4 };

		schedule_time_parse(pairs[i].from, &schedule.from);
		schedule_time_parse(pairs[i].to, &schedule.to);
		if (schedule_is_ever(&schedule) != pairs[i].ever)
			failed += row_fails("from %s to %s", pairs[i].from, pairs[i].to);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *text, *formatted; /* NULL: refused */
} times[] = {
	{ "06:30", "06:30" },
	{ "00:00", "00:00" },
	{ "24:00", "24:00" },
	{ "23:59:59", "23:59:59" },
	{ "12:00:00", "12:00" },
	{ "sunrise", "sunrise" },
	{ "Sunset", "sunset" },
	{ "sunset+30min", "sunset+30min" },
	{ "sunrise - 1h 30min", "sunrise-1h 30min" },
	{ "sunset+0", "sunset" },
	{ "sunset-12h", "sunset-12h" },
	{ "sunset+12h 1s", NULL },
	{ "sunset+500ms", NULL },
	{ "sunset 30min", NULL },
	{ "sunset+", NULL },
	{ "sunset+-30min", NULL },
	{ "sunsets", NULL },
	{ "noon", NULL },
	{ "24:01", NULL },
	{ "24:00:01", NULL },
	{ "6:30", NULL },
	{ "06:60", NULL },
	{ "06:30:60", NULL },
	{ "06", NULL },
	{ "06:3", NULL },
	{ "06:30 ", NULL },
	{ "0630", NULL },
	{ "-6:30", NULL },
	{ "", NULL },
}, days[] = {
	{ "Mon..Fri", "Mon..Fri" },
	{ "Sat Sun", "Sat..Sun" },
	{ "sat,sun", "Sat..Sun" },
	{ "Monday", "Mon" },
	{ "Fri..Mon", "Mon Fri..Sun" },
	{ "Mon,Wed..Thu Sat", "Mon Wed..Thu Sat" },
	{ "Mon..Sun", "" },
	{ "", "" },
	{ "Mon..Mon", "Mon" },
	{ ",", NULL },
	{ "Mo", NULL },
	{ "Mon..", NULL },
	{ "..Fri", NULL },
	{ "Mon-Fri", NULL },
	{ "Mon..Wed..Fri", NULL },
	{ "weekdays", NULL },
	{ "Mond", NULL },
};

static int format_again(const char *text, bool time, char formatted[static SCHEDULE_TEXT_SIZE])
{
	struct schedule_time at;
	unsigned set;
	int r = time ? schedule_time_parse(text, &at) : schedule_days_parse(text, &set);

	if (r >= 0 && time)
		schedule_time_format(&at, formatted);
	else if (r >= 0)
		schedule_days_format(set, formatted);
	return r;
}

static unsigned expect_text(const char *text, const char *expected, bool time)
{
	char formatted[SCHEDULE_TEXT_SIZE] = "";
	int r = format_again(text, time, formatted);

	if (!expected)
		return r == -EINVAL ? 0 : row_fails("'%s' is taken, for '%s'", text, formatted);
	if (r < 0 || strcmp(formatted, expected) != 0)
		return row_fails("'%s' is '%s' and not '%s'", text, formatted, expected);
	return format_again(formatted, time, formatted) == 0 && strcmp(formatted, expected) == 0 ? 0 : row_fails("'%s' is not read again", formatted);
}

static void test_texts(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(times); i++)
		failed += expect_text(times[i].text, times[i].formatted, true);
	for (size_t i = 0; i < ELEMENTS(days); i++)
		failed += expect_text(days[i].text, days[i].formatted, false);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_asked_at_any_time),
		cmocka_unit_test(test_ever),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
