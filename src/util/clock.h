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

/* `by_ns` later; NEVER_NS if that is too large. */
static inline uint64_t clock_later_ns(uint64_t ns, uint64_t by_ns)
{
	uint64_t later_ns;

	return __builtin_add_overflow(ns, by_ns, &later_ns) ? NEVER_NS : later_ns;
}

/* The time since `then_ns`; 0 if that is in the future. */
static inline uint64_t clock_since_ns(uint64_t then_ns, uint64_t now_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

/* Now, in ns, on CLOCK_MONOTONIC, CLOCK_BOOTTIME or CLOCK_REALTIME. */
uint64_t clock_now_ns(clockid_t clock);

/* 68 years after the boot. If the C library's time has 32 bits, a timer cannot be set to much more, and after
 * such an attempt all timers of sd-event fail. */
#define CLOCK_TIMER_MAX_USEC (UINT64_C(68) * 365 * 86400 * USEC_PER_SEC)

/* The first whole microsecond at or after `ns`: a timer set to it never fires early. If that is too late for
 * a timer, the last time that a timer can be set to. */
static inline uint64_t clock_usec_at_or_after(uint64_t ns)
{
	uint64_t usec = ns / NSEC_PER_USEC + (ns % NSEC_PER_USEC != 0);

	return usec < CLOCK_TIMER_MAX_USEC ? usec : CLOCK_TIMER_MAX_USEC;
}

/* Converts a time of CLOCK_REALTIME to local time, in the machine's present time zone, which may change while
 * the process runs. Calls stat(2) on /etc/localtime, unless $TZ has the zone, so do not use it on the way
 * from an edge to a relay. False: the year does not fit into an int, and `ret` is not set. */
bool clock_local(time_t seconds, struct tm *ret);

/* Room for a time as clock_format_rfc3339() writes it. */
#define CLOCK_RFC3339_SIZE 48

/* Writes a time as in RFC 3339, with µs and a numeric offset from UTC, in local time (see clock_local()).
 * Returns `buffer`. */
char *clock_format_rfc3339(uint64_t realtime_ns, char buffer[static CLOCK_RFC3339_SIZE]);
