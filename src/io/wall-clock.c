#define _GNU_SOURCE
#include "io/wall-clock.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timex.h>
#include <unistd.h>

#include "io/sysfs.h"
#include "util/clock.h"

#define RTC_FOLDER "/sys/class/rtc"
/* 2026-01-01. */
#define WRITTEN_S 1767225600.0
/* What they may differ by: each goes on by itself. */
#define DRIFT_S 600.0

static bool is_synchronized(void)
{
	struct timex now = { .modes = 0 };
	int state = adjtimex(&now);

	return state >= 0 && state != TIME_ERROR && !(now.status & STA_UNSYNC);
}

static int is_clock(const struct dirent *entry)
{
	return strncmp(entry->d_name, "rtc", 3) == 0;
}

static bool is_source(int folder)
{
	double set_it, seconds, now = (double)clock_now_ns(CLOCK_REALTIME) / (double)NSEC_PER_SEC;
	struct problem problem;

	return sysfs_read_number(folder, "hctosys", &set_it, &problem) >= 0 && set_it == 1 &&
	       sysfs_read_number(folder, "since_epoch", &seconds, &problem) >= 0 && seconds >= WRITTEN_S &&
	       fabs(seconds - now) <= DRIFT_S;
}

bool wall_clock_is_from_rtc(const char *path)
{
	__attribute__((cleanup(sysfs_list_free))) struct sysfs_list list = sysfs_list(AT_FDCWD, path, is_clock);
	int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool found = false;

	for (int i = 0; i < list.n && !found; i++) {
		int clock = folder < 0 ? -1 : openat(folder, list.entries[i]->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);

		found = clock >= 0 && is_source(clock);
		if (clock >= 0)
			close(clock);
	}
	if (folder >= 0)
		close(folder);
	return found;
}

bool wall_clock_is_known(void)
{
	return is_synchronized() || wall_clock_is_from_rtc(RTC_FOLDER);
}

/* --- the time zone --------------------------------------------------------------------------- */

#define ZONE_FOLDER "/etc"
#define ZONE_FILE "localtime"

static int on_zone(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
	const struct wall_clock_zone *zone = userdata;

	(void)source;
	if (event->len > 0 && strcmp(event->name, ZONE_FILE) == 0)
		zone->changed(zone->userdata);
	return 0;
}

int wall_clock_watch_zone(struct wall_clock_zone *zone, sd_event *event, void (*changed)(void *userdata), void *userdata)
{
	*zone = (struct wall_clock_zone){ .changed = changed, .userdata = userdata };
	return sd_event_add_inotify(event, &zone->source, ZONE_FOLDER, IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE | IN_ONLYDIR,
	                            on_zone, zone);
}

void wall_clock_forget_zone(struct wall_clock_zone *zone)
{
	zone->source = sd_event_source_disable_unref(zone->source);
}
