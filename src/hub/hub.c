/* The hub: one ring of events that the subscribers (at once) and the late subscribers (afterwards) read at
 * their own positions. Must not know what an event means, nor of any event loop. */
#define _GNU_SOURCE
#include "hub/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/chance.h"
#include "util/cleanup.h"
#include "util/memory.h"
#include "util/utf8.h"

/* The ring's block, and what the names of earlier versions' rings began with. */
#define RING "hub/ring of places"
#define RINGS "hub/ring"

static const struct kept_field kept[] = {
	{ "head", KEPT_U64, offsetof(struct hub, head), KEPT_OVER_RESTART },
	{ "emitted", KEPT_U64, offsetof(struct hub, counters.emitted), KEPT_OVER_RESTART },
	{ 0 },
};

static void make_series(char series[static HUB_SERIES_SIZE])
{
	snprintf(series, HUB_SERIES_SIZE, "%016" PRIx64 "%016" PRIx64, chance(), chance());
}

/* Touched now, so that no page is fetched on the way to a relay, nor memory seen to grow for days. */
static int make_ring(struct hub *hub)
{
	hub->ring = malloc(hub->capacity * sizeof *hub->ring);
	if (!hub->ring)
		return -ENOMEM;
	memset(hub->ring, 0xff, hub->capacity * sizeof *hub->ring);
	make_series(hub->series);
	return 0;
}

/* All pages that are wholly in it, in one system call; where the kernel (before 5.14) cannot, one by one
 * later. */
static void fetch_pages(void *start, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1),
		  end = ((uintptr_t)start + size) & ~(page - 1);

	if (end > first)
		madvise((void *)first, end - first, MADV_POPULATE_WRITE);
}

static void make_text(char *text, size_t size)
{
	text[size - 1] = '\0';
	utf8_make(text);
}

/* Whatever is in the memory: texts that end, and are UTF-8. That also fetches all pages of the ring, so that
 * none is on the way to a relay. */
static void make_texts(struct hub *hub)
{
	for (size_t i = 0; i < ROWS_MAX && hub->rows[i].kind[0]; i++) {
		struct source_row *row = &hub->rows[i];

		make_text(row->kind, sizeof row->kind);
		make_text(row->name, sizeof row->name);
		make_text(row->location, sizeof row->location);
	}
	for (size_t i = 0; i < hub->capacity; i++)
		make_text(hub->ring[i].text, sizeof hub->ring[i].text);
}

/* A ring of another capacity, or an earlier version's, which had its types in another way, cannot be read; in
 * the new one nothing is an event that was emitted, so that what was in the other is a gap. Nor must that
 * version find it again, should it come back: it has missed what came in between. */
static int ring_block(struct hub *hub, void **ret)
{
	size_t size = hub->capacity * sizeof *hub->ring;
	int r;

	r = memory_block(hub->memory, RING, size, ret);
	if (r != 0)
		return r;
	memory_forget_below(hub->memory, RINGS);
	return memory_block(hub->memory, RING, size, ret);
}

/* Kept beside the ring; another one if serial numbers begin anew, or if a predecessor was killed while it wrote it. */
static int find_series(struct hub *hub, bool begins_anew)
{
	void *block;
	int r;

	r = memory_block(hub->memory, "hub/series", sizeof hub->series, &block);
	if (r < 0)
		return r;
	if (r == 0 || begins_anew || strnlen(block, HUB_SERIES_SIZE) != HUB_SERIES_SIZE - 1)
		make_series(block);
	memcpy(hub->series, block, sizeof hub->series);
	hub->series[sizeof hub->series - 1] = '\0';
	return 0;
}

const char *hub_series(const struct hub *hub)
{
	return hub->series;
}

uint64_t hub_serial(const struct hub *hub)
{
	return hub->counters.emitted;
}

/* --- with a memory --------------------------------------------------------------------------- */

static int find_ring(struct hub *hub)
{
	void *ring, *rows;
	int r;

	r = memory_block(hub->memory, "hub/rows", ROWS_MAX * sizeof *hub->rows, &rows);
	if (r < 0)
		return r;
	hub->rows = rows;
	hub->by_row = calloc(ROWS_MAX + 1, sizeof(struct hub_source *));
	if (!hub->by_row)
		return -ENOMEM;
	r = ring_block(hub, &ring);
	if (r < 0)
		return r;
	hub->ring = ring;
	fetch_pages(ring, hub->capacity * sizeof *hub->ring);
	make_texts(hub);
	r = memory_keep(hub->memory, "hub", kept, hub);
	hub->delivered = hub->head;
	hub->own_from = hub->head;
	hub->emitted_before = hub->counters.emitted;
	return r < 0 ? r : find_series(hub, r == 0);
}

int hub_new_in(struct memory *memory, size_t capacity, hub_find_types find_types, struct hub **ret)
{
	struct hub *hub;
	int r;

	if (capacity < 2 || (capacity & (capacity - 1)) != 0)
		return -EINVAL;
	hub = calloc(1, sizeof *hub);
	if (!hub)
		return -ENOMEM;
	hub->capacity = capacity;
	hub->memory = memory;
	hub->find_types = find_types;
	r = memory ? find_ring(hub) : make_ring(hub);
	if (r < 0) {
		hub_free(hub);
		return r;
	}
	*ret = hub;
	return 0;
}

int hub_new(size_t capacity, struct hub **ret)
{
	return hub_new_in(NULL, capacity, NULL, ret);
}

void hub_end_subscriptions(struct hub_list *list)
{
	while (list->first)
		hub_unsubscribe(list->first);
}

struct hub *hub_free(struct hub *hub)
{
	if (!hub)
		return NULL;
	while (hub->late)
		hub_unsubscribe_late(hub->late);
	hub_end_subscriptions(&hub->any_source);
	hub_free_sources(hub);
	if (hub->memory)
		memory_leave(hub->memory, "hub");
	else
		free(hub->ring);
	free(hub->by_row);
	free(hub);
	return NULL;
}

void hub_subscribe(struct hub *hub, struct hub_subscription *subscription, const struct hub_source *source,
                   hub_handler handler, void *userdata)
{
	/* Others see a source as const because only the hub may touch its list. */
	struct hub_list *list = source ? &((struct hub_source *)source)->list : &hub->any_source;

	hub_unsubscribe(subscription);
	*subscription = (struct hub_subscription){
		.previous = list->last,
		.list = list,
		.hub = hub,
		.id = ++hub->last_id,
		.handler = handler,
		.userdata = userdata,
	};
	*(list->last ? &list->last->next : &list->first) = subscription;
	list->last = subscription;
}

static void set_cursor(struct cursor *cursor, struct hub_subscription *next)
{
	cursor->next = next;
	cursor->id = next ? next->id : UINT64_MAX;
}

void hub_unsubscribe(struct hub_subscription *subscription)
{
	struct hub_list *list = subscription->list;

	if (!list)
		return;
	for (size_t i = 0; i < CURSORS; i++)
		if (subscription->hub->cursors[i].next == subscription) {
			set_cursor(&subscription->hub->cursors[i], subscription->next);
			subscription->hub->cursor_moved = true;
		}
	*(subscription->previous ? &subscription->previous->next : &list->first) = subscription->next;
	*(subscription->next ? &subscription->next->previous : &list->last) = subscription->previous;
	*subscription = (struct hub_subscription){ 0 };
}

/* These three are one function in the machine's code, as each call between them would be a tenth of an emit.
 */

/* Those of one list that were subscribed when the event came. Where it is stands in the cursor, for
 * hub_unsubscribe(), but is only read there after that has moved it on: to read at once what was written just
 * now takes longer than all the rest. */
static inline void walk(struct hub *hub, struct hub_subscription *next, uint64_t newest,
                        const struct event *event)
{
	struct cursor *cursor = &hub->cursors[0];

	while (next && next->id <= newest) {
		struct hub_subscription *subscription = next;

		cursor->next = next = subscription->next;
		subscription->handler(event, subscription->userdata);
		if (hub->cursor_moved) {
			hub->cursor_moved = false;
			next = cursor->next;
		}
	}
	cursor->next = NULL;
}

/* The same of both: whoever subscribed first comes first, to whatever. Not inlined, so that the usual way is
 * not longer for it. */
static __attribute__((noinline)) void merge(struct hub *hub, uint64_t newest, const struct event *event)
{
	for (;;) {
		struct cursor *cursor = &hub->cursors[0];
		struct hub_subscription *next;

		if (hub->cursors[1].id < cursor->id)
			cursor = &hub->cursors[1];
		if (cursor->id > newest)
			break;
		next = cursor->next;
		set_cursor(cursor, next->next);
		next->handler(event, next->userdata);
	}
	for (size_t i = 0; i < CURSORS; i++)
		set_cursor(&hub->cursors[i], NULL);
}

/* Mostly all who listen want this source's. */
static inline void deliver(struct hub *hub, const struct event *event)
{
	if (!hub->any_source.first) {
		walk(hub, event->source->list.first, hub->last_id, event);
	} else {
		set_cursor(&hub->cursors[0], event->source->list.first);
		set_cursor(&hub->cursors[1], hub->any_source.first);
		merge(hub, hub->last_id, event);
	}
}

/* A text is rarely there and never long: only what is used of an event is copied. */
static void copy_text(struct event *to, const struct event *from)
{
	to->text[0] = '\0';
	if (from->text[0])
		strcpy(to->text, from->text);
}

static void deliver_told(struct hub *hub)
{
	struct hub_source *source = hub->told;
	struct event event = {
		.type = &event_state_changed,
		.source = source,
		.location = source->location,
		.monotonic_ns = source->told_ns,
	};

	hub->told = source->next_told;
	source->told = false;
	deliver(hub, &event);
}

/* What was emitted comes before what was told, however it came about. */
static __attribute__((noinline)) void deliver_all_told(struct hub *hub)
{
	while (hub->told) {
		deliver_told(hub);
		for (; hub->delivered < hub->head; hub->delivered++)
			deliver(hub, hub_slot(hub, hub->delivered));
	}
}

/* This event, which is in the ring, and what its handlers emit in turn. */
static inline void deliver_all(struct hub *hub, const struct event *event)
{
	hub->delivering = true;
	for (;;) {
		deliver(hub, event);
		if (++hub->delivered == hub->head)
			break;
		event = hub_slot(hub, hub->delivered);
	}
	if (hub->told)
		deliver_all_told(hub);
	hub->delivering = false;
	if (hub->late && hub->wake)
		hub->wake(hub->wake_userdata);
}

static enum location_of location_of(const struct event *event)
{
	if (event->location == event->source->location)
		return LOCATION_OF_SOURCE;
	return event->by && event->location == event->by->location ? LOCATION_OF_BY : LOCATION_OTHER;
}

/* Those that are urgent are the first. One that is not in the table means nothing to another process. */
static inline uint8_t place_of(const struct event *event)
{
	const struct event_type *const *types = event->source->types;
	uint8_t place = 0;

	while (types[place] && types[place] != event->type)
		place++;
	return place;
}

/* Field by field: one that was written a moment ago is read faster so than together with its neighbours (the
 * fence keeps compilers from reading two at once, for which the processor would have to wait). The serial is
 * the last: whoever finds the ring after a kill in the middle of it finds no event there, neither
 * the one that was nor half of this one. */
static void put(struct event *copy, const struct event *event, uint64_t serial)
{
	copy->serial = 0;
	atomic_signal_fence(memory_order_seq_cst);
	copy->type = event->type;
	copy->source = event->source;
	atomic_signal_fence(memory_order_seq_cst);
	copy->by = event->by;
	copy->monotonic_ns = event->monotonic_ns;
	copy->count = event->count; /* or the value */
	copy->repeated = event->repeated;
	copy->place = place_of(event);
	copy->source_id = event->source->id;
	copy->by_id = event->by ? event->by->id : 0;
	if (event->location) {
		copy->location = event->location;
		copy->location_of = (uint8_t)location_of(event);
	} else {
		copy->location = event->source->location;
		copy->location_of = LOCATION_OF_SOURCE;
	}
	copy_text(copy, event);
	atomic_signal_fence(memory_order_seq_cst);
	copy->serial = serial;
}

HOT int hub_emit(struct hub *hub, const struct event *event)
{
	uint64_t serial = ++hub->counters.emitted;
	struct event *slot;

	if (hub->head - hub->delivered == hub->capacity) {
		hub->counters.overflows++;
		return -ENOBUFS;
	}
	slot = hub_slot(hub, hub->head++);
	put(slot, event, serial);
	if (!hub->delivering)
		deliver_all(hub, slot);
	return 0;
}

void hub_tell(struct hub *hub, const struct hub_source *source, uint64_t monotonic_ns)
{
	struct hub_source *teller = (struct hub_source *)source;
	uint64_t head = hub->head;

	if (!teller->told) {
		teller->told = true;
		teller->next_told = hub->told;
		hub->told = teller;
	}
	teller->told_ns = monotonic_ns;
	if (hub->delivering)
		return;
	hub->delivering = true;
	deliver_all_told(hub);
	hub->delivering = false;
	if (hub->head != head && hub->late && hub->wake)
		hub->wake(hub->wake_userdata);
}

struct hub_counters hub_counters(const struct hub *hub)
{
	struct hub_counters counters = hub->counters;

	counters.emitted -= hub->emitted_before;
	return counters;
}
