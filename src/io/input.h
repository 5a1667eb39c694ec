/* An input line that is watched: its first level, its edges, its losses, and its being there or not.
 * Policy (what an edge means) is the owner's. */
#pragma once

#include "io/line-keeper.h"

/* How a level came to be known. */
enum input_level_from {
	INPUT_READ, /* it was read: at first, after edges were lost, or because the owner asked */
	INPUT_EDGE, /* an edge, at the kernel's timestamp */
};

/* Called from the event loop; `userdata` is the owner. None may free the input. */
struct input_handlers {
	/* The logical level at this CLOCK_MONOTONIC time. An edge may repeat the level of the one before:
	 * the kernel tells the level at the time of the interrupt, and a short pulse was over by then. */
	void (*level)(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata);
	/* The kernel dropped so many edges, because nobody read them in time. */
	void (*edges_lost)(uint64_t count, uint64_t monotonic_ns, void *userdata);
	struct line_availability availability;
};

struct input;

/* An input that is not open yet. The settings' strings and the handlers outlive it. -ENOMEM. */
int input_new(sd_event *event, const struct gpio_settings *settings, const struct input_handlers *handlers,
              void *userdata, struct input **ret);

/* Takes NULL; returns NULL. Releases the line. */
struct input *input_free(struct input *input);

/* Opens it now and reports the first level, or that it is unavailable. */
void input_start(struct input *input);

/* Reads the level and reports it, if the line is there. */
void input_report_level(struct input *input);
