/* The kernel's wall clock, which only root can set. Functions return 0 or a negative errno. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Sets it to this many seconds since 1970. The kernel then says that it is not synchronized. */
int wall_set(int64_t seconds);

/* Makes the kernel say that it is synchronized, as after an answer of a time server. */
int wall_say_synchronized(void);

/* True on a test kernel, whose clock nothing else uses: tests/testbed/run says so on its command line. And
 * true on the test kernel whose time may be virtual, and whose interrupts wait for its timer. */
bool wall_is_ours(void);
bool wall_is_virtual(void);

/* True if its time is virtual now, so that a wait costs nothing. */
bool wall_is_skipping(void);
