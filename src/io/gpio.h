/* One GPIO line: found by name, requested, read and set. The only part that knows libgpiod; what it does
 * with the kernel is described in the kernel's Documentation/userspace-api/gpio/chardev.rst.
 *
 * A line is written as its name ("PIR_HALL"), looked for on all chips, or as chip and offset, the chip
 * being its device ("gpiochip0:17") or its label ("pinctrl-rp1:17"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/problem.h"

/* In the order of the words in a configuration: as-is, disabled, pull-up, pull-down. */
enum gpio_bias {
	GPIO_BIAS_AS_IS,
	GPIO_BIAS_DISABLED,
	GPIO_BIAS_PULL_UP,
	GPIO_BIAS_PULL_DOWN,
};

/* Longest consumer and line name, without the zero: GPIO_MAX_NAME_SIZE of <linux/gpio.h>. */
#define GPIO_NAME_MAX 31

/* The consumer of a component's lines, as gpioinfo(1) shows it: "roomd:NAME". */
#define GPIO_CONSUMER_PREFIX "roomd:"
#define GPIO_CONSUMER_SIZE (GPIO_NAME_MAX + 1)
char *gpio_consumer(const char *component, char buffer[static GPIO_CONSUMER_SIZE]);

struct gpio_settings {
	const char *line;     /* as above */
	const char *consumer; /* up to GPIO_NAME_MAX bytes are kept by the kernel */
	bool active_low;
	enum gpio_bias bias;  /* inputs */
	uint64_t debounce_ns; /* inputs; debounced by the kernel; 0: not */
};

/* An edge as the kernel saw it. */
struct gpio_edge {
	bool active;           /* the level after it, active-low applied */
	uint64_t monotonic_ns; /* CLOCK_MONOTONIC */
	uint32_t line_seqno;   /* counts the line's edges from 1; a step of more than one is a loss */
};

/* So many edges the kernel keeps for a request until they are read; the oldest go first. */
#define GPIO_EDGES_KEPT 512

struct gpio_line;

/* Requests the line as an input with edge detection. The strings are not kept.
 * 0 and the line, which the caller closes; else a problem that names the line, and
 * -ENODEV: no such chip or line, the chips that were searched are named;
 * -EBUSY: somebody else holds it, and is named; -ENOTUNIQ: several lines have the name;
 * -EINVAL, -EACCES, ...: as the kernel says. */
int gpio_open_input(const struct gpio_settings *settings, struct gpio_line **ret, struct problem *problem);

/* Requests the line as an output that has this logical value from the first moment. Errors as above. */
int gpio_open_output(const struct gpio_settings *settings, bool active, struct gpio_line **ret,
                     struct problem *problem);

/* Releases the line. Takes NULL; returns NULL. */
struct gpio_line *gpio_close(struct gpio_line *line);
DEFINE_CLEANUP(struct gpio_line *, gpio_close);

/* Where it is: "gpiochip0:17"; valid as long as the line. */
const char *gpio_place(const struct gpio_line *line);

/* Readable when there are edges; EPOLLHUP or EPOLLERR when the chip has gone. Owned by the line. */
int gpio_fd(const struct gpio_line *line);

/* The logical level: 0 or 1, or a negative errno (-ENODEV: the chip has gone). */
int gpio_get(const struct gpio_line *line);

/* One ioctl. 0 or a negative errno (-ENODEV: the chip has gone). */
int gpio_set(const struct gpio_line *line, bool active);

/* Reads as many edges as there are, up to `most` (at most GPIO_EDGES_READ): one read(2). The number read, 0
 * if there is none, or a negative errno (-ENODEV: the chip has gone). */
#define GPIO_EDGES_READ 64
int gpio_read_edges(struct gpio_line *line, struct gpio_edge *edges, size_t most);

/* Splits "CHIP:OFFSET". True if `text` has that form; `*ret_chip_length` is the length of CHIP in it. */
bool gpio_split_place(const char *text, size_t *ret_chip_length, unsigned *ret_offset);
