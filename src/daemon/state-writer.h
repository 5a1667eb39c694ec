/* Writes the state's file in a thread, one text at a time: a disk may take seconds, and the loop must not
 * wait. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "daemon/state-file.h"
#include "util/cleanup.h"
#include "util/problem.h"

struct state_writer;

/* The result for one text. */
struct state_written {
	int error;              /* 0, or a negative errno */
	struct problem problem; /* if error is not 0 */
	/* The new name of a file that could not be used, or was not read; empty: there was none. */
	char set_aside[STATE_DAMAGED_NAME_SIZE];
};

/* Called from the event loop. The writer is idle then. */
typedef void (*state_written_handler)(const struct state_written *written, void *userdata);

/* Makes a writer for this directory (copied). If `directory_fd` is -1, the directory is opened when it is
 * first needed; it is opened again if it has been replaced by another one, whose file is renamed first. The
 * writer owns the descriptor. Starts no thread yet. 0, -ENOMEM, or an error of eventfd(2). */
int state_writer_new(sd_event *event, const char *directory, int directory_fd, state_written_handler handler,
                     void *userdata, struct state_writer **ret);

/* There is a file that could not be used: it is renamed before a text is written. */
void state_writer_set_aside_first(struct state_writer *writer);

/* Begins to write this text, which the writer owns from now on. Only if it is idle. 0; or a negative errno if
 * no thread can be started, and the text is freed then. */
int state_writer_start(struct state_writer *writer, char *text);
bool state_writer_is_busy(const struct state_writer *writer);

/* Without the loop: waits until the writer is idle, but not beyond this CLOCK_MONOTONIC time, and fills in
 * the result. -ETIMEDOUT: the disk does not answer. */
void state_writer_wait(struct state_writer *writer, uint64_t until_ns, struct state_written *ret);

/* If the disk holds up the thread, the thread is left behind; it touches nothing of the caller's. Takes NULL;
 * returns NULL. */
struct state_writer *state_writer_free(struct state_writer *writer);
DEFINE_CLEANUP(struct state_writer *, state_writer_free);
