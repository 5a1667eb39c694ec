/* Where a line is: the chip and the offset of "PIR_HALL", "gpiochip0:17" or "pinctrl-rp1:17". gpio.c,
 * gpio-holder.c, and who looks at all lines (roomctl find) ask.
 *
 * The chips are looked at when the first line is looked for after gpio_hold_chips(), and not again for the
 * lines after it: their descriptors stay open until gpio_release_chips(), and the lines' names are kept. What
 * is found is there nevertheless. A descriptor stays that of the chip that it was opened for, and the names
 * of a chip's lines never change; so a chip that has gone says so, and another that has come instead is not
 * taken for it. Nothing is said to be absent, or not unique, before the chips have been looked at once more.
 * Only a name that was unique, and that a second chip has brought since, is found on the first one, as if the
 * line had been opened before the second one came. */
#pragma once

#include <linux/gpio.h>

struct gpiod_chip;
struct problem;

struct gpio_found {
	struct gpiod_chip *chip; /* this and the strings: until gpio_release_chips() or the next search */
	int chip_fd;             /* of that chip; the same */
	const char *chip_name;   /* "gpiochip0" */
	const char *chip_label;
	struct gpio_v2_line_info info; /* what the kernel says of the line now; its offset is in it */
};

/* The line that is written so. The chips have to be held (gpio_hold_chips()). 0 and the line; else a problem,
 * and -ENODEV: no such chip or line, the chips that were searched are named; -EACCES: none, but it may be on a
 * chip that may not be opened; -ENOTUNIQ: several lines have the name, or several chips the label; -ENOMEM; or,
 * as the kernel says, why nothing can be known of it. */
int gpio_find(const char *text, struct gpio_found *ret, struct problem *problem);

/* Calls `handler` for each line of each chip, in the order of chips and offsets. The chips have to be held, and
 * are looked at anew; no search may be made meanwhile. A line that cannot be asked is left out. 0; or what the
 * handler returned, if that was negative: nothing more is looked at then. -EACCES, -EPERM, ...: a chip could not
 * be opened (the problem names the first one); all lines of the others were told of nevertheless. */
typedef int (*gpio_line_handler)(const struct gpio_found *line, void *userdata);
int gpio_each_line(gpio_line_handler handler, void *userdata, struct problem *problem);
