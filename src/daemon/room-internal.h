/* A room, for its own files: room.c (its life), room-reload.c (the change to another configuration). */
#pragma once

#include "daemon/room-set.h"
#include "daemon/room.h"
#include "io/arrivals.h"
#include "io/lines.h"
#include "io/remote.h"

struct room {
	struct component_room shared;
	struct arrivals arrivals;
	struct lines lines;
	struct remotes remotes;
	bool whole; /* all components were made, and their kept fields are known */
	struct room_set set;
	sd_event_source *late;
};

/* Makes these the room's components. */
void room_use_set(struct room *room, const struct room_set *set);

/* Makes all components of its set that are not there, and tells the watchers about them. A component that
 * could not be made has already undone what it had begun. */
int room_add_missing(struct room *room, struct problem *problem);

/* Ends all its components; controllers before the sensors that they listen to. */
void room_end_components(struct room *room);
