/* Starts units for components, by systemd's interface on the bus. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "roomd/unit-start.h"

struct units {
	struct unit_starter starter;
	sd_bus *connection; /* NULL: none */
	bool expected;      /* the first attempt to connect is under way */
	sd_bus_slot *jobs;  /* reports how jobs end; from the first start on */
	struct unit_start *starts;
};

/* Starts wait for the first attempt to connect, which ends with one of the next two. */
void units_init(struct units *units);

/* From now on starts are requested on this connection, until units_disconnect(). That reports to starts that
 * are under way that their end is not known. */
void units_connect(struct units *units, sd_bus *connection);
void units_disconnect(struct units *units);

/* Starts that are under way go on, but their end is not reported. */
void units_deinit(struct units *units);
