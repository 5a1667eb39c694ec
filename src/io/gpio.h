/* One GPIO line: found by name, requested or adopted, read and set. The only part that knows libgpiod and
 * <linux/gpio.h>. The kernel's Documentation/userspace-api/gpio/chardev.rst describes the calls that it
 * makes.
 *
 * A line belongs to every process that has a descriptor of its request. In systemd's descriptor store it can
 * outlive a process. The next process adopts it as it is: the line is never released and requested again.
 *
 * A line is written as its name ("PIR_HALL"), which is looked for on all chips, or as chip and offset. The
 * chip is written as its label ("pinctrl-rp1:17"), or as its device in the ways that libgpiod's tools accept:
 * "gpiochip0:17", "/dev/gpiochip0:17", "0:17", or a link in /dev. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/problem.h"

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
	const char *line;     /* see above */
	const char *consumer; /* the kernel keeps up to GPIO_NAME_MAX bytes */
	bool active_low;
	enum gpio_bias bias;  /* inputs */
	uint64_t debounce_ns; /* inputs; the kernel debounces them; 0: it does not */
	/* The name of its descriptor in the store (util/fd-store.h); NULL: it is not kept there. */
	const char *stored_as;
};

/* An edge as the kernel saw it. */
struct gpio_edge {
	bool active;           /* the level after it, active-low applied */
	uint64_t monotonic_ns; /* CLOCK_MONOTONIC */
	uint32_t line_seqno;   /* counts the line's edges from 1; a step of more than one is a loss */
};

/* An edge as read(2) puts it into memory: struct gpio_v2_line_event of <linux/gpio.h>. */
struct gpio_raw_edge {
	uint64_t monotonic_ns;
	uint32_t id;
	uint32_t offset;
	uint32_t seqno;
	uint32_t line_seqno;
	uint32_t padding[6];
};

/* The number of edges that the kernel keeps for a request until they are read. If there are more, the oldest
 * are lost. */
#define GPIO_EDGES_KEPT 512

struct gpio_line;

/* Between these two calls the chips and the names of their lines are read only once for all lines that are
 * requested, adopted or checked; otherwise once for each line (gpio-find.h). For lines that are opened one
 * right after the other, on the loop's thread, without waiting for anything in between. Calls nest; the last
 * release closes the chips. */
void gpio_hold_chips(void);
void gpio_release_chips(void);

/* Requests the line as an input with edge detection. The strings are not kept.
 * 0 and the line, which the caller closes; else a problem that names the line, and
 * -ENODEV: no such chip or line, the problem names the chips that were searched;
 * -EACCES: the same, but it may be on a chip that may not be opened;
 * -EBUSY: somebody else holds it, the problem names the holder;
 * -ENOTUNIQ: several lines have the name;
 * -EINVAL, ...: the kernel's error. */
int gpio_open_input(const struct gpio_settings *settings, struct gpio_line **ret, struct problem *problem);

/* Requests the line as an output that has this logical value from the first moment. Errors as above. */
int gpio_open_output(const struct gpio_settings *settings, bool active, struct gpio_line **ret,
                     struct problem *problem);

/* Checks that the descriptor is a request of this line with this consumer. Errors: those of
 * gpio_adopt_input(). Touches nothing. */
int gpio_check_stored(const struct gpio_settings *settings, int fd, struct problem *problem);

/* Takes over the descriptor of a request that another process has made, to be used as if it had been made
 * here. Checks that it is a request of this line with this consumer. If the kernel has other settings for the
 * line, they are changed in place, an output then shows `active`, and `*ret_reconfigured` is true; if not,
 * nothing touches the line. 0, and the line, which owns the descriptor and which the caller closes. Else the
 * descriptor stays the caller's, and a problem says what it is: -EBADF: not a request of a line; -ESTALE: of
 * another line or another consumer; -ENODEV: its chip has gone; -EOPNOTSUPP: the kernel is too old to tell;
 * -EINVAL, ...: the settings could not be changed. */
int gpio_adopt_input(const struct gpio_settings *settings, int fd, struct gpio_line **ret,
                     bool *ret_reconfigured, struct problem *problem);
int gpio_adopt_output(const struct gpio_settings *settings, int fd, bool active, struct gpio_line **ret,
                      bool *ret_reconfigured, struct problem *problem);

/* Changes the line's settings in place, without a moment in which nobody holds it. The settings' line and
 * consumer are the same as before; an output shows `active` from then on. 0 or a negative errno. */
int gpio_reconfigure(struct gpio_line *line, const struct gpio_settings *settings, bool active);

/* Closes the line; it is released if nobody else has its descriptor. Takes NULL; returns NULL. */
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

/* Reads as many edges as there are, up to `most`, into the caller's memory: one read(2). The number read, 0
 * if there is none, or a negative errno (-ENODEV: the chip has gone). The memory after them is left as it
 * was. */
#define GPIO_EDGES_READ 64
int gpio_read_edges(struct gpio_line *line, struct gpio_raw_edge *edges, size_t most);

/* Decodes an edge. */
void gpio_decode_edge(const struct gpio_raw_edge *raw, struct gpio_edge *ret);

/* "CHIP:OFFSET" as a person has written it. */
struct gpio_written_place {
	const char *chip; /* in the text; without the "/dev/" of "/dev/gpiochip0" */
	size_t chip_length;
	unsigned offset;
};

/* True if `text` has that form. */
bool gpio_split_place(const char *text, struct gpio_written_place *ret);
