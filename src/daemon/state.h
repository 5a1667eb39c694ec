/* What a room keeps over power loss (struct kept_field, KEPT_OVER_POWER_LOSS), from its file and into it.
 *
 * A file that cannot be used is set aside and the room starts with its defaults; one that cannot be written
 * is tried again. All that is said of it is said here. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "roomd/component.h"
#include "util/cleanup.h"

struct state;

/* Reads the file in this directory or (NULL) in $STATE_DIRECTORY, else in /var/lib/roomd if that is ours.
 * What is wrong with files is no failure. -ENOMEM, or as eventfd(2). */
int state_open(sd_event *event, const char *directory, struct state **ret);

/* After init, before start: fills the component's fields with what the file has of it, and calls its class'
 * `restored`. False: it has nothing of it. */
bool state_restore(const struct state *state, struct component *component);

/* After start: from now on the file follows the room, some seconds behind it. -ENOMEM, or as
 * sd_event_add_time(3). */
int state_keep(struct state *state, struct component_room *room);

/* After a reload: the room has other components, and what the file has is not what they keep. Does nothing
 * for NULL, nor before state_keep(). */
void state_room_changed(struct state *state);

/* The room ends: what it is now is written, without waiting for it, unless a reload has stopped halfway. No
 * component is touched afterwards. */
void state_end(struct state *state);

/* Waits some seconds for that. Takes NULL; returns NULL. */
struct state *state_free(struct state *state);
DEFINE_CLEANUP(struct state *, state_free);
