/* The GPIO lines of this machine, and which of them may be watched: free inputs that the board does not use.
 * No other line is ever requested.
 *
 * Each line has its own request, as an input with both edges and its present pull. A line has to be requested
 * to get edges, and it has to be an input: the kernel refuses edge detection on a line whose direction is "as
 * is" (its Documentation/userspace-api/gpio/gpio-v2-get-line-ioctl.rst). So only lines that are inputs
 * already are requested; that changes nothing at the pin. The lines of a chip do not share one request: if
 * one of them had no interrupt, the request would fail for all. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/board-lines.h"
#include "io/gpio.h"
#include "roomctl/seen-line.h"
#include "util/problem.h"

enum find_state {
	FIND_FREE,    /* may be watched */
	FIND_WATCHED, /* is watched, or was until the watch ended */
	FIND_USED,    /* a process or a driver holds it */
	FIND_OUTPUT,  /* it is an output */
	FIND_BOARD,   /* the board uses it, or may */
	FIND_FAILED,  /* it could not be requested */
};

struct find_line {
	char name[GPIO_NAME_MAX + 1]; /* "": it has none */
	char chip[32], label[32];     /* "gpiochip0", "pinctrl-bcm2711" */
	unsigned offset;
	char written[GPIO_NAME_MAX +
	             40]; /* as Line= should have it: by name, else by label, if these are unique */
	enum find_state state;
	char reason[sizeof((struct problem *)NULL)->text]; /* why it is not watched; "": it is */
	struct gpio_line *line;                            /* while it is watched */
	struct seen_line seen;                             /* if it was watched */
	bool let_go;                                       /* it had too many edges, and was released before the watch ended */
};

struct find_lines {
	struct find_line *lines; /* in the order of chips and offsets, until the watch ends */
	size_t n;
	int error; /* 0; or why a chip could not be opened, with `problem`: its lines are missing */
	struct problem problem;
};

/* Reads the info of all lines of all chips that may be opened; requests none. 0 or -ENOMEM. */
int find_lines_look(struct find_lines *lines);

/* For _cleanup_: releases all lines that are requested. */
void find_lines_free(struct find_lines *lines);

/* How many lines are in this state. */
size_t find_lines_count(const struct find_lines *lines, enum find_state state);

/* Requests all free lines. They are watched then, or have failed. */
void find_lines_open(struct find_lines *lines);

/* Called when a watched line changes. */
typedef void (*find_handler)(const struct find_line *line, void *userdata);

/* Watches the requested lines for this time, or until Ctrl-C or SIGTERM, or (`until_enter`) a line on
 * standard input. Then releases and sorts them: those that look most like the acts of a person come first.
 * `handler` may be NULL. 0; or a negative errno: they could not be watched. */
int find_lines_watch(struct find_lines *lines, uint64_t usec, bool until_enter, find_handler handler,
                     void *userdata);
