/* A line that a person at a terminal tries for a moment, and gives back as it was: its level is read, or it
 * becomes an output that goes up and down. The service does not use this. */
#pragma once

#include <stdbool.h>

#include "io/gpio-find.h"

struct gpio_try {
	int fd;          /* of the line's request */
	bool was_output; /* it was an output before */
	bool level;      /* its level before, high or low at the pin */
};

/* Requests the line as it is and reads its level: neither its direction nor its pull is changed ("as is", in
 * the kernel's Documentation/userspace-api/gpio/gpio-v2-get-line-ioctl.rst: a request without a direction).
 * The chips have to be held (gpio_hold_chips()). 0; -EBUSY: another process holds it; or the kernel's error. */
int gpio_try_open(const struct gpio_found *line, const char *consumer, struct gpio_try *ret);

/* Makes it an output at this level, high or low at the pin. 0 or a negative errno. */
int gpio_try_set(const struct gpio_try *line, bool high);

/* Makes it what it was before: an input, or an output at the same level. 0 or a negative errno. */
int gpio_try_restore(const struct gpio_try *line);

/* Releases the line. For _cleanup_; does nothing for a line that was not opened (fd below 0). */
void gpio_try_close(struct gpio_try *line);
