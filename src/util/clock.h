/* The kernel's clocks in nanoseconds, and the units between them and sd-event's microseconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NSEC_PER_USEC UINT64_C(1000)
#define NSEC_PER_SEC UINT64_C(1000000000)
#define USEC_PER_SEC UINT64_C(1000000)

/* A time that never comes. */
#define NEVER_NS UINT64_MAX

/* So much later; NEVER_NS if that is more than there is. */
static inline uint64_t clock_later_ns(uint64_t ns, uint64_t by_ns)
{
	uint64_t later_ns;

	return __builtin_add_overflow(ns, by_ns, &later_ns) ? NEVER_NS : later_ns;
}

/* How long it is since then; 0 if that is still to come. */
static inline uint64_t clock_since_ns(uint64_t then_ns, uint64_t now_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

/* Now, in ns, on CLOCK_MONOTONIC, CLOCK_BOOTTIME or CLOCK_REALTIME. */
uint64_t clock_now_ns(clockid_t clock);

/* 68 years after the boot. Where the C library's time has 32 bits a timer cannot be set to much more, and
 * sd-event takes the attempt for a failure of all of them. */
#define CLOCK_TIMER_MAX_USEC (UINT64_C(68) * 365 * 86400 * USEC_PER_SEC)

/* The first whole microsecond at or after `ns`: a timer set to it never fires early. Of a time that no
 * machine lives to see it is the last that a timer can be set to. */
static inline uint64_t clock_usec_at_or_after(uint64_t ns)
{
	uint64_t usec = ns / NSEC_PER_USEC + (ns % NSEC_PER_USEC != 0);

	return usec < CLOCK_TIMER_MAX_USEC ? usec : CLOCK_TIMER_MAX_USEC;
}

/* A time of CLOCK_REALTIME in the local time zone as it is now: the machine's may be changed while we run.
 * Looks at /etc/localtime, a stat(2), unless $TZ has the zone: not for the way from an edge to a relay.
 * False: a year beyond what an int holds, and `ret` is not set. */
bool clock_local(time_t seconds, struct tm *ret);

/* Room for a time as clock_format_rfc3339() writes it. */
#define CLOCK_RFC3339_SIZE 48

/* RFC 3339 with µs and a numeric offset from UTC, in the local time zone, as clock_local(). Returns `buffer`.
 */
char *clock_format_rfc3339(uint64_t realtime_ns, char buffer[static CLOCK_RFC3339_SIZE]);
