/* Time spans as systemd writes them: "2min 30s", "20ms", "1.5h"; a bare number is seconds.
 * The grammar is that of systemd.time(7), "Parsing time spans". */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Room for any formatted span and its terminating zero. */
#define TIMESPAN_TEXT_SIZE 96

/* Reads a span in µs. `*ret_usec` is untouched on failure.
 * -EINVAL: not a time span; -ERANGE: more than 2^64 - 2 µs (2^64 - 1 means infinity in systemd). */
int timespan_parse(const char *text, uint64_t *ret_usec);

/* Writes `usec` in the largest units that are exact, such as "2min 30s"; 0 is "0". timespan_parse()
 * reads it back to the same value. Returns `buffer`. */
char *timespan_format(uint64_t usec, char buffer[static TIMESPAN_TEXT_SIZE]);
