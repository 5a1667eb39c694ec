#include "daemon/room-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "io/gpio.h"
#include "io/reader.h"
#include "util/memory.h"
#include "util/problem.h"
#include "util/ranks.h"

/* Events handed to reporters before the loop looks for edges again. */
#define LATE_BATCH 16
/* While components are started nobody reports, and one that adopts a line may have as many edges as the
 * kernel keeps, each with what follows from it: with more than this waiting, they might not fit into the
 * ring. */
#define LATE_AT_START (ROOM_HUB_CAPACITY / 8)

/* What is said is committed first: whoever is killed after it does not say it again with another serial. */
static int on_late(sd_event_source *source, void *userdata)
{
	struct room *room = userdata;

	memory_commit(room->shared.memory);
	if (!hub_dispatch_late(room->shared.hub, LATE_BATCH))
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	return 0;
}

static void wake_late(void *userdata)
{
	struct room *room = userdata;

	sd_event_source_set_enabled(room->late, SD_EVENT_ON);
}

static int on_changes(sd_event_source *source, void *userdata)
{
	struct component_room *room = userdata;

	(void)source;
	memory_commit(room->memory);
	for (size_t i = 0; i < room->components_n; i++) {
		struct component *component = room->components[i];

		if (!component || !component->changed)
			continue;
		component->changed = false;
		for (struct room_watch *watch = room->watches, *next; watch; watch = next) {
			next = watch->next;
			if (watch->changed)
				watch->changed(component, watch->userdata);
		}
	}
	return 0;
}

/* After the reporters, so that who is told of a change has heard of the event. */
static int add_changes(struct component_room *room)
{
	int r;

	r = sd_event_add_defer(room->event, &room->changes, on_changes, room);
	if (r >= 0)
		r = sd_event_source_set_priority(room->changes, RANK_LAST);
	return r < 0 ? r : sd_event_source_set_enabled(room->changes, SD_EVENT_OFF);
}

static int add_late(struct room *room)
{
	int r;

	r = sd_event_add_defer(room->shared.event, &room->late, on_late, room);
	if (r >= 0)
		r = sd_event_source_set_priority(room->late, RANK_REPORTS);
	if (r >= 0)
		r = sd_event_source_set_enabled(room->late, SD_EVENT_OFF);
	hub_set_late_wake(room->shared.hub, wake_late, room);
	return r;
}

void room_use_set(struct room *room, const struct room_set *set)
{
	room->set = *set;
	room->shared.components = set->components;
	room->shared.components_n = set->n;
}

/* Its fields as its predecessor left them, if there was one. */
static int recall(struct component *component)
{
	const struct component_class *class = component->class;
	char name[COMPONENT_STORED_AS_SIZE];
	int r;

	if (!class->kept)
		return 0;
	r = memory_keep(component->room->memory, component_stored_as(component, "kept", name), class->kept,
	                component);
	component->recalled = r > 0;
	if (r > 0 && class->restored)
		class->restored(component, KEPT_OVER_RESTART);
	return r;
}

static int add_component(struct room *room, size_t i, struct problem *problem)
{
	const struct room_set *set = &room->set;
	const struct config_component *config = &set->config->components[i];
	struct component *component = calloc(1, config->class->instance_size);
	int r;

	if (!component)
		return problem_set(problem, -ENOMEM, "out of memory");
	*component = (struct component){
		.class = config->class,
		.room = &room->shared,
		.source = set->sources[i],
		.config = config->section.values,
	};
	set->components[i] = component;
	hub_set_owner(component->source, component);
	r = room_set_resolve(set, config, &component->peers, &component->peers_n);
	if (r >= 0)
		r = config->class->init(component);
	if (r >= 0)
		r = recall(component);
	if (r < 0)
		return problem_set(problem, r, "%s %s: cannot be set up: %s", config->class->kind,
		                   config->name, problem_errno(r));
	return 0;
}

int room_add_missing(struct room *room, struct problem *problem)
{
	int r = 0;

	gpio_hold_chips(); /* what is taken from the store is checked */
	for (size_t i = 0; r >= 0 && i < room->set.n; i++) {
		if (room->set.components[i])
			continue;
		r = add_component(room, i, problem);
		for (struct room_watch *watch = room->shared.watches; r >= 0 && watch; watch = watch->next)
			if (watch->added)
				watch->added(room->set.components[i], watch->userdata);
	}
	gpio_release_chips();
	return r;
}

static const struct event_type *const *find_types(const char *kind)
{
	const struct component_class *class = component_class_find(kind);

	return class ? class->events : NULL;
}

int room_new(sd_event *event, struct fd_store *store, struct memory *memory, struct config *config,
             struct room **ret, struct problem *problem)
{
	_cleanup_(room_freep) struct room *room = calloc(1, sizeof *room);
	struct room_set set;
	int r;

	if (!room)
		return problem_set(problem, -ENOMEM, "out of memory");
	room->shared.event = sd_event_ref(event);
	arrivals_init(&room->arrivals, event);
	room->shared.arrivals = &room->arrivals;
	lines_init(&room->lines, event, &room->arrivals);
	room->shared.lines = &room->lines;
	room->shared.remotes = &room->remotes;
	room->shared.store = store;
	room->shared.memory = memory;
	r = hub_new_in(memory, ROOM_HUB_CAPACITY, find_types, &room->shared.hub);
	if (r >= 0)
		r = readers_new(room->shared.event, &room->shared.readers);
	if (r >= 0)
		r = add_late(room);
	if (r >= 0)
		r = add_changes(&room->shared);
	if (r >= 0)
		r = room_set_new(room->shared.hub, config, &set);
	if (r < 0)
		return problem_set(problem, r, "the room cannot be set up: %s", problem_errno(r));
	room_use_set(room, &set);
	r = room_add_missing(room, problem);
	if (r < 0)
		return r;
	room->whole = true;
	*ret = TAKE_PTR(room);
	return 0;
}

/* Hands reporters all that they take now, committed as in on_late(). */
static void report_all(struct room *room)
{
	do
		memory_commit(room->shared.memory);
	while (hub_dispatch_late(room->shared.hub, LATE_BATCH));
}

static int start_component(struct room *room, struct component *component, struct problem *problem)
{
	int r;

	if (component->started)
		return 0;
	if (hub_late_waiting(room->shared.hub) > LATE_AT_START)
		report_all(room);
	component->started = true;
	r = component->class->start(component);
	return r < 0 ? problem_set(problem, r, "%s %s: cannot be started: %s", component->class->kind,
	                           component_name(component), problem_errno(r))
	             : 0;
}

static int start_components(struct room *room, struct problem *problem)
{
	for (enum component_layer layer = 0; layer < COMPONENT_LAYERS; layer++)
		for (size_t i = 0; i < room->set.n; i++) {
			int r = 0;

			if (room->set.components[i]->class->layer == layer)
				r = start_component(room, room->set.components[i], problem);
			if (r < 0)
				return r;
		}
	return 0;
}

int room_start(struct room *room, struct problem *problem)
{
	int r;

	for (size_t i = 0; i < room->set.n; i++)
		if (room->set.components[i]->class->ask)
			room->set.components[i]->class->ask(room->set.components[i]);
	gpio_hold_chips();
	r = start_components(room, problem);
	gpio_release_chips();
	if (r >= 0)
		memory_commit(room->shared.memory);
	return r;
}

bool room_stops(const struct room *room)
{
	for (size_t i = 0; i < room->set.n; i++) {
		const struct component *component = room->set.components[i];

		if (component->class->stops && component->class->stops(component))
			return true;
	}
	return false;
}

void room_stop(struct room *room)
{
	for (size_t i = 0; i < room->set.n; i++)
		if (room->set.components[i]->class->stop)
			room->set.components[i]->class->stop(room->set.components[i]);
}

/* What it keeps stays in the memory, and its descriptors in the store. */
static void end_component(struct room *room, struct component **slot)
{
	struct component *component = *slot;
	char name[COMPONENT_STORED_AS_SIZE];

	for (struct room_watch *watch = room->shared.watches, *next; watch; watch = next) {
		next = watch->next;
		if (watch->removed)
			watch->removed(component, watch->userdata);
	}
	memory_leave(room->shared.memory, component_stored_as(component, "kept", name));
	component->class->deinit(component);
	hub_set_owner(component->source, NULL);
	free((void *)component->peers);
	free(component);
	*slot = NULL;
}

void room_end_components(struct room *room)
{
	/* Half a room knows only half of what its predecessor left. */
	if (room->whole)
		memory_commit(room->shared.memory);
	for (enum component_layer layer = COMPONENT_LAYERS; layer-- > 0;)
		for (size_t i = room->set.n; i-- > 0;)
			if (room->set.components[i] && room->set.components[i]->class->layer == layer)
				end_component(room, &room->set.components[i]);
}

struct config *room_config(struct room *room)
{
	return room->set.config;
}

/* --- the end --------------------------------------------------------------------------------- */

struct room *room_free(struct room *room)
{
	if (!room)
		return NULL;
	room_end_components(room);
	sd_event_source_disable_unref(room->late);
	sd_event_source_disable_unref(room->shared.changes);
	readers_free(room->shared.readers);
	hub_free(room->shared.hub);
	sd_event_unref(room->shared.event);
	room_set_free(&room->set);
	free(room);
	return NULL;
}

struct hub *room_hub(struct room *room)
{
	return room->shared.hub;
}

struct component_room *room_shared(struct room *room)
{
	return &room->shared;
}

void room_end(struct room *room)
{
	room_end_components(room);
	report_all(room);
}
