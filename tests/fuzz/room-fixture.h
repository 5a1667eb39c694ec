/* A room in this process, for targets: any number of them, one after the other. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/config.h"
#include "daemon/room.h"

/* A configuration with nearly every kind of component, on lines of their own; the fixture's. */
struct config *room_fixture_config(void);

struct room_fixture {
	sd_event *event;
	struct memory *memory;
	struct room *room;
};

/* A room that is not started, with this memory (NULL: a new one), which is the fixture's from then on, and these descriptors.
 * False: it could not be made; the fixture is empty. */
bool room_fixture_make(struct room_fixture *fixture, struct config *config, struct memory *memory, struct fd_store *store);

/* The same, started. */
bool room_fixture_start(struct room_fixture *fixture, struct config *config, struct memory *memory, struct fd_store *store);
void room_fixture_end(struct room_fixture *fixture);

/* Until there is nothing to do at once. */
void room_fixture_run(struct room_fixture *fixture);
