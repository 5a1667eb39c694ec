/* The life of a room: makes, starts and ends its components in the right order. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/config.h"
#include "roomd/component.h"

struct fd_store;
struct memory;
struct problem;
struct room;

/* How many events may wait for the handlers, and how far reporters may fall behind. It is twice the number of
 * edges that the kernel keeps for a line, so that a line's burst and its consequences arrive complete. */
#define ROOM_HUB_CAPACITY 1024

/* Makes a room with the components of this configuration, subscribed to each other. Opens no device yet, but
 * takes descriptors from the store. The loop, the store and the configuration outlive it (room_reload()
 * replaces the configuration). 0 and the room, which the caller frees; or a negative errno and a problem. */
int room_new(sd_event *event, struct fd_store *store, struct memory *memory, struct config *config,
             struct room **ret, struct problem *problem);

/* Opens the devices: sensors first, so that outputs are requested with the right values. If a device is
 * absent, its component is unavailable; that is an event, not an error. */
int room_start(struct room *room, struct problem *problem);

/* The service is stopped, not restarted: outputs are set to what their StopValue= says. */
void room_stop(struct room *room);

/* True if that would change anything. */
bool room_stops(const struct room *room);

/* Changes to another configuration. Components that are the same in both are not touched. A component whose
 * settings or peers have changed is ended and made anew, with its kept fields and its lines, which are
 * reconfigured in place. Lines that no component uses any more are released. The caller then takes care of
 * what is left in the store, and calls room_start(). 0: `config` is in use, and the former one can be freed.
 * Or a negative errno and a problem: either nothing was changed (all components are there), or there was no
 * memory, some components are missing, and the room has to be ended. */
int room_reload(struct room *room, struct config *config, struct problem *problem);

/* The configuration that is in use; after room_reload() has failed, it may be either one. */
struct config *room_config(struct room *room);

/* Releases everything. Takes NULL; returns NULL. */
struct room *room_free(struct room *room);
DEFINE_CLEANUP(struct room *, room_free);

struct hub *room_hub(struct room *room);

/* What its components share. Owned by the room. */
struct component_room *room_shared(struct room *room);

/* Closes all lines (they stay in the store), then delivers to late subscribers the events that they have not
 * got yet, as far as they accept them. Only room_free() may follow. */
void room_end(struct room *room);
