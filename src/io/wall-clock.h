/* Whether the time of CLOCK_REALTIME is known to be right. A machine without a battery starts with the hour of its last
 * shutdown, of its image, or with 1970; that looks like a time, and is none. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

/* True if the kernel says that the clock is synchronized (adjtimex(2): not STA_UNSYNC), or the kernel has set it at the boot
 * from a real-time clock (hctosys, Documentation/ABI/testing/sysfs-class-rtc) that has gone on since, and is not before the
 * year this was written in, as one whose battery is empty. Opens files of /sys/class/rtc. */
bool wall_clock_is_known(void);

/* Of the second, with another folder of real-time clocks; for tests. */
bool wall_clock_is_from_rtc(const char *folder);

/* Somebody who wants to know that the machine has got another time zone: /etc/localtime, localtime(5). Part of its owner. */
struct wall_clock_zone {
	sd_event_source *source; /* NULL: nobody says it */
	void (*changed)(void *userdata);
	void *userdata;
};

/* A negative errno, as sd_event_add_inotify(3); who asks for a local time finds another zone all the same. */
int wall_clock_watch_zone(struct wall_clock_zone *zone, sd_event *event, void (*changed)(void *userdata),
                          void *userdata);
/* Also one that is all zero. */
void wall_clock_forget_zone(struct wall_clock_zone *zone);
