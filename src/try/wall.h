/* The kernel's wall clock, which is root's to set. A negative errno. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* To so many seconds since 1970. The kernel says that it is not synchronized any more. */
int wall_set(int64_t seconds);

/* The kernel says that it is, as after a time server has been heard of. */
int wall_say_synchronized(void);

/* Whether this is one of the test kernels, whose clock is nobody else's: tests/testbed/run says so on its command line. And
 * whether it is the one whose time may be virtual, and whose interrupts wait for its timer. */
bool wall_is_ours(void);
bool wall_is_virtual(void);

/* Whether its time is virtual now, so that a wait costs nothing. */
bool wall_is_skipping(void);
