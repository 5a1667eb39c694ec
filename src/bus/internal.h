/* What the files of this folder share. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/bus.h"
#include "bus/units.h"
#include "io/retry.h"

#define BUS_NAME "org.roomd1"
#define BUS_ROOT "/org/roomd1"
#define BUS_ERROR(name) "org.roomd1.Error." name

/* Room for "org.roomd1." and a kind, and for a path. */
#define BUS_INTERFACE_SIZE 64

struct authority;
struct kind;
struct object;

struct bus {
	struct component_room *room;
	const struct bus_callbacks *callbacks;
	void *userdata;
	struct kind *kinds;
	struct object *objects; /* in the order in which they came */

	struct retry retry;
	sd_bus *connection;      /* NULL: none */
	sd_bus_slot *hello;      /* asking for the name */
	sd_event_source *waited; /* looks whether sd-bus still waits; while there is no bus */
	struct authority *authority;
	sd_bus_slot *feeder;     /* hears of the end of who feeds sensors of other hubs; NULL: nobody does */
	char feeder_name[128];   /* of its connection */
	struct units units;
	bool settled; /* which was said */
	bool on_bus;  /* the name is ours */
	bool absent;  /* which was said */

	struct hub_late_subscription events;
	struct room_watch watch;
	sd_event_source *drained; /* looks whether the bus reads again; while `paused` */
	bool paused;
	uint64_t manager_sent[2]; /* fingerprints of State and Status */
};

/* True if so many messages wait for a bus that does not read that nothing should be added; what was left out
 * is made up for later. */
bool bus_is_full(struct bus *bus);
