/* Schedules: "DAYS;FROM;TO;SECONDS" in any text, on earth. What is said to begin or end does so then. */
#include "fuzz.h"
#include "rules/schedule.h"

#include <stdlib.h>

#define YEAR_9999 INT64_C(253370764800)

static void check_days(const char *text, unsigned *ret)
{
	char form[SCHEDULE_TEXT_SIZE];
	unsigned days = 42, same = 43;

	if (schedule_days_parse(text, &days) < 0) {
		FUZZ_CHECK(days == 42);
		return;
	}
	FUZZ_CHECK((days & ~SCHEDULE_EVERY_DAY) == 0);
	FUZZ_CHECK(schedule_days_parse(schedule_days_format(days, form), &same) == 0 && same == days);
	*ret = days;
}

static void check_time(const char *text, struct schedule_time *ret)
{
	struct schedule_time time = { .seconds = 42 }, same;
	char form[SCHEDULE_TEXT_SIZE];

	if (schedule_time_parse(text, &time) < 0) {
		FUZZ_CHECK(time.seconds == 42);
		return;
	}
	FUZZ_CHECK(schedule_time_parse(schedule_time_format(&time, form), &same) == 0);
	FUZZ_CHECK(same.base == time.base && same.seconds == time.seconds);
	*ret = time;
}

/* Now, and at the moments that it names. */
static void check_at(const struct schedule *schedule, int64_t seconds)
{
	struct schedule_now now = schedule_at(schedule, seconds);

	FUZZ_CHECK(now.since <= seconds && now.until > seconds && now.ask_again > seconds);
	FUZZ_CHECK(now.ask_again <= now.until);
	if (now.until != INT64_MAX) {
		FUZZ_CHECK(schedule_at(schedule, now.until).active != now.active);
		FUZZ_CHECK(schedule_at(schedule, now.until - 1).active == now.active);
	}
	if (now.since != INT64_MIN)
		FUZZ_CHECK(schedule_at(schedule, now.since).active == now.active);
	if (now.active)
		FUZZ_CHECK(schedule_is_ever(schedule) || now.since < seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_free) char *text = fuzz_all_text(data, size);
	struct schedule schedule = { .days = SCHEDULE_EVERY_DAY, .latitude = 52.5, .longitude = 13.4 };
	char *rest = text, *word;
	int64_t seconds;

	setenv("TZ", "Europe/Berlin", 1);
	if ((word = strsep(&rest, ";")))
		check_days(word, &schedule.days);
	if ((word = strsep(&rest, ";")))
		check_time(word, &schedule.from);
	if ((word = strsep(&rest, ";")))
		check_time(word, &schedule.to);
	if ((word = strsep(&rest, ";")))
		schedule.latitude = (double)(strtol(word, NULL, 10) % 91);
	seconds = rest ? strtoll(rest, NULL, 10) : 0;
	if (schedule.from.base != SCHEDULE_NEVER && schedule.to.base != SCHEDULE_NEVER && seconds >= 0 &&
	    seconds < YEAR_9999)
		check_at(&schedule, seconds);
	return 0;
}
