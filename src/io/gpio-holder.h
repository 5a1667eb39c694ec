/* Waits until another process releases a line. The kernel reports that: GPIO_V2_GET_LINEINFO_WATCH_IOCTL in
 * its Documentation/userspace-api/gpio. */
#pragma once

#include <stdbool.h>

/* Watches a line, written as in io/gpio.h. 0 and a descriptor that never blocks, and is readable (or hangs
 * up) when something has happened to the line. The caller closes it, which ends the watch. Else a negative
 * errno: -EAGAIN: nobody holds the line (any more), or the kernel does not report when its holder releases
 * it; those of gpio_find(); those of the kernel. */
int gpio_watch_holder(const char *line, int *ret_fd);

/* When the descriptor is readable: true if the line was released, or if its chip has gone and nothing more
 * will be reported. */
bool gpio_was_let_go(int fd);
