/* Writes the state's file in a thread, one text at a time: a disk may take seconds, and the loop must not
 * wait. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "daemon/state-file.h"
#include "util/cleanup.h"
#include "util/problem.h"

struct state_writer;

/* What came of one text. */
struct state_written {
	int error;              /* 0, or a negative errno */
	struct problem problem; /* if error is not 0 */
	/* What a file that could not be used, or was not read, is called now; empty: there was none. */
	char set_aside[STATE_DAMAGED_NAME_SIZE];
};

/* Called from the event loop. The writer is idle then. */
typedef void (*state_written_handler)(const struct state_written *written, void *userdata);

/* For this directory (copied), which is opened when it is first needed if `directory_fd` is -1, and anew when
 * it is another one; what that has gets another name first. The descriptor becomes the writer's. No thread
 * yet. -ENOMEM, or as eventfd(2). */
int state_writer_new(sd_event *event, const char *directory, int directory_fd, state_written_handler handler,
                     void *userdata, struct state_writer **ret);

/* There is a file that could not be used: no text is written over it before it has another name. */
void state_writer_set_aside_first(struct state_writer *writer);

/* Begins to write this text, which becomes the writer's. Only if it is idle. A negative errno if there is no
 * thread to be had; the text is freed then. */
int state_writer_start(struct state_writer *writer, char *text);
bool state_writer_is_busy(const struct state_writer *writer);

/* Without the loop: waits until it is idle, but not beyond this CLOCK_MONOTONIC time. What came of it;
 * -ETIMEDOUT: the disk does not answer. */
void state_writer_wait(struct state_writer *writer, uint64_t until_ns, struct state_written *ret);

/* A thread that the disk holds is left behind; it touches nothing of the caller's. Takes NULL; returns NULL.
 */
struct state_writer *state_writer_free(struct state_writer *writer);
DEFINE_CLEANUP(struct state_writer *, state_writer_free);
