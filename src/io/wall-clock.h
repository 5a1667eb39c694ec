/* Whether CLOCK_REALTIME is known to be right. A machine without a battery starts with the time of its last
 * shutdown, of its image, or of 1970. That looks like the time, but is wrong. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

/* True if the kernel says that the clock is synchronized (adjtimex(2): not STA_UNSYNC). Also true if the
 * kernel has set it at the boot from a real-time clock (hctosys, Documentation/ABI/testing/sysfs-class-rtc)
 * that has gone on since, and does not show a year before this was written, as one with an empty battery
 * does. Opens files of /sys/class/rtc. */
bool wall_clock_is_known(void);

/* The second part of wall_clock_is_known(), with another folder of real-time clocks; for tests. */
bool wall_clock_is_from_rtc(const char *folder);

/* A watch for a change of the machine's time zone: /etc/localtime, localtime(5). Part of its owner. */
struct wall_clock_zone {
	sd_event_source *source; /* NULL: not watched */
	void (*changed)(void *userdata);
	void *userdata;
};

/* 0, or a negative errno of sd_event_add_inotify(3). Without the watch local times still follow a change of
 * the zone. */
int wall_clock_watch_zone(struct wall_clock_zone *zone, sd_event *event, void (*changed)(void *userdata),
                          void *userdata);
/* May be called for a watch that is all zero. */
void wall_clock_forget_zone(struct wall_clock_zone *zone);
