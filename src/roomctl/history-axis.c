#define _GNU_SOURCE
#include "roomctl/history-axis.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/local-time.h"

#define MINUTE_S INT64_C(60)
#define HOUR_S INT64_C(3600)
#define DAY_S INT64_C(86400)
#define LABEL_GAP 2
#define YEARS_MAX 9999

enum unit {
	UNIT_SECONDS, /* up to an hour, counted from a full one */
	UNIT_HOURS,   /* of a day */
	UNIT_DAYS,
	UNIT_MONTHS, /* of a year */
	UNIT_YEARS,
};

struct step {
	enum unit unit;
	unsigned n;
	int64_t seconds; /* about */
};

static const struct step steps[] = {
	{ UNIT_SECONDS, 1, 1 },
	{ UNIT_SECONDS, 2, 2 },
	{ UNIT_SECONDS, 5, 5 },
	{ UNIT_SECONDS, 10, 10 },
	{ UNIT_SECONDS, 15, 15 },
	{ UNIT_SECONDS, 30, 30 },
	{ UNIT_SECONDS, 60, MINUTE_S },
	{ UNIT_SECONDS, 120, 2 * MINUTE_S },
	{ UNIT_SECONDS, 300, 5 * MINUTE_S },
	{ UNIT_SECONDS, 600, 10 * MINUTE_S },
	{ UNIT_SECONDS, 900, 15 * MINUTE_S },
	{ UNIT_SECONDS, 1800, 30 * MINUTE_S },
	{ UNIT_SECONDS, 3600, HOUR_S },
	{ UNIT_HOURS, 2, 2 * HOUR_S },
	{ UNIT_HOURS, 3, 3 * HOUR_S },
	{ UNIT_HOURS, 6, 6 * HOUR_S },
	{ UNIT_HOURS, 12, 12 * HOUR_S },
	{ UNIT_DAYS, 1, DAY_S },
	{ UNIT_DAYS, 2, 2 * DAY_S },
	{ UNIT_DAYS, 7, 7 * DAY_S },
	{ UNIT_DAYS, 14, 14 * DAY_S },
	{ UNIT_MONTHS, 1, 30 * DAY_S },
	{ UNIT_MONTHS, 2, 61 * DAY_S },
	{ UNIT_MONTHS, 3, 91 * DAY_S },
	{ UNIT_MONTHS, 6, 182 * DAY_S },
	{ UNIT_YEARS, 1, 365 * DAY_S },
	{ UNIT_YEARS, 2, 730 * DAY_S },
	{ UNIT_YEARS, 5, 1826 * DAY_S },
	{ UNIT_YEARS, 10, 3652 * DAY_S },
	{ UNIT_YEARS, 50, 18262 * DAY_S },
	{ UNIT_YEARS, 100, 36524 * DAY_S },
	{ UNIT_YEARS, 500, 182621 * DAY_S },
	{ UNIT_YEARS, 2000, 730485 * DAY_S },
};

struct axis {
	int64_t since_s, until_s; /* whole seconds: a mark at either is within */
	uint64_t since_usec, until_usec;
	size_t columns;
	const struct step *step;
	struct history_tick *ticks;
	size_t n;
	bool full; /* there would be more than have room */
};

/* --- texts ----------------------------------------------------------------------------------- */

/* How a time is written. */
enum look {
	LOOK_NOTHING,
	LOOK_SECOND,
	LOOK_MINUTE,
	LOOK_DAY,
	LOOK_MONTH,
	LOOK_YEAR,
	LOOK_DATE,
};

static size_t write_time(const struct tm *tm, enum look look, char *buffer, size_t size)
{
	switch (look) {
	case LOOK_SECOND:
		return strftime(buffer, size, "%H:%M:%S", tm);
	case LOOK_MINUTE:
		return strftime(buffer, size, "%H:%M", tm);
	case LOOK_DAY:
		return strftime(buffer, size, "%b %d", tm);
	case LOOK_MONTH:
		return strftime(buffer, size, "%b", tm);
	case LOOK_YEAR:
		return strftime(buffer, size, "%Y", tm);
	case LOOK_DATE:
		return strftime(buffer, size, "%Y-%m-%d", tm);
	default:
		return 0;
	}
}

static void format(int64_t seconds, enum look look, char buffer[static HISTORY_TICK_SIZE])
{
	struct tm tm;

	if (!clock_local((time_t)seconds, &tm) || write_time(&tm, look, buffer, HISTORY_TICK_SIZE) == 0)
		*buffer = '\0';
}

static enum look label_look(const struct step *step)
{
	static const enum look looks[] = { [UNIT_SECONDS] = LOOK_MINUTE,
		                           [UNIT_HOURS] = LOOK_MINUTE,
		                           [UNIT_DAYS] = LOOK_DAY,
		                           [UNIT_MONTHS] = LOOK_MONTH,
		                           [UNIT_YEARS] = LOOK_YEAR };

	return step->unit == UNIT_SECONDS && step->n < MINUTE_S ? LOOK_SECOND : looks[step->unit];
}

static enum look context_look(const struct step *step)
{
	return step->unit <= UNIT_HOURS ? LOOK_DATE : step->unit < UNIT_YEARS ? LOOK_YEAR : LOOK_NOTHING;
}

/* Whole seconds; later than any date that is written here there is no mark. */
static int64_t bounded(uint64_t usec)
{
	const int64_t most = INT64_C(253370764800); /* the year 9999 */

	return (int64_t)(usec / USEC_PER_SEC) < most ? (int64_t)(usec / USEC_PER_SEC) : most;
}

static void fill_contexts(struct axis *axis, char start[static HISTORY_TICK_SIZE])
{
	const char *before = start;
	enum look look = context_look(axis->step);

	format(bounded(axis->since_usec), look, start);
	for (size_t i = 0; i < axis->n; i++) {
		char *context = axis->ticks[i].context, text[HISTORY_TICK_SIZE];

		format(bounded(axis->ticks[i].usec), look, text);
		if (strcmp(text, before) == 0)
			continue;
		strcpy(context, text);
		before = context;
	}
}

/* --- marks ----------------------------------------------------------------------------------- */

size_t history_axis_column(uint64_t since_usec, uint64_t until_usec, size_t columns, uint64_t usec)
{
	double place = usec <= since_usec ? 0 : (double)(usec - since_usec) / (double)(until_usec - since_usec);
	size_t column = place >= 1 ? columns : (size_t)(place * (double)columns);

	return column < columns || columns == 0 ? column : columns - 1;
}

static size_t column_of(const struct axis *axis, uint64_t usec)
{
	return history_axis_column(axis->since_usec, axis->until_usec, axis->columns, usec);
}

/* Times come in order; one that came already (the hour that is skipped) is left out. */
static void add(struct axis *axis, int64_t seconds)
{
	struct history_tick *tick = &axis->ticks[axis->n], *before = tick - 1;
	uint64_t usec = (uint64_t)seconds * USEC_PER_SEC;

	if (axis->full || seconds < axis->since_s || seconds > axis->until_s ||
	    (axis->n > 0 && usec <= before->usec))
		return;
	if (axis->n == HISTORY_TICKS_MAX ||
	    (axis->n > 0 &&
	     column_of(axis, usec) < column_of(axis, before->usec) + strlen(before->label) + LABEL_GAP)) {
		axis->full = true;
		return;
	}
	*tick = (struct history_tick){ .usec = usec };
	format(seconds, label_look(axis->step), tick->label);
	axis->n++;
}

static int64_t shown_at(int64_t seconds)
{
	struct tm tm;

	return seconds + (clock_local((time_t)seconds, &tm) ? tm.tm_gmtoff : 0);
}

/* Every so many seconds of what the clock on the wall shows. Where it is changed by less than a step, they are counted anew. */
static void add_seconds(struct axis *axis)
{
	int64_t step = axis->step->n, at = axis->since_s;

	while (at <= axis->until_s && !axis->full) {
		int64_t behind = shown_at(at) % step;

		at += behind > 0 ? step - behind : 0;
		behind = shown_at(at) % step; /* it may have been changed on the way */
		at += behind > 0 ? step - behind : 0;
		add(axis, at);
		at += step;
	}
}

static void add_hours(struct axis *axis)
{
	for (local_day day = local_day_of(axis->since_s); !axis->full; day++) {
		if (local_time(day, 0) > axis->until_s)
			return;
		for (int64_t hour = 0; hour < 24; hour += axis->step->n)
			add(axis, local_time(day, hour * HOUR_S));
	}
}

/* Weeks begin on Mondays. */
static void add_days(struct axis *axis)
{
	unsigned n = axis->step->n, first = n % 7 == 0 ? 3 : 0;

	for (local_day day = local_day_of(axis->since_s); !axis->full; day++) {
		int64_t at = local_time(day, 0);

		if (at > axis->until_s)
			return;
		if ((day + first) % n == 0)
			add(axis, at);
	}
}

/* Months and years. */
static void add_months(struct axis *axis)
{
	int step = (int)axis->step->n * (axis->step->unit == UNIT_YEARS ? 12 : 1), month;
	struct tm tm;

	local_date_of_day(local_day_of(axis->since_s), &tm);
	month = (tm.tm_year + 1900) * 12 + tm.tm_mon;
	for (month -= month % step; month < YEARS_MAX * 12 && !axis->full; month += step) {
		local_day day;
		int64_t at;

		if (!local_day_from_date(month / 12, (unsigned)(month % 12) + 1, 1, &day))
			return;
		at = local_time(day, 0);
		if (at > axis->until_s)
			return;
		add(axis, at);
	}
}

static void add_ticks(struct axis *axis)
{
	switch (axis->step->unit) {
	case UNIT_SECONDS:
		return add_seconds(axis);
	case UNIT_HOURS:
		return add_hours(axis);
	case UNIT_DAYS:
		return add_days(axis);
	default:
		return add_months(axis);
	}
}

size_t history_axis_ticks(uint64_t since_usec, uint64_t until_usec, size_t columns,
                          struct history_tick ret[static HISTORY_TICKS_MAX], char start[static HISTORY_TICK_SIZE])
{
	struct axis axis = { .since_usec = since_usec, .until_usec = until_usec, .columns = columns, .ticks = ret };

	*start = '\0';
	if (until_usec <= since_usec || columns == 0)
		return 0;
	axis.since_s = bounded(since_usec) + (since_usec % USEC_PER_SEC > 0);
	axis.until_s = bounded(until_usec - 1);
	for (size_t i = 0; i < ELEMENTS(steps); i++) {
		axis.step = &steps[i];
		axis.n = 0;
		axis.full = (axis.until_s - axis.since_s) / axis.step->seconds > 2 * HISTORY_TICKS_MAX;
		if (!axis.full)
			add_ticks(&axis);
		if (!axis.full)
			break;
	}
	axis.n = axis.full ? 0 : axis.n;
	fill_contexts(&axis, start);
	return axis.n;
}
