/* Tells a room's components when the wall clock is set. */
#pragma once

#include "roomd/component.h"
#include "util/cleanup.h"

struct clock_watch;

/* Begins at once, in the room's loop; the room outlives it. Costs nothing until the clock is set. 0, or a
 * negative errno of timerfd_create(2) or sd_event_add_io(3). */
int clock_watch_new(struct component_room *room, struct clock_watch **ret);

/* Takes NULL; returns NULL. */
struct clock_watch *clock_watch_free(struct clock_watch *watch);
DEFINE_CLEANUP(struct clock_watch *, clock_watch_free);
