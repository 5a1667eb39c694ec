/* The hub: one ring of events that the subscribers (at once) and the late subscribers (afterwards) read at
 * their own positions. Must not know what an event means, nor of any event loop. */
#include "roomd/hub.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/memory.h"

/* Subscriptions of the same filter, in the order of their ids. */
struct hub_list {
	struct hub_subscription *first, *last;
};

/* One list a type, and one for those who want all of them: what passes a filter is found by index. */
struct lists {
	struct hub_list of_type[EVENT_TYPES + 1];
};

struct hub_source {
	struct hub_source *next;
	uint16_t id; /* its row of hub.rows, from 1; 0: it has none */
	struct lists lists;
	const char *kind, *name, *location;
	struct former_location *former;
	char texts[];
};

/* Where it was before a reload: events that are still to be reported point to it. */
struct former_location {
	struct former_location *next;
	char location[];
};

/* Whom an event of a predecessor was from, in a memory. The end of a long location is not kept. */
struct source_row {
	char kind[32], name[64], location[160];
};

#define ROWS_MAX 2048

/* What the name of the ring's block begins with, and those of earlier versions' rings. */
#define RING "hub/ring"

/* What event.location is, for another process. */
enum location_of {
	LOCATION_OF_SOURCE,
	LOCATION_OF_BY,
	LOCATION_OTHER, /* does not outlive this process */
};

/* How far a late subscriber has come, in a memory. `offered` is one more than `position` while it has an
 * event in hand. */
struct hub_late_place {
	uint64_t position, serial, offered;
};

/* The lists that an event concerns: all or its type, of all sources or its own. */
#define CURSORS 4

/* Whom of a list to call next. */
struct cursor {
	struct hub_subscription *next;
	uint64_t id; /* its id; UINT64_MAX: there is none */
};

struct hub {
	struct lists any_source;
	struct hub_source *sources;
	uint64_t last_id;

	/* Positions count events put into the ring since the beginning; slot = position % capacity. */
	struct event *ring;
	size_t capacity;
	uint64_t head;      /* where the next one goes */
	uint64_t delivered; /* what the subscribers have got so far */
	bool delivering;
	struct cursor cursors[CURSORS]; /* in the lists that the event in hand concerns */
	bool cursor_moved;

	struct hub_late_subscription *late;
	struct hub_late_subscription *served; /* in hub_dispatch_late(); NULL: it has ended itself */
	struct hub_late_subscription *next_late;
	void (*wake)(void *userdata);
	void *wake_userdata;

	struct hub_counters counters; /* `emitted`: of predecessors, too */

	/* With a memory: */
	struct memory *memory;
	struct source_row *rows;
	const struct hub_source **by_row; /* by id; 0: none */
	uint64_t own_from;                /* where this process's events begin */
	uint64_t emitted_before;          /* the last serial of a predecessor */
};

static const struct kept_field kept[] = {
	{ "head", KEPT_U64, offsetof(struct hub, head), KEPT_OVER_RESTART },
	{ "emitted", KEPT_U64, offsetof(struct hub, counters.emitted), KEPT_OVER_RESTART },
	{ 0 },
};

const char *hub_source_kind(const struct hub_source *source)
{
	return source->kind;
}

const char *hub_source_name(const struct hub_source *source)
{
	return source->name;
}

const char *hub_source_location(const struct hub_source *source)
{
	return source->location;
}

/* Touched now, so that no page is fetched on the way to a relay, nor memory seen to grow for days. */
static int make_ring(struct hub *hub)
{
	hub->ring = malloc(hub->capacity * sizeof *hub->ring);
	if (!hub->ring)
		return -ENOMEM;
	memset(hub->ring, 0xff, hub->capacity * sizeof *hub->ring);
	return 0;
}

/* Whatever is in the memory: texts that end. */
static void end_texts(struct hub *hub)
{
	for (size_t i = 0; i < ROWS_MAX && hub->rows[i].kind[0]; i++) {
		struct source_row *row = &hub->rows[i];

		row->kind[sizeof row->kind - 1] = '\0';
		row->name[sizeof row->name - 1] = '\0';
		row->location[sizeof row->location - 1] = '\0';
	}
	for (size_t i = 0; i < hub->capacity; i++)
		hub->ring[i].text[sizeof hub->ring[i].text - 1] = '\0';
}

/* A ring of another capacity, or whose types are numbered otherwise, cannot be read; in the new one nothing
 * is an event that was emitted, so that what was in the other is a gap. A process that goes back to an
 * earlier table must not find that one's ring either, which has missed what came in between. */
static int ring_block(struct hub *hub, void **ret)
{
	size_t size = hub->capacity * sizeof *hub->ring;
	char name[sizeof RING + 16];
	int r;

	snprintf(name, sizeof name, RING "%016" PRIx64, event_types_id(event_types, EVENT_TYPES));
	r = memory_block(hub->memory, name, size, ret);
	if (r != 0)
		return r;
	memory_forget_below(hub->memory, RING);
	return memory_block(hub->memory, name, size, ret);
}

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
	end_texts(hub);
	r = memory_keep(hub->memory, "hub", kept, hub);
	hub->delivered = hub->head;
	hub->own_from = hub->head;
	hub->emitted_before = hub->counters.emitted;
	return r < 0 ? r : 0;
}

int hub_new_in(struct memory *memory, size_t capacity, struct hub **ret)
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
	return hub_new_in(NULL, capacity, ret);
}

static void end_all(struct lists *lists)
{
	for (size_t i = 0; i < ELEMENTS(lists->of_type); i++)
		while (lists->of_type[i].first)
			hub_unsubscribe(lists->of_type[i].first);
}

struct hub *hub_free(struct hub *hub)
{
	if (!hub)
		return NULL;
	while (hub->late)
		hub_unsubscribe_late(hub->late);
	end_all(&hub->any_source);
	while (hub->sources) {
		struct hub_source *source = hub->sources;

		hub->sources = source->next;
		end_all(&source->lists);
		while (source->former) {
			struct former_location *former = source->former;

			source->former = former->next;
			free(former);
		}
		free(source);
	}
	if (hub->memory)
		memory_leave(hub->memory, "hub");
	else
		free(hub->ring);
	free(hub->by_row);
	free(hub);
	return NULL;
}

/* The row that is this source's, or a free one; 0: there is none. */
static uint16_t find_row(struct hub *hub, const char *kind, const char *name, const char *location)
{
	for (size_t i = 0; hub->rows && i < ROWS_MAX; i++) {
		struct source_row *row = &hub->rows[i];

		if (row->kind[0] && (strncmp(row->kind, kind, sizeof row->kind) != 0 ||
		                     strncmp(row->name, name, sizeof row->name) != 0))
			continue;
		if (strlen(kind) >= sizeof row->kind || strlen(name) >= sizeof row->name)
			return 0;
		if (location != row->location) /* the text may be the row's own */
			snprintf(row->location, sizeof row->location, "%s", location);
		if (!row->kind[0]) {
			strcpy(row->name, name);
			strcpy(row->kind, kind); /* last: a row without is free */
		}
		return (uint16_t)(i + 1);
	}
	return 0;
}

static struct hub_source *find_source(struct hub *hub, const char *kind, const char *name)
{
	for (struct hub_source *source = hub->sources; source; source = source->next)
		if (strcmp(source->kind, kind) == 0 && strcmp(source->name, name) == 0)
			return source;
	return NULL;
}

/* All locations that it ever had are kept, so that none is allocated twice however often they change. */
static int set_location(struct hub_source *source, const char *location)
{
	struct former_location *former;
	size_t size = strlen(location) + 1;

	if (strcmp(source->location, location) == 0)
		return 0;
	for (former = source->former; former; former = former->next)
		if (strcmp(former->location, location) == 0)
			break;
	if (!former) {
		former = malloc(sizeof *former + size);
		if (!former)
			return -ENOMEM;
		memcpy(former->location, location, size);
		former->next = source->former;
		source->former = former;
	}
	source->location = former->location;
	return 0;
}

int hub_add_source(struct hub *hub, const char *kind, const char *name, const char *location,
                   const struct hub_source **ret)
{
	size_t kind_size = strlen(kind) + 1, name_size = strlen(name) + 1,
	       location_size = strlen(location) + 1;
	struct hub_source *source = find_source(hub, kind, name);

	if (source) {
		*ret = source;
		find_row(hub, kind, name, location);
		return set_location(source, location);
	}
	source = calloc(1, sizeof *source + kind_size + name_size + location_size);
	if (!source)
		return -ENOMEM;
	source->kind = memcpy(source->texts, kind, kind_size);
	source->name = memcpy(source->texts + kind_size, name, name_size);
	source->location = memcpy(source->texts + kind_size + name_size, location, location_size);
	source->id = find_row(hub, kind, name, location);
	if (hub->by_row)
		hub->by_row[source->id] = source;
	source->next = hub->sources;
	hub->sources = source;
	*ret = source;
	return 0;
}

void hub_subscribe(struct hub *hub, struct hub_subscription *subscription, struct hub_filter filter,
                   hub_handler handler, void *userdata)
{
	/* Others see a source as const because only the hub may touch its lists. */
	struct lists *lists = filter.source ? &((struct hub_source *)filter.source)->lists : &hub->any_source;
	struct hub_list *list = &lists->of_type[filter.type];

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

/* Those of one list that were subscribed when the event came. Where it is stands in the cursor, for
 * hub_unsubscribe(), but is only read there after that has moved it on: to read at once what was written just
 * now takes longer than all the rest. */
static void walk(struct hub *hub, struct hub_subscription *next, uint64_t newest, const struct event *event)
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

/* The same of all four: whoever subscribed first comes first, whatever the filters are. Not inlined, so that
 * the usual way is not longer for it. */
static __attribute__((noinline)) void merge(struct hub *hub, uint64_t newest, const struct event *event)
{
	for (;;) {
		struct cursor *cursor = &hub->cursors[0];
		struct hub_subscription *next;

		for (size_t i = 1; i < CURSORS; i++)
			if (hub->cursors[i].id < cursor->id)
				cursor = &hub->cursors[i];
		if (cursor->id > newest)
			break;
		next = cursor->next;
		set_cursor(cursor, next->next);
		next->handler(event, next->userdata);
	}
	for (size_t i = 0; i < CURSORS; i++)
		set_cursor(&hub->cursors[i], NULL);
}

/* Mostly all who listen want this type of this source. */
static void deliver(struct hub *hub, const struct event *event)
{
	const struct hub_list *own = event->source->lists.of_type, *any = hub->any_source.of_type;

	if (!own[EVENT_ANY].first && !any[event->type].first && !any[EVENT_ANY].first) {
		walk(hub, own[event->type].first, hub->last_id, event);
	} else {
		set_cursor(&hub->cursors[0], own[event->type].first);
		set_cursor(&hub->cursors[1], own[EVENT_ANY].first);
		set_cursor(&hub->cursors[2], any[event->type].first);
		set_cursor(&hub->cursors[3], any[EVENT_ANY].first);
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

static struct event *slot(struct hub *hub, uint64_t position)
{
	return &hub->ring[position & (hub->capacity - 1)];
}

/* What is in the ring and what its handlers emit in turn. */
static void deliver_all(struct hub *hub)
{
	hub->delivering = true;
	while (hub->delivered < hub->head) {
		deliver(hub, slot(hub, hub->delivered));
		hub->delivered++;
	}
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

/* Field by field: one that was written a moment ago is read faster so than together with its neighbours. */
static void put(struct event *copy, const struct event *event, uint64_t serial)
{
	copy->type = event->type;
	copy->source = event->source;
	copy->by = event->by;
	copy->monotonic_ns = event->monotonic_ns;
	copy->serial = serial;
	copy->count = event->count; /* or the value */
	copy->repeated = event->repeated;
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
}

int hub_emit(struct hub *hub, const struct event *event)
{
	uint64_t serial = ++hub->counters.emitted;

	if (hub->head - hub->delivered == hub->capacity) {
		hub->counters.overflows++;
		return -ENOBUFS;
	}
	put(slot(hub, hub->head++), event, serial);
	if (!hub->delivering)
		deliver_all(hub);
	return 0;
}

int hub_repeat(struct hub *hub, const struct event *event)
{
	if (hub->delivering)
		return -EBUSY;
	hub->delivering = true;
	deliver(hub, event);
	deliver_all(hub);
	return 0;
}

void hub_subscribe_late(struct hub *hub, struct hub_late_subscription *subscription, hub_late_handler handler,
                        hub_gap_handler gap, void *userdata)
{
	*subscription = (struct hub_late_subscription){
		.next = hub->late,
		.hub = hub,
		.handler = handler,
		.gap = gap,
		.userdata = userdata,
		.position = hub->head,
		.serial = hub->counters.emitted,
	};
	hub->late = subscription;
}

int hub_subscribe_late_kept(struct hub *hub, struct hub_late_subscription *subscription, const char *name,
                            hub_late_handler handler, hub_gap_handler gap, void *userdata)
{
	void *block;
	int r;

	hub_subscribe_late(hub, subscription, handler, gap, userdata);
	if (!hub->memory)
		return 0;
	r = memory_block(hub->memory, name, sizeof *subscription->kept, &block);
	if (r < 0) {
		hub_unsubscribe_late(subscription);
		return r;
	}
	subscription->kept = block;
	if (r > 0 && subscription->kept->position <= hub->head &&
	    subscription->kept->serial <= hub->counters.emitted) {
		subscription->position = subscription->kept->position;
		subscription->serial = subscription->kept->serial;
	}
	*subscription->kept = (struct hub_late_place){
		.position = subscription->position,
		.serial = subscription->serial,
		.offered = r > 0 ? subscription->kept->offered : 0,
	};
	if ((subscription->position != hub->head || subscription->serial != hub->counters.emitted) &&
	    hub->wake)
		hub->wake(hub->wake_userdata);
	return 0;
}

void hub_unsubscribe_late(struct hub_late_subscription *subscription)
{
	struct hub *hub = subscription->hub;

	if (!hub)
		return;
	if (hub->served == subscription)
		hub->served = NULL;
	if (hub->next_late == subscription)
		hub->next_late = subscription->next;
	for (struct hub_late_subscription **s = &hub->late; *s; s = &(*s)->next)
		if (*s == subscription) {
			*s = subscription->next;
			break;
		}
	*subscription = (struct hub_late_subscription){ 0 };
}

void hub_set_late_wake(struct hub *hub, void (*wake)(void *userdata), void *userdata)
{
	hub->wake = wake;
	hub->wake_userdata = userdata;
}

/* Serial numbers are given to dropped events too, and the ring forgets what was overwritten: both show as
 * a step of more than one from the serial seen last. A predecessor that was killed in set_taken() has left
 * the serial of an event that it offers again. */
static void report_gap(struct hub_late_subscription *subscription, uint64_t next_serial)
{
	uint64_t lost = next_serial > subscription->serial ? next_serial - subscription->serial - 1 : 0;

	subscription->serial = next_serial - 1;
	if (lost > 0 && subscription->gap)
		subscription->gap(lost, subscription->userdata);
}

/* The source of this row: one of this process, or made from what a predecessor wrote. */
static const struct hub_source *source_of_row(struct hub *hub, uint16_t id)
{
	const struct source_row *row = id > 0 && id <= ROWS_MAX ? &hub->rows[id - 1] : NULL;
	const struct hub_source *source;

	if (!row || !row->kind[0])
		return NULL;
	if (!hub->by_row[id] && hub_add_source(hub, row->kind, row->name, row->location, &source) < 0)
		return NULL;
	return hub->by_row[id];
}

/* A predecessor's event, whose pointers mean nothing here. False: it cannot be told what or whose it is, or
 * it is none that comes after the one of this serial. */
static bool put_right(struct hub *hub, struct event *event, uint64_t serial)
{
	if (event->type >= EVENT_TYPES || event->serial == 0 || event->serial < serial ||
	    event->serial > hub->emitted_before)
		return false;
	event->source = source_of_row(hub, event->source_id);
	if (!event->source)
		return false;
	event->by = source_of_row(hub, event->by_id);
	if (event->location_of == LOCATION_OF_BY && event->by)
		event->location = event->by->location;
	else
		event->location = event->source->location;
	return true;
}

/* Before the handler gets an event, and after it has taken it. */
static void set_offered(struct hub_late_subscription *subscription, uint64_t offered)
{
	if (subscription->kept)
		subscription->kept->offered = offered;
}

static void set_taken(struct hub_late_subscription *subscription)
{
	struct hub_late_place *place = subscription->kept;

	if (!place)
		return;
	/* First what is not used unless the rest is right. */
	place->serial = subscription->serial;
	place->position = subscription->position;
}

static bool dispatch_to(struct hub *hub, struct hub_late_subscription *subscription, size_t most)
{
	hub->served = subscription;
	for (; most > 0 && !subscription->paused; most--) {
		struct event copy;
		int r;

		if (hub->head - subscription->position > hub->capacity)
			subscription->position = hub->head - hub->capacity;
		if (subscription->position == hub->head) {
			report_gap(subscription, hub->counters.emitted + 1);
			if (hub->served)
				set_taken(subscription);
			return false;
		}
		/* A copy, because the handler may emit and so overwrite the slot. */
		copy = *slot(hub, subscription->position);
		if (subscription->position < hub->own_from && !put_right(hub, &copy, subscription->serial)) {
			/* Its serial is missed at the next one that can be told, or at the end. */
			subscription->position++;
			set_taken(subscription);
			continue;
		}
		report_gap(subscription, copy.serial);
		if (!hub->served) /* it has ended itself, and may be freed */
			return false;
		copy.repeated =
			subscription->kept && subscription->kept->offered == subscription->position + 1;
		set_offered(subscription, subscription->position + 1);
		r = subscription->handler(&copy, subscription->userdata);
		if (!hub->served)
			return false;
		if (r == -EAGAIN) {
			set_offered(subscription, 0);
			subscription->paused = true;
			return false;
		}
		subscription->position++;
		subscription->serial = copy.serial;
		set_taken(subscription);
	}
	return !subscription->paused && subscription->serial != hub->counters.emitted;
}

size_t hub_late_waiting(const struct hub *hub)
{
	uint64_t most = 0;

	for (const struct hub_late_subscription *s = hub->late; s; s = s->next)
		if (!s->paused && hub->head - s->position > most)
			most = hub->head - s->position;
	return most < hub->capacity ? (size_t)most : hub->capacity;
}

bool hub_dispatch_late(struct hub *hub, size_t most)
{
	bool more = false;

	for (struct hub_late_subscription *s = hub->late; s; s = hub->next_late) {
		hub->next_late = s->next;
		more |= dispatch_to(hub, s, most);
	}
	hub->served = NULL;
	return more;
}

void hub_resume_late(struct hub_late_subscription *subscription)
{
	subscription->paused = false;
	if (subscription->hub && subscription->hub->wake)
		subscription->hub->wake(subscription->hub->wake_userdata);
}

struct hub_counters hub_counters(const struct hub *hub)
{
	struct hub_counters counters = hub->counters;

	counters.emitted -= hub->emitted_before;
	return counters;
}
