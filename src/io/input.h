/* An input line that is watched: its first level, its edges, lost edges, and whether it is there. What an
 * edge means is up to the owner. */
#pragma once

#include "io/line-keeper.h"

/* Where a level is known from. */
enum input_level_from {
	INPUT_READ, /* it was read: at first, after edges were lost, or because the owner asked */
	INPUT_EDGE, /* an edge, at the kernel's timestamp */
};

/* Called from the event loop; `userdata` is the owner. None may free the input. */
struct input_handlers {
	/* The logical level at this CLOCK_MONOTONIC time. An edge may repeat the level of the one before: the
	 * kernel reads the level when the interrupt runs, and a short pulse may be over by then. */
	void (*level)(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata);
	/* An edge from before the last reading of the level. That reading already includes it, so it is only
	 * counted. */
	void (*edge_contained)(void *userdata);
	/* The kernel dropped `count` edges, because they were not read in time. */
	void (*edges_lost)(uint64_t count, uint64_t monotonic_ns, void *userdata);
	struct line_availability availability;
};

/* For an input's configuration: the words for its bias (enum gpio_bias), ended by NULL, and the longest
 * debounce period; the kernel has 32 bits of µs for it. */
extern const char *const input_biases[];
#define INPUT_DEBOUNCE_USEC_MAX 4294e6
#define INPUT_DEBOUNCE_EXPECTED "a time span of at most 1h 11min, such as 20ms"

struct input;
struct memory;

/* Makes an input that is not open yet. The settings' strings, the handlers, the store and the memory outlive
 * it. `store` and `memory` may be NULL. The memory keeps, under settings->stored_as, how far the input has
 * come, and the edges that were read from the kernel but not handled yet. It is committed after each edge,
 * and after each level that was read, when everything that follows from it has been done. 0 or a negative
 * errno. */
int input_new(struct lines *lines, struct fd_store *store, struct memory *memory,
              const struct gpio_settings *settings, const struct input_handlers *handlers, void *userdata,
              struct input **ret);

/* Takes NULL; returns NULL. Closes the line, which stays in the store. */
struct input *input_free(struct input *input);
DEFINE_CLEANUP(struct input *, input_free);

/* Opens the line now. If it is requested, its first level is reported, or that it is unavailable. If it is
 * adopted, the edges that the memory and the kernel have are handled, as if there had been no gap. The level
 * of an adopted line is read only if the memory knew nothing of the line, if edges were lost, or if the
 * settings were changed; that level then includes the edges from before. */
void input_start(struct input *input);

/* Reads the level and reports it, if the line is there. */
void input_report_level(struct input *input);
