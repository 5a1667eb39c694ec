#define _GNU_SOURCE
#include "roomctl/times.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/timespan.h"

static const struct {
	const char *name;
	clockid_t clock;
} properties[] = {
	{ "AlertAt", CLOCK_MONOTONIC }, { "ManualUntil", CLOCK_REALTIME }, { "OffAt", CLOCK_MONOTONIC },
	{ "ReadAt", CLOCK_MONOTONIC },  { "Since", CLOCK_MONOTONIC },
};

bool time_is_property(const char *name, clockid_t *ret_clock)
{
	for (size_t i = 0; i < ELEMENTS(properties); i++)
		if (strcmp(properties[i].name, name) == 0) {
			*ret_clock = properties[i].clock;
			return true;
		}
	return false;
}

char *time_to_text(uint64_t usec, clockid_t clock)
{
	int64_t ahead_s = (int64_t)(usec / USEC_PER_SEC) - (int64_t)(clock_now_ns(clock) / NSEC_PER_SEC);
	time_t seconds = (time_t)(clock_now_ns(CLOCK_REALTIME) / NSEC_PER_SEC) + ahead_s;
	char date[64], span[TIMESPAN_TEXT_SIZE], *text;
	struct tm tm;

	if (usec == 0)
		return strdup("-");
	if (!clock_local(seconds, &tm) || strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return NULL;
	timespan_format((uint64_t)(ahead_s < 0 ? -ahead_s : ahead_s) * USEC_PER_SEC, span);
	if (asprintf(&text, "%s (%s%s%s)", date, ahead_s > 0 ? "in " : "", ahead_s == 0 ? "now" : span,
	             ahead_s < 0 ? " ago" : "") < 0)
		return NULL;
	return text;
}
