/* A GPIO chip of the kernel's simulator; the kernel's Documentation/admin-guide/gpio/gpio-sim.rst. Errors are negative
 * errnos with a sentence. Needs configfs at /sys/kernel/config, and root. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "util/problem.h"

#define CHIP_CONFIGFS "/sys/kernel/config/gpio-sim"
#define CHIP_LINES_MIN 16u
#define CHIP_LINES_MAX 1024u /* the kernel's GPIOSIM limit of what one chip may have */
#define CHIP_PATH_SIZE 192

struct sim_chip {
	char name[64];   /* in configfs; empty: it was there already, or has been removed */
	char device[32]; /* "gpiochip0", while it is plugged */
	unsigned lines;  /* how many it has */
};

/* Makes and plugs a chip with this label and `lines` lines, but at least CHIP_LINES_MIN. The first lines get
 * these names (ended by NULL; "" for no name; NULL: no names). Its name in configfs is made of the label and
 * the process id, so that two processes do not collide. After an error nothing is left. -EOPNOTSUPP: the
 * kernel has no gpio-sim. */
int chip_make(struct sim_chip *chip, const char *label, const char *const *line_names, unsigned lines,
              struct problem *problem);

/* Unplugs it, like a USB chip, and plugs it in again. It may have another number then. */
int chip_unplug(struct sim_chip *chip, struct problem *problem);
int chip_plug(struct sim_chip *chip, struct problem *problem);

/* Unplugs and removes it. */
int chip_remove(struct sim_chip *chip, struct problem *problem);

/* Sets the level that is wired to an input. */
int chip_pull(const struct sim_chip *chip, unsigned offset, bool high, struct problem *problem);

/* Reads the level at the pin, of an input or an output. */
int chip_level(const struct sim_chip *chip, unsigned offset, bool *ret, struct problem *problem);

/* The device number of its node in /dev. */
int chip_number(const struct sim_chip *chip, dev_t *ret, struct problem *problem);

/* The path of a line's file in sysfs: "pull", "value". Returns `path`. */
char *chip_line_path(const struct sim_chip *chip, unsigned offset, const char *file, char path[static CHIP_PATH_SIZE]);
