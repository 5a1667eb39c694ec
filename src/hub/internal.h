/* What the hub is made of, for its own files: hub.c (the ring, subscriptions, emitting), late.c (who reads
 * the ring later), source.c (who emits). */
#pragma once

#include "roomd/hub.h"

/* Subscriptions to one source, or to all sources, in the order of their ids. So the subscribers of an event
 * are found without looking at others. */
struct hub_list {
	struct hub_subscription *first, *last;
};

struct hub_source {
	struct hub_source *next;
	uint16_t id; /* its row of hub.rows, from 1; 0: it has none */
	struct hub_list list;
	const struct event_type *const *types;
	const char *kind, *name, *location;
	struct former_location *former;
	void *owner;
	struct hub_source *next_told;
	uint64_t told_ns;
	bool told; /* hub_tell() was called, and its event is still to be delivered; with this time */
	char texts[];
};

/* A source's location before a reload. Events that are still to be reported point to it. */
struct former_location {
	struct former_location *next;
	char location[];
};

/* In a memory: a source of a predecessor's events, and a number for its types of events. A source of the same
 * name with other types has a row of its own. The end of a long location is not kept. */
struct source_row {
	char kind[32], name[64], location[160];
	uint64_t types_id;
};

/* How many rows a memory has. */
#define ROWS_MAX 2048

/* What event.location points to, so that another process can find it. */
enum location_of {
	LOCATION_OF_SOURCE,
	LOCATION_OF_BY,
	LOCATION_OTHER, /* does not outlive this process */
};

/* In a memory: how far a late subscriber has come. `offered` is one more than `position` while the subscriber
 * handles an event. */
struct hub_late_place {
	uint64_t position, serial, offered;
};

/* The lists of an event's subscribers: those to its source, and those to all sources. */
#define CURSORS 2

/* The next subscription of a list to call. */
struct cursor {
	struct hub_subscription *next;
	uint64_t id; /* its id; UINT64_MAX: there is none */
};

struct hub {
	struct hub_list any_source;
	struct hub_source *sources;
	uint64_t last_id;

	/* Positions count events put into the ring since the beginning; slot = position % capacity. */
	struct event *ring;
	size_t capacity;
	uint64_t head;      /* where the next one goes */
	uint64_t delivered; /* what the subscribers have got so far */
	bool delivering;
	struct cursor cursors[CURSORS]; /* in the lists of the present event's subscribers */
	bool cursor_moved;
	struct hub_source *told; /* the sources with `told`; the last one first */

	struct hub_late_subscription *late;
	struct hub_late_subscription *served; /* the one that hub_dispatch_late() calls; NULL: it has unsubscribed */
	struct hub_late_subscription *next_late;
	void (*wake)(void *userdata);
	void *wake_userdata;

	struct hub_counters counters; /* `emitted`: of predecessors, too */
	char series[HUB_SERIES_SIZE];

	/* With a memory: */
	struct memory *memory;
	hub_find_types find_types;
	struct source_row *rows;
	const struct hub_source **by_row; /* by id; 0: none */
	uint64_t own_from;                /* where this process's events begin */
	uint64_t emitted_before;          /* the last serial of a predecessor */
};

/* The place in the ring of the event at this position. */
static inline struct event *hub_slot(struct hub *hub, uint64_t position)
{
	return &hub->ring[position & (hub->capacity - 1)];
}

/* The source of this row: one of this process, or made from what a predecessor wrote. NULL: there is none. */
const struct hub_source *hub_source_of_row(struct hub *hub, uint16_t id);

/* The source's type at this place; NULL: it has none there. */
const struct event_type *hub_type_at(const struct hub_source *source, uint8_t place);

/* Ends subscriptions to each source, and frees all of them. */
void hub_free_sources(struct hub *hub);

/* Ends all subscriptions that are in this list. */
void hub_end_subscriptions(struct hub_list *list);
