/* Where a line is: the chip and the offset of "PIR_HALL", "gpiochip0:17" or "pinctrl-rp1:17". Only gpio.c and
 * gpio-holder.c ask.
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
	const char *chip_name;   /* "gpiochip0" */
	const char *chip_label;
	struct gpio_v2_line_info info; /* what the kernel says of the line now; its offset is in it */
};

/* The line that is written so. The chips have to be held (gpio_hold_chips()). 0 and the line; else a problem,
 * and -ENODEV: no such chip or line, the chips that were searched are named; -EACCES: none, but it may be on a
 * chip that may not be opened; -ENOTUNIQ: several lines have the name, or several chips the label; -ENOMEM; or,
 * as the kernel says, why nothing can be known of it. */
int gpio_find(const char *text, struct gpio_found *ret, struct problem *problem);
