/* What one instance of the service leaves to the next: its lines, in systemd's descriptor store, and what is
 * known of them, in a memory that is there as well. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/cleanup.h"

struct fd_store;
struct memory;
struct problem;

struct handover {
	struct fd_store *store;
	struct memory *memory;
	size_t refusals_said;
};

/* What the predecessor left; nothing, if there was none. What cannot be used is said in the log, and is no
 * error. 0, or a negative errno and a problem. */
int handover_take(struct handover *handover, struct problem *problem);

/* Before any component takes its own: whether the predecessor left lines. */
bool handover_has_lines(const struct handover *handover);

/* What no component has any more is released, which is said: before any line is requested, because it may be
 * one of these, held for a component that has another name now. Waits for systemd to have let go of them, and
 * of what was refused, at most so long. */
void handover_release_left(struct handover *handover, uint64_t wait_usec);

/* Says which descriptors were refused since the last time. */
void handover_say_refusals(struct handover *handover);

/* Closes the lines; systemd's copies stay with systemd. The memory is still there. */
void handover_close_lines(struct handover *handover);

/* All zero afterwards. */
void handover_end(struct handover *handover);
