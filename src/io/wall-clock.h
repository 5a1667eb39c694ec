/* Whether the time of CLOCK_REALTIME is known to be right. A machine without a battery starts with the hour of its last
 * shutdown, of its image, or with 1970; that looks like a time, and is none. */
#pragma once

#include <stdbool.h>

/* True if the kernel says that the clock is synchronized (adjtimex(2): not STA_UNSYNC), or the kernel has set it at the boot
 * from a real-time clock (hctosys, Documentation/ABI/testing/sysfs-class-rtc) that has gone on since, and is not before the
 * year this was written in, as one whose battery is empty. Opens files of /sys/class/rtc. */
bool wall_clock_is_known(void);

/* The same for another folder of real-time clocks; for tests. */
bool wall_clock_is_from_rtc(const char *folder);
