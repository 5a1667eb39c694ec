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
	/* Everything that the last edge, or the last level that was read, led to has been done: now is the time to
	 * save input_kept(), and what was made of it. May be NULL. */
	void (*handled)(void *userdata);
	struct line_availability availability;
};

/* Where the kernel puts edges. In memory that outlives the process, those that it has handed out and nobody has
 * handled yet are not lost: they are the ones with a line_seqno other than 0 that come after the last_seqno. */
struct input_inbox {
	struct gpio_raw_edge edges[GPIO_EDGES_READ];
};

/* How far an input has come. All zero: nothing is known. */
struct input_kept {
	/* The level was read after this time: an edge before it is contained in that level. 0: it never was. */
	uint64_t known_ns;
	uint32_t last_seqno; /* of the last edge that was handled; the kernel's counter, which wraps */
	bool counting;       /* there is a last_seqno */
};

/* What an input goes on with where another one of the same line left off. */
struct input_memory {
	struct input_inbox *inbox; /* outlives the input; NULL: it uses one of its own */
	struct input_kept kept;    /* as the other one's input_kept() was */
};

struct input;

/* An input that is not open yet. The settings' strings, the handlers and the store outlive it. `store` and `memory`
 * may be NULL. -ENOMEM. */
int input_new(sd_event *event, struct fd_store *store, const struct gpio_settings *settings,
              const struct input_memory *memory, const struct input_handlers *handlers, void *userdata,
              struct input **ret);

/* Takes NULL; returns NULL. Closes the line, which stays in the store. */
struct input *input_free(struct input *input);

/* Opens it now. A line that is requested: its first level is reported, or that it is unavailable. A line that is
 * adopted: what the inbox and the kernel have is handled, as if there had been no gap; its level is only read if the
 * memory knew nothing of it, if edges were lost, or if its settings were changed (edges from before that are then
 * contained in the level). */
void input_start(struct input *input);

/* Reads the level and reports it, if the line is there. */
void input_report_level(struct input *input);

/* How far it has come; valid as long as the input. */
const struct input_kept *input_kept(const struct input *input);
