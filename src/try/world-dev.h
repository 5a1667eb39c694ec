/* The folder /dev of a room that is tried. */
#pragma once

#include "try/world.h"

/* Mounts one that has what a program needs to run, and no device of the machine's. */
int world_dev_mount(struct problem *problem);

/* The chip's node; as the plan calls it, or else the kernel. And none for it any more. */
int world_dev_add(const struct sim_chip *chip, const struct plan_chip *planned, struct problem *problem);
void world_dev_remove(const struct sim_chip *chip, const struct plan_chip *planned);
