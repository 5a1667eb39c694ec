/* Who comes first when several sources of the loop are ready: sd_event_source_set_priority(3). What is not
 * named here has SD_EVENT_PRIORITY_NORMAL: timers, readings, signals. */
#pragma once

#include <systemd/sd-event.h>

enum rank {
	RANK_LINES = SD_EVENT_PRIORITY_IMPORTANT, /* actuate first */
	RANK_REPORTS = SD_EVENT_PRIORITY_IDLE,    /* report later */
	/* D-Bus and whoever is told of changes, in turns, so that no client holds the others up: who asks has
	 * heard of the events. */
	RANK_LAST = SD_EVENT_PRIORITY_IDLE + 1,
};
