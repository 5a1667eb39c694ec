/* The life of a room: its components made, started and ended in the right order. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/config.h"
#include "roomd/hub.h"

struct problem;
struct room;

/* So many events may be waiting for the handlers, and so far may reporters fall behind: twice what the kernel
 * keeps of one line's edges, so that a line's burst and what it leads to reach them whole. */
#define ROOM_HUB_CAPACITY 1024

/* A room with these components, subscribed to each other; no device is opened yet. The configuration outlives
 * it. 0 and the room, which the caller frees; a negative errno and a problem. */
int room_new(sd_event *event, const struct config *config, struct room **ret, struct problem *problem);

/* Opens the devices: sensors first, so that outputs are requested with values that are right. Devices that
 * are absent make their components unavailable, which is an event and not an error. */
int room_start(struct room *room, struct problem *problem);

/* Releases everything. Takes NULL; returns NULL. */
struct room *room_free(struct room *room);
DEFINE_CLEANUP(struct room *, room_free);

struct hub *room_hub(struct room *room);

/* What its components share; the room's. */
struct component_room *room_shared(struct room *room);

/* Releases all lines, then delivers what late subscribers have not got yet, as far as they take it. Only
 * room_free() may follow. */
void room_end(struct room *room);
