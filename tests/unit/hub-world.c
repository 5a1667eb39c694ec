#include "hub-world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct event_type begun = { .name = "begun" }, over = { .name = "over" };
const struct event_type *const world_types[] = { &begun, &over, NULL };

struct world *new_world(size_t capacity)
{
	struct world *world = calloc(1, sizeof *world);

	assert_non_null(world);
	assert_int_equal(hub_new(capacity, &world->hub), 0);
	assert_int_equal(hub_add_source(world->hub, "MotionSensor", world_types, "hall", "Hall", &world->hall), 0);
	assert_int_equal(hub_add_source(world->hub, "MotionSensor", world_types, "door", "Front door", &world->door), 0);
	return world;
}

void free_world(struct world *world)
{
	hub_free(world->hub);
	free(world);
}

int world_set_up(void **state)
{
	*state = new_world(CAPACITY);
	return 0;
}

int world_tear_down(void **state)
{
	free_world(*state);
	return 0;
}

struct listener *new_listener(struct world *world, char letter, uint64_t act_at, listener_act act)
{
	struct listener *listener = &world->listeners[world->listeners_n++];

	assert_true(world->listeners_n <= ELEMENTS(world->listeners));
	*listener = (struct listener){ .world = world, .letter = letter, .act_at = act_at, .act = act };
	return listener;
}

struct late_listener *new_late_listener(struct world *world, char letter, uint64_t act_at,
                                        late_listener_act act)
{
	struct late_listener *listener = &world->late_listeners[world->late_listeners_n++];

	assert_true(world->late_listeners_n <= ELEMENTS(world->late_listeners));
	*listener = (struct late_listener){ .world = world, .letter = letter, .act_at = act_at, .act = act };
	return listener;
}

void end_listeners(struct world *world)
{
	while (world->listeners_n > 0)
		hub_unsubscribe(&world->listeners[--world->listeners_n].subscription);
	while (world->late_listeners_n > 0)
		hub_unsubscribe_late(&world->late_listeners[--world->late_listeners_n].subscription);
}

static void write_log(struct world *world, const char *format, ...) PRINTF_LIKE(2, 3);
static void write_log(struct world *world, const char *format, ...)
{
	size_t length = strlen(world->log);
	va_list arguments;

	if (length > 0 && length < sizeof world->log - 1)
		world->log[length++] = ' ';
	va_start(arguments, format);
	vsnprintf(world->log + length, sizeof world->log - length, format, arguments);
	va_end(arguments);
}

void clear_log(struct world *world)
{
	memset(world->log, 0, sizeof world->log);
}

void assert_log(struct world *world, const char *expected)
{
	assert_string_equal(world->log, expected);
	clear_log(world);
}

int emit(struct world *world, const struct hub_source *source)
{
	struct event event = { .type = &begun, .source = source };

	return hub_emit(world->hub, &event);
}

int emit_one(struct world *world)
{
	return emit(world, world->hall);
}

void emit_many(struct world *world, unsigned n)
{
	while (n-- > 0)
		assert_int_equal(emit_one(world), 0);
}

static void hear(const struct event *event, void *userdata)
{
	struct listener *self = userdata;

	self->calls++;
	write_log(self->world, "%c%u", self->letter, (unsigned)event->serial);
	if (self->act && event->serial == self->act_at)
		self->act(self, event);
}

void listen_to(struct listener *listener, const struct hub_source *source)
{
	hub_subscribe(listener->world->hub, &listener->subscription, source, hear, listener);
}

void listen_to_all(struct listener *listener)
{
	listen_to(listener, NULL);
}

int hear_late(const struct event *event, void *userdata)
{
	struct late_listener *self = userdata;

	if (event->serial == self->refuse_at) {
		self->refuse_at = 0;
		write_log(self->world, "%c!", self->letter);
		return -EAGAIN;
	}
	write_log(self->world, "%c%u", self->letter, (unsigned)event->serial);
	if (self->act && event->serial == self->act_at)
		self->act(self, event);
	return 0;
}

void hear_of_gap(uint64_t lost, void *userdata)
{
	struct late_listener *self = userdata;

	write_log(self->world, "%c-%u", self->letter, (unsigned)lost);
}

void listen_late(struct late_listener *listener)
{
	hub_subscribe_late(listener->world->hub, &listener->subscription, hear_late, hear_of_gap, listener);
}

const struct hub_source *source_of(const struct world *world, unsigned form)
{
	return form & 1 ? world->hall : NULL;
}

void act_emit_two(struct listener *self, const struct event *event)
{
	uint64_t serial = event->serial;

	assert_int_equal(emit_one(self->world), 0);
	assert_int_equal(emit_one(self->world), 0);
	/* The event in hand is still there. */
	assert_int_equal(event->serial, serial);
}

void act_overflow(struct listener *self, const struct event *event)
{
	uint64_t serial = event->serial;
	int accepted = 0;

	while (emit_one(self->world) == 0)
		accepted++;
	self->accepted = accepted;
	assert_int_equal(emit_one(self->world), -ENOBUFS);
	assert_int_equal(event->serial, serial);
}

int take(const struct event *event, void *userdata)
{
	(void)event;
	++*(unsigned *)userdata;
	return 0;
}
