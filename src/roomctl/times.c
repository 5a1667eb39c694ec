#define _GNU_SOURCE
#include "roomctl/times.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/components.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/timespan.h"

enum value_clock time_clock(const char *kind, const char *name)
{
	const struct component_class *class = component_class_find(kind);

	for (const struct interface_property *p = class ? class->properties : NULL; p && p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p->clock;
	return VALUE_CLOCK_NONE;
}

static char *date_of(time_t seconds)
{
	char date[64];
	struct tm tm;

	if (!clock_local(seconds, &tm) || strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return NULL;
	return strdup(date);
}

char *time_to_date(uint64_t realtime_usec)
{
	return date_of((time_t)(realtime_usec / USEC_PER_SEC));
}

char *time_to_text(uint64_t usec, enum value_clock of)
{
	clockid_t clock = of == VALUE_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	int64_t ahead_s = (int64_t)(usec / USEC_PER_SEC) - (int64_t)(clock_now_ns(clock) / NSEC_PER_SEC);
	time_t seconds = (time_t)(clock_now_ns(CLOCK_REALTIME) / NSEC_PER_SEC) + ahead_s;
	_cleanup_(cleanup_free) char *date = date_of(seconds);
	char span[TIMESPAN_TEXT_SIZE], *text;

	if (usec == 0)
		return strdup("-");
	if (!date)
		return NULL;
	timespan_format((uint64_t)(ahead_s < 0 ? -ahead_s : ahead_s) * USEC_PER_SEC, span);
	if (asprintf(&text, "%s (%s%s%s)", date, ahead_s > 0 ? "in " : "", ahead_s == 0 ? "now" : span,
	             ahead_s < 0 ? " ago" : "") < 0)
		return NULL;
	return text;
}

char *time_to_short(uint64_t realtime_usec, char buffer[static TIME_SHORT_SIZE])
{
	time_t seconds = (time_t)(realtime_usec / USEC_PER_SEC);
	char text[32] = "";
	struct tm tm;

	if (clock_local(seconds, &tm))
		strftime(text, sizeof text, "%b %d %H:%M:%S", &tm);
	snprintf(buffer, TIME_SHORT_SIZE, "%s.%03u", text, (unsigned)(realtime_usec % USEC_PER_SEC / 1000));
	return buffer;
}
