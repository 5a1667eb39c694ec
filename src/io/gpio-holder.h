/* Waiting until whoever holds a line lets go of it, as the kernel says (GPIO_V2_GET_LINEINFO_WATCH_IOCTL of its
 * Documentation/userspace-api/gpio). */
#pragma once

#include <stdbool.h>

/* Watches a line, written as in io/gpio.h. 0 and a descriptor that is readable (or hangs up) when something
 * has happened to it, and never blocks; the caller closes it, which ends the watch. Else a negative errno:
 * -EAGAIN: somebody who is said to let go does not hold it (any more); those of gpio_find(); those of the
 * kernel. */
int gpio_watch_holder(const char *line, int *ret_fd);

/* After that: true if it was let go, or nobody will say it any more, because the chip has gone. */
bool gpio_was_let_go(int fd);
