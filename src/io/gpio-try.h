/* A line that is tried for a moment by a person at a terminal, and given back as it was: its level is looked
 * at, or it is made an output that goes up and down. Nothing of the service does this. */
#pragma once

#include <stdbool.h>

#include "io/gpio-find.h"

struct gpio_try {
	int fd;          /* of the line's request */
	bool was_output; /* what it was before */
	bool level;      /* and at which level, high or low at the pin */
};

/* Requests the line as it is and reads its level: neither its direction nor its pull is changed ("as is", in
 * the kernel's Documentation/userspace-api/gpio/gpio-v2-get-line-ioctl.rst: a request without a direction).
 * The line's chips have to be held. 0; -EBUSY: somebody has it; or what the kernel says. */
int gpio_try_open(const struct gpio_found *line, const char *consumer, struct gpio_try *ret);

/* Makes it an output at this level, high or low at the pin. 0 or a negative errno. */
int gpio_try_set(const struct gpio_try *line, bool high);

/* Makes it what it was: an input, or an output at the level that it had. 0 or a negative errno. */
int gpio_try_restore(const struct gpio_try *line);

/* Gives it back; it is released. For _cleanup_; does nothing for one that was not opened (fd below 0). */
void gpio_try_close(struct gpio_try *line);
