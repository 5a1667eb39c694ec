/* The folder /dev of a simulated world. */
#pragma once

#include "try/world.h"

/* Mounts a /dev with what a program needs to run, and without the machine's devices. */
int world_dev_mount(struct problem *problem);

/* Adds a node for the chip, with the plan's name for it, or else the kernel's; removes it. */
int world_dev_add(const struct sim_chip *chip, const struct plan_chip *planned, struct problem *problem);
void world_dev_remove(const struct sim_chip *chip, const struct plan_chip *planned);
