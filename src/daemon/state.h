/* Reads from a file, and writes to it, what a room keeps over power loss (struct kept_field,
 * KEPT_OVER_POWER_LOSS).
 *
 * If the file cannot be used, it is set aside, and the room starts with its defaults. If it cannot be
 * written, that is tried again. All messages about it are logged here. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "roomd/component.h"
#include "util/cleanup.h"

struct state;

/* Reads the file in this directory or (NULL) in $STATE_DIRECTORY, else in /var/lib/roomd if that belongs to
 * this process's user. Problems with files are not a failure. 0, -ENOMEM, or an error of eventfd(2). */
int state_open(sd_event *event, const char *directory, struct state **ret);

/* After init, before start: fills the component's fields with their values from the file, and calls its
 * class' `restored`. False: the file has nothing of this component. */
bool state_restore(const struct state *state, struct component *component);

/* After start: from now on the file follows the room, some seconds behind it. 0, -ENOMEM, or an error of
 * sd_event_add_time(3). */
int state_keep(struct state *state, struct component_room *room);

/* After a reload: the room has other components, and the file is out of date. Does nothing for NULL, nor
 * before state_keep(). */
void state_room_changed(struct state *state);

/* The room ends: writes its present values, without waiting for that, unless a reload has stopped halfway. No
 * component is touched afterwards. */
void state_end(struct state *state);

/* Waits some seconds until that is written. Takes NULL; returns NULL. */
struct state *state_free(struct state *state);
DEFINE_CLEANUP(struct state *, state_free);
