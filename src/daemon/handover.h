/* The handover from one instance of the service to the next: the lines, in systemd's descriptor store, and
 * what is known about them, in a memory in the same store. */
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

/* Takes what the predecessor left; nothing, if there was none. Things that cannot be used are logged, but are
 * not an error. 0, or a negative errno and a problem. */
int handover_take(struct handover *handover, struct problem *problem);

/* True if the predecessor left lines. To be called before any component takes its own. */
bool handover_has_lines(const struct handover *handover);

/* Releases and logs what no component uses any more. To be called before any line is requested: it may be one
 * of these, held for a component that has another name now. Waits, at most `wait_usec`, until systemd has
 * released them and what was refused. */
void handover_release_left(struct handover *handover, uint64_t wait_usec);

/* Logs which descriptors were refused since the last call. */
void handover_say_refusals(struct handover *handover);

/* Closes the lines; systemd keeps its copies. The memory is still there. */
void handover_close_lines(struct handover *handover);

/* All zero afterwards. */
void handover_end(struct handover *handover);
