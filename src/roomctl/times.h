/* Times of properties: which properties are times, and their text for people. */
#pragma once

#include <stdint.h>

#include "roomd/interface.h"

/* The clock of this property, from its kind's table. VALUE_CLOCK_NONE: it is not a time, or it is from
 * another version and not known here. */
enum value_clock time_clock(const char *kind, const char *name);

/* "2026-01-01 12:00:00 (5min ago)", local time, to the second; 0 is "-". To be freed; NULL: no memory. */
char *time_to_text(uint64_t usec, enum value_clock clock);

/* "Jan 01 12:00:00.123", local time, of CLOCK_REALTIME in µs. Returns `buffer`. */
#define TIME_SHORT_SIZE 48
char *time_to_short(uint64_t realtime_usec, char buffer[static TIME_SHORT_SIZE]);

/* "2026-01-01 12:00:00", local time, to the second, of CLOCK_REALTIME in µs. To be freed; NULL: no memory, or no such date. */
char *time_to_date(uint64_t realtime_usec);
