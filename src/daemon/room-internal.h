/* What a room is made of, for its own files: room.c (its life), room-reload.c (going over to another
 * configuration). */
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
	bool whole; /* all components were made, and have been asked what they keep */
	struct room_set set;
	sd_event_source *late;
};

/* From now on these are its components. */
void room_use_set(struct room *room, const struct room_set *set);

/* Makes all components of its set that are not there, and lets watchers know of them. One that could not be made
 * has ended already what it had begun. */
int room_add_missing(struct room *room, struct problem *problem);

/* Ends all that are there; controllers before the sensors they listen to. */
void room_end_components(struct room *room);
