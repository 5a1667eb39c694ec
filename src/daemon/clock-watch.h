/* Tells a room's components when the wall clock is set, or the machine gets another time zone. */
#pragma once

#include "roomd/component.h"
#include "util/cleanup.h"

struct clock_watch;

/* From now on, from the room's loop; the room outlives it. Costs nothing until the clock is set. A negative
 * errno, as timerfd_create(2) and sd_event_add_io(3). Where the folder of the time zone cannot be watched, as there are too
 * many watches (inotify(7)), components find another zone the next time that they look. */
int clock_watch_new(struct component_room *room, struct clock_watch **ret);

/* Takes NULL; returns NULL. */
struct clock_watch *clock_watch_free(struct clock_watch *watch);
DEFINE_CLEANUP(struct clock_watch *, clock_watch_free);
