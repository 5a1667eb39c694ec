/* The machine of a room that is tried: lines, devices and folders that are all made up, in a mount namespace of this
 * process and of those that it starts. In its /dev there are no chips but the simulated ones, so nothing of the machine's
 * own can be opened, whatever a configuration names; where sysfs has devices there are only the made up ones. */
#pragma once

#include "try/chip.h"
#include "try/plan.h"

/* A folder that only this namespace has, and always with the same path. */
#define WORLD_FOLDER "/run/roomd-try"


struct world {
	const struct plan *plan;
	struct sim_chip *chips; /* as many as the plan has, in its order; */
	bool *chips_plugged;
	struct sim_chip bell;   /* one more, for what only its uevents are good for */
	bool *devices_plugged;  /* as the plan has them */
	double *values;         /* of the plan's channels, in the unit of their quantity */
	bool entered;
};

/* Enters a namespace of its own and makes all of it, at rest: inputs are not active, sensors show what is usual. The plan
 * outlives it. A negative errno with a sentence; world_close() is to be called all the same. */
int world_open(struct world *world, const struct plan *plan, struct problem *problem);

/* Removes the chips. The namespace ends with its last process. */
void world_close(struct world *world);

/* As it was at first: inputs at rest, devices there, with their first values. */
int world_rest(struct world *world, struct problem *problem);

/* What is wired to an input of the plan: active or not. */
int world_set_line(struct world *world, const struct plan_line *line, bool active, struct problem *problem);

/* What an output of the plan shows: on or off. */
int world_get_line(const struct world *world, const struct plan_line *line, bool *ret, struct problem *problem);

/* What the i-th channel measures from now on, in the unit of its quantity. */
int world_set_value(struct world *world, size_t channel, double value, struct problem *problem);

/* All chips and devices that this component of the configuration has go, or come back. */
int world_plug(struct world *world, const struct config_component *component, bool plugged, struct problem *problem);

/* The component of two configurations is the same one. */
bool world_is_same(const struct config_component *one, const struct config_component *other);
