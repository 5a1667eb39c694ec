/* Times as texts: what util/clock.h writes, read back. */
#pragma once

#include <stdint.h>

/* Reads a time of RFC 3339 ("2026-11-28T04:28:33.123456+01:00", "...Z"), in µs since 1970, UTC; finer digits
 * are cut off. -EINVAL: it is not a time, or before 1970; `*ret` is untouched then. */
int rfc3339_parse(const char *text, uint64_t *ret);
