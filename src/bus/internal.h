/* Shared by the files of this folder. */
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
	sd_event_source *waited; /* checks whether sd-bus still waits; while there is no bus */
	struct authority *authority;
	sd_bus_slot *feeder;     /* reports when the program that feeds remote sensors has gone; NULL: there is none */
	char feeder_name[128];   /* the name of its connection */
	struct units units;
	bool settled; /* callbacks->settled() was called */
	bool on_bus;  /* roomd owns the name */
	bool absent;  /* and that was logged */

	struct hub_late_subscription events;
	struct room_watch watch;
	sd_event_source *drained; /* checks whether the bus reads again; while `paused` */
	bool paused;
	uint64_t manager_sent[2]; /* fingerprints of State and Status */
};

/* True if too many messages wait for a bus that does not read: then add none. What was left out is sent
 * later. */
bool bus_is_full(struct bus *bus);
