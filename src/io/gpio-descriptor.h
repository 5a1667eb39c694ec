/* What a descriptor is that somebody has handed over, as /proc says. */
#pragma once

/* The chip and offset of a line's request, as "gpiochip0:3". -EBADF: not a line's request, or of several
 * lines; -EOPNOTSUPP: a kernel that does not tell; or another negative errno, if it cannot be asked now
 * (problem_passes()). */
#define GPIO_PLACE_SIZE 80
int gpio_read_place(int fd, char place[static GPIO_PLACE_SIZE]);

/* What it is, for a person: "line gpiochip0:3", "a pipe", "the chip gpiochip0". Returns `buffer`. */
#define GPIO_DESCRIPTION_SIZE 96
char *gpio_describe(int fd, char buffer[static GPIO_DESCRIPTION_SIZE]);
