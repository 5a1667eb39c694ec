/* When it is what the clock on the wall shows, in the zone that $TZ has (tzset(3) after it was set). */
#pragma once

#include <stdint.h>

#include "try/statement.h"

/* The moment of `at TIME`: the first at or after now that the clock shows it, in seconds since 1970, UTC. Of a time that a
 * change of offset skips it is the moment of the change; of one that comes twice on a day the first.
 * -ERANGE: its date was before now; `*ret` is untouched. */
int moment_of_at(const struct statement_time *time, int64_t now, int64_t *ret);

/* The moment that `clock TIME` sets the clock to: without a date, of the day that it is now. Also of `start TIME`. */
int64_t moment_of_clock(const struct statement_time *time, int64_t now);

/* False: the C library knows no zone of that name (and would take UTC without a word). Looks at $TZDIR or
 * /usr/share/zoneinfo. */
bool moment_zone_is_known(const char *zone);
