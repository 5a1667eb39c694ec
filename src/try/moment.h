/* Finds when the wall clock shows a time, in the zone of $TZ (call tzset(3) after setting it). */
#pragma once

#include <stdint.h>

#include "try/statement.h"

/* The moment of `at TIME`: the first moment, now or later, when the clock shows it, in seconds since 1970,
 * UTC. A time that a change of the offset skips means the moment of the change; a time that comes twice means
 * the first. -ERANGE: its date is in the past; `*ret` is untouched. */
int moment_of_at(const struct statement_time *time, int64_t now, int64_t *ret);

/* The moment that `clock TIME` sets the clock to: without a date, on the present day. Also for `start TIME`. */
int64_t moment_of_clock(const struct statement_time *time, int64_t now);

/* False: the C library knows no zone with this name (and would silently use UTC). Looks into $TZDIR or
 * /usr/share/zoneinfo. */
bool moment_zone_is_known(const char *zone);
