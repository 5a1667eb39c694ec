/* Starts units for components, by systemd's interface on the bus. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "roomd/unit-start.h"

struct units {
	struct unit_starter starter;
	sd_bus *connection; /* NULL: none */
	bool expected;      /* the first attempt to connect is under way */
	sd_bus_slot *jobs;  /* from the first start on: what becomes of jobs */
	struct unit_start *starts;
};

/* Starts wait for the first attempt to connect, which ends with one of the next two. */
void units_init(struct units *units);

/* From now on starts are asked for there, until units_disconnect(), which tells those that are under way that it
 * is not known how they end. */
void units_connect(struct units *units, sd_bus *connection);
void units_disconnect(struct units *units);

/* Those that are under way go on; nobody is told. */
void units_deinit(struct units *units);
