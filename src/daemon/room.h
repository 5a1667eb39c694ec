/* The life of a room: its components made, started and ended in the right order. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/config.h"
#include "roomd/component.h"

struct fd_store;
struct memory;
struct problem;
struct room;

/* So many events may be waiting for the handlers, and so far may reporters fall behind: twice what the kernel
 * keeps of one line's edges, so that a line's burst and what it leads to reach them whole. */
#define ROOM_HUB_CAPACITY 1024

/* A room with these components, subscribed to each other; no device is opened yet, but descriptors are taken
 * from the store. The loop, the configuration and the store outlive it (and is changed by room_reload()). 0
 * and the room, which the caller frees; a negative errno and a problem. */
int room_new(sd_event *event, struct fd_store *store, struct memory *memory, struct config *config,
             struct room **ret, struct problem *problem);

/* Opens the devices: sensors first, so that outputs are requested with values that are right. Devices that
 * are absent make their components unavailable, which is an event and not an error. */
int room_start(struct room *room, struct problem *problem);

/* The service is stopped, not restarted: outputs are set to what their StopValue= says. */
void room_stop(struct room *room);

/* True if that would change anything. */
bool room_stops(const struct room *room);

/* Goes over to another configuration. Components that are the same in both are not touched at all. One whose
 * settings or peers are others is ended and made anew, with what it has kept and with its lines, which are
 * reconfigured in place; what belongs to none is released. room_start() is to follow, after the caller has
 * seen to what is left in the store. 0: `config` is in use, and the one before can be freed; or a problem:
 * either nothing was changed (the components are all there), or, without memory, some are missing, and the
 * room has to be ended. */
int room_reload(struct room *room, struct config *config, struct problem *problem);

/* The configuration that is in use: which of the two, if room_reload() has failed. */
struct config *room_config(struct room *room);

/* Releases everything. Takes NULL; returns NULL. */
struct room *room_free(struct room *room);
DEFINE_CLEANUP(struct room *, room_free);

struct hub *room_hub(struct room *room);

/* What its components share; the room's. */
struct component_room *room_shared(struct room *room);

/* Closes all lines (those in the store outlive that), then delivers what late subscribers have not got yet,
 * as far as they take it. Only room_free() may follow. */
void room_end(struct room *room);
