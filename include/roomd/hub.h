/* The hub: components emit events, and other components get them. They know the hub, and never each other.
 *
 * The hub does not know what an event means; of its type it knows only the position among the types of its
 * kind.
 *
 * Two kinds of listeners:
 *  - subscribers are called within hub_emit(), on the way from an edge to a relay. They must not block, log,
 *    or do a system call other than the one that switches something.
 *  - late subscribers (reporters) get copies afterwards, from hub_dispatch_late(), which the event loop calls
 *    when it has nothing else to do. They may fall behind; then they learn how many events they lost.
 *
 * One thread. Only hub_new() and hub_add_source() allocate. There is one exception: when an event of an
 * earlier process is reported late and its source no longer exists, that source is allocated. */
#pragma once

#include "roomd/event.h"

struct hub;
struct memory;

/* Called with the current event, which is valid until the handler returns. It may emit, and subscribe and
 * unsubscribe itself and others. */
typedef void (*hub_handler)(const struct event *event, void *userdata);

/* A subscription is part of its owner, who does not look inside. All zero: not subscribed. */
struct hub_subscription {
	struct hub_subscription *previous, *next;
	struct hub_list *list;
	struct hub *hub;
	uint64_t id;
	hub_handler handler;
	void *userdata;
};

/* Called late, with a copy. Returns 0 when it has taken the event, or -EAGAIN when it cannot right now:
 * it is then offered the same one again after hub_resume_late(). */
typedef int (*hub_late_handler)(const struct event *event, void *userdata);

/* Called before the next event that is delivered, if `lost` events before it will never be delivered to this
 * late subscriber. They may be of any kind. */
typedef void (*hub_gap_handler)(uint64_t lost, void *userdata);

/* The types of events of a kind, ended by NULL; NULL: there is no such kind. */
typedef const struct event_type *const *(*hub_find_types)(const char *kind);

struct hub_late_place;
struct hub_late_subscription {
	struct hub_late_subscription *next;
	struct hub *hub;
	hub_late_handler handler;
	hub_gap_handler gap;
	void *userdata;
	uint64_t position;
	uint64_t serial;
	bool paused;
	struct hub_late_place *kept; /* in the hub's memory, or NULL */
};

/* What has happened since hub_new() or hub_new_in(); predecessors do not count. */
struct hub_counters {
	uint64_t emitted;   /* events that were given a serial number */
	uint64_t overflows; /* of these, dropped because the queue was full */
};

/* Makes a hub with room for `capacity` events (a power of two, at least 2). This is how many events,
 * including the current one, may wait for subscribers, and how far late subscribers may fall behind. 0 and
 * the hub, to be freed by the caller; -EINVAL, -ENOMEM. */
int hub_new(size_t capacity, struct hub **ret);

/* The same, with its events in a memory that outlives the process (util/memory.h): serial numbers go on where
 * those that the predecessor committed ended. A late subscriber whose position is kept there gets the events
 * that the predecessor's subscriber had not taken, except events of a kind that had other types of events
 * then, or no longer exists. `memory` outlives the hub; it may be NULL. */
int hub_new_in(struct memory *memory, size_t capacity, hub_find_types find_types, struct hub **ret);

/* Ends all subscriptions. Takes NULL; returns NULL. */
struct hub *hub_free(struct hub *hub);

/* The source of this kind and name, owned by the hub: a new one, or the one that was added before, which has
 * this location from now on. The texts are copied; `types`, ended by NULL, are those that it emits, and
 * outlive the hub. -ENOMEM. At start-up and reload only. */
int hub_add_source(struct hub *hub, const char *kind, const struct event_type *const *types, const char *name,
                   const char *location, const struct hub_source **ret);

/* A number of this source that means the same to a successor with the same memory; 0: it has none. And back: NULL if
 * there is none. */
uint16_t hub_source_id(const struct hub_source *source);
const struct hub_source *hub_source_by_id(struct hub *hub, uint16_t id);

/* The component that emits as this source now, so that others can ask it; NULL: none. The hub does not look
 * inside. */
void hub_set_owner(const struct hub_source *source, void *owner);
void *hub_source_owner(const struct hub_source *source);

/* From the next event on `handler` is called for those of this source, or (NULL) of all, in the order of
 * subscription. An event that is being delivered is not affected. If `subscription` is in use already, the
 * earlier subscription ends. */
void hub_subscribe(struct hub *hub, struct hub_subscription *subscription, const struct hub_source *source,
                   hub_handler handler, void *userdata);

/* From now on the handler is not called any more, not even for the current event. Does nothing if not
 * subscribed. */
void hub_unsubscribe(struct hub_subscription *subscription);

/* Delivers the event to all subscribers. `event` is copied; its serial and (if NULL) location are filled in.
 * When a handler emits, its event is delivered after the current one, in order. 0; -ENOBUFS: the queue is
 * full, the event is dropped, counted, and a gap for the late subscribers. */
int hub_emit(struct hub *hub, const struct event *event);

/* Tells the subscribers, but not the late ones, that something about this source changed at `monotonic_ns`.
 * The event, of type event_state_changed, gets no serial number and no place in the ring. Within a handler,
 * it is delivered after the current event; if it is called more than once until then, it is delivered once,
 * with the last time. */
void hub_tell(struct hub *hub, const struct hub_source *source, uint64_t monotonic_ns);

/* Copies of all events from now on. `gap` may be NULL. `subscription` must not be in use already. */
void hub_subscribe_late(struct hub *hub, struct hub_late_subscription *subscription, hub_late_handler handler,
                        hub_gap_handler gap, void *userdata);

/* The same, with a position that outlives the process, under this name in the hub's memory: begins where the
 * predecessor's stopped. If the predecessor may have taken one more event, but could not record it, that
 * event is delivered again, as `repeated`. Without a memory, like hub_subscribe_late(). Returns the same as
 * memory_block(). */
int hub_subscribe_late_kept(struct hub *hub, struct hub_late_subscription *subscription, const char *name,
                            hub_late_handler handler, hub_gap_handler gap, void *userdata);
void hub_unsubscribe_late(struct hub_late_subscription *subscription);

/* `wake(userdata)` is called when there is something for late subscribers: it arranges that
 * hub_dispatch_late() is called, and does nothing else. */
void hub_set_late_wake(struct hub *hub, void (*wake)(void *userdata), void *userdata);

/* Delivers up to `most` events to each late subscriber, of those that there were when it was called: what the
 * handlers emit waits for the next call, before which the caller commits its memory. True if more are waiting for a
 * subscriber that is not paused. */
bool hub_dispatch_late(struct hub *hub, size_t most);

/* How many events wait for the slowest of the late subscribers that are not paused. */
size_t hub_late_waiting(const struct hub *hub);

/* After its handler returned -EAGAIN: it can take events again. Calls `wake` if there are any. */
void hub_resume_late(struct hub_late_subscription *subscription);

/* Calls `handler` for each event in the ring whose serial number is greater, in order, for at most `most` of
 * them. So a caller can catch up without being a late subscriber. The event is valid until the handler
 * returns; the handler may not emit. Returns how many events there were. */
size_t hub_read_since(struct hub *hub, uint64_t serial, size_t most, void (*handler)(const struct event *event, void *userdata),
                      void *userdata);

/* The series of the serial numbers: 32 hexadecimal digits, made at random when serial numbers begin at 1, and
 * kept as long as they go on. So a series and a serial number identify one event for ever. The text is owned
 * by the hub. */
#define HUB_SERIES_SIZE 33
const char *hub_series(const struct hub *hub);

/* The serial number of the newest event, of this process or an earlier one; 0: there was none. */
uint64_t hub_serial(const struct hub *hub);

struct hub_counters hub_counters(const struct hub *hub);
