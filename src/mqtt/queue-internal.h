/* The queue, for its own files: queue.c (events are added, read and removed), queue-save.c (the file, and its
 * part in memory). */
#pragma once

#include "mqtt/queue-items.h"
#include "mqtt/queue-store.h"
#include "mqtt/queue.h"
#include "util/problem.h"

/* Sequences of this process begin above this. Those below are for the events of a file that could not be
 * opened at the start. */
#define SEQUENCES_BELOW (UINT64_C(1) << 40)

struct queue {
	struct queue_settings settings;
	char *folder;              /* NULL: in memory only */
	struct queue_store *store; /* NULL: none, or it could not be opened */
	uint64_t shift;            /* a sequence is the number in the file plus this, modulo 2^64 */
	uint64_t saved_last;
	uint64_t saved_length, saved_bytes; /* the file's events that are not done */
	struct queue_ranges done;           /* the file's events that are done or were pushed out */

	/* All of the file's events above `window_from` and up to `window_to` that are not done. */
	struct queue_items window;
	uint64_t window_from, window_to;

	struct queue_items unsaved;
	uint64_t next_sequence;
	uint64_t handed_out; /* events up to this may have been sent */
	struct queue_state state;

	bool changed;
	uint64_t changed_ns; /* the first change since the last save */
	uint64_t added;      /* since `changed_ns` */
	uint64_t tried_ns;   /* the last save, or the attempt */
	bool tried;
	int error; /* of the last attempt */
	bool broker;
	uint64_t broker_ns; /* since when it is there or away */

	struct problem problem; /* not reported yet; "": none */
};

/* Something has to be saved. */
void queue_has_changed(struct queue *queue, uint64_t now_ns);

/* Counts events that are lost; the first of them, NULL if it is not known. */
void queue_count_dropped(struct queue *queue, uint64_t events, const struct queue_event *first);

/* Opens the file. 1: there are older events now than before; 0: there are none; or a negative errno, which
 * was reported. */
int queue_open_file(struct queue *queue);

/* Closes the file, and forgets everything about it. */
void queue_forget_file(struct queue *queue);

/* Reports that the file could not be read. If it is damaged, it is set aside, and its events are counted. */
void queue_file_fails(struct queue *queue, int error, const struct problem *problem);

/* The number of a sequence in the file; 0 if it is before its first. */
uint64_t queue_number_in_file(const struct queue *queue, uint64_t sequence);

/* The file's first event after this sequence that is not done; NULL: there is none, or it cannot be read now.
 * Only while the file has events that are not done. */
struct queue_item *queue_find_saved(struct queue *queue, uint64_t after);
