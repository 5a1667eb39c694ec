/* Finds a line: the chip and the offset of "PIR_HALL", "gpiochip0:17" or "pinctrl-rp1:17". For gpio.c,
 * gpio-holder.c, and programs that look at all lines (roomctl find).
 *
 * The chips are read at the first search after gpio_hold_chips(), and not again for the next ones: their
 * descriptors stay open until gpio_release_chips(), and the lines' names are kept. A line that is found is
 * there nevertheless: a descriptor belongs to the chip that it was opened for, and the names of a chip's
 * lines never change. So a chip that has gone reports an error, and is not confused with a chip that has come
 * instead. Before a line is reported as absent or not unique, the chips are read once more. One case is left:
 * a name was unique, and then a second chip with the same name came. The line is found on the first chip, as
 * if it had been opened before the second came. */
#pragma once

#include <linux/gpio.h>

struct gpiod_chip;
struct problem;

struct gpio_found {
	struct gpiod_chip *chip; /* valid, with the strings, until gpio_release_chips() or the next search */
	int chip_fd;             /* of that chip; valid as long */
	const char *chip_name;   /* "gpiochip0" */
	const char *chip_label;
	struct gpio_v2_line_info info; /* the kernel's info about the line now, with its offset */
};

/* Finds the line that is written like this. The chips have to be held (gpio_hold_chips()). 0 and the line;
 * else a problem, and -ENODEV: no such chip or line, the problem names the chips that were searched; -EACCES:
 * not found, but it may be on a chip that may not be opened; -ENOTUNIQ: several lines have the name, or
 * several chips the label; -ENOMEM; or the kernel's error when the line's info was read. */
int gpio_find(const char *text, struct gpio_found *ret, struct problem *problem);

/* Calls `handler` for each line of each chip, in the order of chips and offsets. The chips have to be held,
 * and are read anew; the handler may not search. A line whose info cannot be read is left out. 0; or what the
 * handler returned, if that was negative: then it is not called again. -EACCES, -EPERM, ...: a chip could not
 * be opened (the problem names the first one); the handler was called for all lines of the other chips. */
typedef int (*gpio_line_handler)(const struct gpio_found *line, void *userdata);
int gpio_each_line(gpio_line_handler handler, void *userdata, struct problem *problem);
