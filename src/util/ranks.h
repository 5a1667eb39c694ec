/* Which source of the loop comes first when several are ready: sd_event_source_set_priority(3). Sources that
 * are not named here have SD_EVENT_PRIORITY_NORMAL: timers, readings, signals. */
#pragma once

#include <systemd/sd-event.h>

enum rank {
	RANK_LINES = SD_EVENT_PRIORITY_IMPORTANT, /* actuate first */
	RANK_REPORTS = SD_EVENT_PRIORITY_IDLE,    /* report later */
	/* D-Bus and the listeners to changes, in turns, so that no client holds up the others. They come
	 * after the reports: a client has got all earlier events before it gets an answer. */
	RANK_LAST = SD_EVENT_PRIORITY_IDLE + 1,
};
