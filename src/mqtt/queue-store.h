/* The queue's file: an SQLite database. Each function may block for as long as the disk does. Errors:
 * -EUCLEAN: the file is damaged, or not of this version; -EBUSY: another process has it; or -ENOSPC, -EROFS,
 * -EACCES, -EIO, -ENOMEM ...; with a problem that completes "the file ..." or has the system's text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "mqtt/queue.h"
#include "util/cleanup.h"

struct problem;
struct queue_store;

/* The file's data besides the events. */
struct queue_state {
	struct queue_position position; /* series "": none */
	struct queue_dropped dropped;
};

/* The contents of the file. */
struct queue_contents {
	struct queue_state state;
	uint64_t length, bytes;
	uint64_t last; /* the highest sequence of an event; 0: none */
};

/* Opens the file of the folder, for this process alone, makes it if there is none, and looks through all of
 * it. */
int queue_store_open(const char *folder, struct queue_store **ret, struct queue_contents *ret_contents,
                     struct problem *problem);

/* Takes NULL, returns NULL. */
struct queue_store *queue_store_close(struct queue_store *store);
DEFINE_CLEANUP(struct queue_store *, queue_store_close);

/* A save: begin, any number of remove and put, commit. After an error of any of these: cancel, and the file
 * is as it was before. Once commit has returned 0, all of it is on the disk. */
int queue_store_begin(struct queue_store *store, struct problem *problem);
int queue_store_remove(struct queue_store *store, uint64_t from, uint64_t to, struct problem *problem);
int queue_store_put(struct queue_store *store, uint64_t sequence, const struct queue_event *event,
                    struct problem *problem);
/* `empty`: there are no events any more, so the file can be made small. */
int queue_store_commit(struct queue_store *store, const struct queue_state *state, bool empty,
                       struct problem *problem);
void queue_store_cancel(struct queue_store *store);

/* Calls `each` with the events above this sequence (of the file), in order, until it does not return 1. The
 * event is valid during the call. 1: there are no more; else what `each` has returned, 0 or a negative errno;
 * else an error. */
int queue_store_read(struct queue_store *store, uint64_t after,
                     int (*each)(void *userdata, const struct queue_event *event), void *userdata,
                     struct problem *problem);

/* The bytes of one event. 1 and the bytes; 0: there is no such event; or an error. */
int queue_store_bytes(struct queue_store *store, uint64_t sequence, uint64_t *ret_bytes,
                      struct problem *problem);
