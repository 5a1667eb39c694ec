/* The queue's data in memory: a list of events, and the sequences that are done. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mqtt/queue.h"

/* An event and its texts, in one piece. */
struct queue_item {
	struct queue_item *next;
	struct queue_event event;
	size_t bytes; /* of topic and payload */
	char texts[];
};

/* Events by rising sequence. All 0 is none. */
struct queue_items {
	struct queue_item *first, *last;
	size_t length;
	size_t bytes;
};

/* The bytes that an event counts. */
size_t queue_event_bytes(const struct queue_event *event);

/* A copy of the event, to be freed with free() or added to a list. NULL: out of memory. */
struct queue_item *queue_item_new(const struct queue_event *event);

/* Adds it at the end; the list owns it. Its sequence is above all others. */
void queue_items_append(struct queue_items *items, struct queue_item *item);

/* The first one above this sequence; NULL: none. */
struct queue_item *queue_items_after(const struct queue_items *items, uint64_t sequence);

/* The one with this sequence; NULL: none. */
struct queue_item *queue_items_find(const struct queue_items *items, uint64_t sequence);

/* Takes one out of the list; the caller frees it. */
struct queue_item *queue_items_take(struct queue_items *items, struct queue_item *item);

/* Frees all of them. */
void queue_items_clear(struct queue_items *items);

/* A set of sequences. It has few ranges, because events that are sent in order are acknowledged nearly in
 * order. All 0 is none. */
struct queue_range {
	uint64_t from, to; /* both are in it */
};

struct queue_ranges {
	struct queue_range *range; /* rising, with a gap between each two */
	size_t n, room;
};

/* Adds a sequence. 0, or -ENOMEM: it is not added. */
int queue_ranges_add(struct queue_ranges *ranges, uint64_t sequence);

bool queue_ranges_have(const struct queue_ranges *ranges, uint64_t sequence);

/* The last sequence of the range that goes on right after `after`; `after` if none does. */
uint64_t queue_ranges_skip(const struct queue_ranges *ranges, uint64_t after);

/* Forgets all, and frees them. */
void queue_ranges_clear(struct queue_ranges *ranges);
