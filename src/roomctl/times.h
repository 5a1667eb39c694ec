/* Times that properties have: which ones are times, and how people read them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Whether the property of this name is a time in µs, and of which clock. */
bool time_is_property(const char *name, clockid_t *ret_clock);

/* "2026-01-01 12:00:00 (5min ago)", local time, to the second; 0 is "-". To be freed; NULL: no memory. */
char *time_to_text(uint64_t usec, clockid_t clock);
