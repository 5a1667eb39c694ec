/* Points in time as systemd writes them and people type them: "today", "-2h", "2h ago", "2026-11-01 08:00". The grammar is
 * that of systemd.time(7), "Parsing timestamps", without the names of time zones other than the local one. */
#pragma once

#include <stdint.h>

/* Examples for timestamp_parse(), for messages. */
#define TIMESTAMP_EXAMPLES "now, today, yesterday, -2h, \"2h ago\", \"2026-11-01 08:00\", 2026-11-01, 08:00 or @1793520000"

/* Reads a time of CLOCK_REALTIME, in µs. Words and spans count from `now_usec`; a time of day without a date
 * is today's, a date without a time of day begins at 00:00. Without "UTC", "Z" or an offset it is local time,
 * as local_time() has it: if a time comes twice, the first one, unless the zone after it ("CET") says which.
 * `*ret_usec` is untouched on failure. -EINVAL: not a time; -ERANGE: before 1970, or more than 64 bits. */
int timestamp_parse(const char *text, uint64_t now_usec, uint64_t *ret_usec);
