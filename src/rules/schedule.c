#include "rules/schedule.h"

#include <math.h>

#include "rules/sun.h"
#include "util/clock.h"
#include "util/local-time.h"

#define HOUR_S 3600
#define DAY_S (24 * HOUR_S)
#define NOON_S (12 * HOUR_S)
/* A week to both sides, and what begins the day before. */
#define DAYS_AROUND 8

struct span {
	int64_t from, to;
};

static bool is_in_the_morning(struct schedule_time time)
{
	return time.base == SCHEDULE_SUNRISE || (time.base == SCHEDULE_CLOCK && time.seconds <= NOON_S);
}

static bool is_over_midnight(const struct schedule *schedule)
{
	if (schedule->from.base == schedule->to.base)
		return schedule->to.seconds <= schedule->from.seconds;
	return !is_in_the_morning(schedule->from) && is_in_the_morning(schedule->to);
}

static int64_t on_day(const struct schedule *schedule, struct schedule_time time, local_day day)
{
	struct sun_day sun;

	if (time.base == SCHEDULE_CLOCK)
		return local_time(day, time.seconds);
	sun = sun_day(local_time(day, NOON_S), schedule->latitude, schedule->longitude);
	return (time.base == SCHEDULE_SUNRISE ? sun.rise : sun.set) + time.seconds;
}

static struct span span_of(const struct schedule *schedule, local_day day)
{
	return (struct span){ on_day(schedule, schedule->from, day),
		              on_day(schedule, schedule->to, day + is_over_midnight(schedule)) };
}

static bool is_one_of(const struct schedule *schedule, local_day day)
{
	return schedule->days >> local_day_of_week(day) & 1;
}

/* What touches is one: "00:00 to 24:00" does not end. The spans come in the order of their days. */
static void merge(struct span *spans, unsigned *n, struct span span)
{
	if (span.to <= span.from)
		return;
	if (*n > 0 && span.from <= spans[*n - 1].to) {
		if (span.to > spans[*n - 1].to)
			spans[*n - 1].to = span.to;
		return;
	}
	spans[(*n)++] = span;
}

static unsigned spans_around(const struct schedule *schedule, int64_t seconds, struct span *spans)
{
	local_day today = local_day_of(seconds);
	unsigned n = 0;

	for (local_day day = today - DAYS_AROUND - 1; day <= today + DAYS_AROUND; day++)
		if (is_one_of(schedule, day))
			merge(spans, &n, span_of(schedule, day));
	return n;
}

static int64_t within_a_week(int64_t seconds, int64_t at, int64_t otherwise)
{
	return at > seconds + 7 * DAY_S || at < seconds - 7 * DAY_S ? otherwise : at;
}

bool schedule_is_ever(const struct schedule *schedule)
{
	local_day today = local_day_of((int64_t)(clock_now_ns(CLOCK_REALTIME) / NSEC_PER_SEC));

	for (local_day day = today; day < today + 366; day++) {
		struct span span = span_of(schedule, day);

		if (span.to > span.from)
			return true;
	}
	return false;
}

static uint64_t mix(uint64_t id, int64_t number)
{
	return (id ^ (uint64_t)number) * UINT64_C(0x9e3779b97f4a7c15);
}

/* A place to the ten-thousandth of a degree, some metres. */
uint64_t schedule_id(const struct schedule *schedule)
{
	uint64_t id = mix(mix(1, schedule->days), schedule->from.base);

	id = mix(mix(mix(id, schedule->from.seconds), schedule->to.base), schedule->to.seconds);
	if (schedule->from.base == SCHEDULE_CLOCK && schedule->to.base == SCHEDULE_CLOCK)
		return id;
	return mix(mix(id, llround(schedule->latitude * 1e4)), llround(schedule->longitude * 1e4));
}

struct schedule_now schedule_at(const struct schedule *schedule, int64_t seconds)
{
	struct schedule_now now = { .since = INT64_MIN, .until = INT64_MAX };
	struct span spans[2 * DAYS_AROUND + 2];
	unsigned n = spans_around(schedule, seconds, spans), i = 0;

	while (i < n && spans[i].to <= seconds)
		now.since = spans[i++].to;
	if (i < n && spans[i].from <= seconds) {
		now.active = true;
		now.since = spans[i].from;
		now.until = spans[i].to;
	} else if (i < n) {
		now.until = spans[i].from;
	}
	now.since = within_a_week(seconds, now.since, INT64_MIN);
	now.until = within_a_week(seconds, now.until, INT64_MAX);
	now.ask_again = now.until == INT64_MAX ? seconds + DAY_S : now.until;
	return now;
}
