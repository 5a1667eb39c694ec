/* A hub with two sources, and listeners that write what they hear into a log: "a1 b1 a2" is event 1 to a and
 * b, then event 2 to a; "l-3" is l being told of three that are lost; "l!" is l refusing one. */
#pragma once

#include "helpers.h"
#include "roomd/hub.h"

#define CAPACITY 8
#define LISTENERS_MAX 8

/* What its sources emit, ended by NULL. */
extern const struct event_type *const world_types[];

struct listener;
struct late_listener;
typedef void (*listener_act)(struct listener *self, const struct event *event);
typedef void (*late_listener_act)(struct late_listener *self, const struct event *event);

struct listener {
	struct world *world;
	struct hub_subscription subscription;
	char letter;
	unsigned calls;
	/* What it does at the event with this serial number, and to whom. */
	uint64_t act_at;
	listener_act act;
	struct listener *other;
	int accepted; /* events that it could emit */
};

struct late_listener {
	struct world *world;
	struct hub_late_subscription subscription;
	char letter;
	uint64_t refuse_at; /* with -EAGAIN, once */
	uint64_t act_at;
	late_listener_act act;
	struct late_listener *other;
};

/* The listeners live as long as the hub they are subscribed to. */
struct world {
	struct hub *hub;
	const struct hub_source *hall, *door;
	char log[1024];
	unsigned wakes;
	struct listener listeners[LISTENERS_MAX];
	struct late_listener late_listeners[4];
	size_t listeners_n, late_listeners_n;
};

/* Of CAPACITY or another one, to be freed by the caller. */
struct world *new_world(size_t capacity);
void free_world(struct world *world);

/* For cmocka: a world of CAPACITY as the state of a test. */
int world_set_up(void **state);
int world_tear_down(void **state);
#define in_world(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

/* Listeners that are not subscribed yet; `act` may be NULL. */
struct listener *new_listener(struct world *world, char letter, uint64_t act_at, listener_act act);
struct late_listener *new_late_listener(struct world *world, char letter, uint64_t act_at,
                                        late_listener_act act);

/* Unsubscribes all of them and makes room for others. */
void end_listeners(struct world *world);

/* NULL: to all. */
void listen_to(struct listener *listener, const struct hub_source *source);
void listen_to_all(struct listener *listener);
void listen_late(struct late_listener *listener);

/* The handlers behind listen_late(). */
int hear_late(const struct event *event, void *userdata);
void hear_of_gap(uint64_t lost, void *userdata);

/* A late handler that counts events in an unsigned. */
int take(const struct event *event, void *userdata);

/* The two forms of a subscription, by the last bit: to all sources, and to the hall. */
#define FORMS 2
const struct hub_source *source_of(const struct world *world, unsigned form);

/* What was heard since the last time. */
void assert_log(struct world *world, const char *expected);
void clear_log(struct world *world);

/* An event, the first of the types, of this source; of the hall; so many of those, which must be accepted. */
int emit(struct world *world, const struct hub_source *source);
int emit_one(struct world *world);
void emit_many(struct world *world, unsigned n);

/* For `act`: emits two events; emits until the queue is full, and then two more that are dropped. */
void act_emit_two(struct listener *self, const struct event *event);
void act_overflow(struct listener *self, const struct event *event);
