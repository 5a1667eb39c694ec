/* The simulated machine of a room: its lines, devices and folders, in a mount namespace of this process and
 * its children. Its /dev has only simulated chips, so none of the machine's own can be opened, whatever a
 * configuration names; the device folders of sysfs have only simulated devices. */
#pragma once

#include "try/chip.h"
#include "try/plan.h"

/* A folder that only this namespace has, always with the same path. */
#define WORLD_FOLDER "/run/roomd-try"


struct world {
	const struct plan *plan;
	struct sim_chip *chips; /* one for each chip of the plan, in order; */
	bool *chips_plugged;
	struct sim_chip bell;   /* another one, only for its uevents */
	bool *devices_plugged;  /* one for each device of the plan */
	double *values;         /* of the plan's channels, in the unit of their quantity */
	bool entered;
};

/* Enters a namespace of its own and makes everything, at rest: inputs are not active, sensors show usual
 * values. The plan outlives it. 0, or a negative errno with a sentence; call world_close() even then. */
int world_open(struct world *world, const struct plan *plan, struct problem *problem);

/* Removes the chips. The namespace ends with its last process. */
void world_close(struct world *world);

/* Restores the first state: inputs at rest, all devices there, with their first values. */
int world_rest(struct world *world, struct problem *problem);

/* Makes an input of the plan active or not. */
int world_set_line(struct world *world, const struct plan_line *line, bool active, struct problem *problem);

/* Reads whether an output of the plan is on or off. */
int world_get_line(const struct world *world, const struct plan_line *line, bool *ret, struct problem *problem);

/* Sets the value of a channel, in the unit of its quantity. */
int world_set_value(struct world *world, size_t channel, double value, struct problem *problem);

/* Removes all chips and devices of this component, or brings them back. */
int world_plug(struct world *world, const struct config_component *component, bool plugged, struct problem *problem);

/* True if this is the same component in two configurations. */
bool world_is_same(const struct config_component *one, const struct config_component *other);
