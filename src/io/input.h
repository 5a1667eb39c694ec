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
	/* An edge from before a level that was read, which contains it: there is nothing to do but to count
	 * it. */
	void (*edge_contained)(void *userdata);
	/* The kernel dropped so many edges, because nobody read them in time. */
	void (*edges_lost)(uint64_t count, uint64_t monotonic_ns, void *userdata);
	struct line_availability availability;
};

/* What a configuration has for an input: the words for its bias (enum gpio_bias), ended by NULL, and the
 * longest debounce period, for which the kernel has 32 bits of µs. */
extern const char *const input_biases[];
#define INPUT_DEBOUNCE_USEC_MAX 4294e6
#define INPUT_DEBOUNCE_EXPECTED "a time span of at most 1h 11min, such as 20ms"

struct input;
struct memory;

/* An input that is not open yet. The settings' strings, the handlers, the store and the memory outlive it.
 * `store` and `memory` may be NULL. How far it has come, and the edges that the kernel has handed out and
 * nobody has handled yet, are kept in the memory under settings->stored_as; it is committed after each edge,
 * and each level that was read, when everything that follows from it has been done. A negative errno. */
int input_new(struct lines *lines, struct fd_store *store, struct memory *memory,
              const struct gpio_settings *settings, const struct input_handlers *handlers, void *userdata,
              struct input **ret);

/* Takes NULL; returns NULL. Closes the line, which stays in the store. */
struct input *input_free(struct input *input);
DEFINE_CLEANUP(struct input *, input_free);

/* Opens it now. A line that is requested: its first level is reported, or that it is unavailable. A line that
 * is adopted: what the inbox and the kernel have is handled, as if there had been no gap; its level is only
 * read if the memory knew nothing of it, if edges were lost, or if its settings were changed (edges from
 * before that are then contained in the level). */
void input_start(struct input *input);

/* Reads the level and reports it, if the line is there. */
void input_report_level(struct input *input);
