#define _GNU_SOURCE
#include "util/clock.h"

#include <assert.h>
#include <stdio.h>

static_assert(sizeof(time_t) >= 8, "time goes on after 2038");

uint64_t clock_now_ns(clockid_t clock)
{
	struct timespec now;

	/* Cannot fail for the clocks named in the header: every Linux kernel has them. */
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

bool clock_local(time_t seconds, struct tm *ret)
{
	tzset(); /* localtime_r(3) looks once */
	return localtime_r(&seconds, ret);
}

char *clock_format_rfc3339(uint64_t realtime_ns, char buffer[static CLOCK_RFC3339_SIZE])
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	char date[32], zone[8];
	struct tm tm;

	clock_local(seconds, &tm);
	strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof zone, "%z", &tm); /* +0100; RFC 3339 has a colon in it */
	snprintf(buffer, CLOCK_RFC3339_SIZE, "%s.%06u%.3s:%s", date,
	         (unsigned)(realtime_ns % NSEC_PER_SEC / NSEC_PER_USEC), zone, zone + 3);
	return buffer;
}
