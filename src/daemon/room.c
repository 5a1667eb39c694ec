#include "daemon/room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "io/iio.h"
#include "util/problem.h"

/* Events handed to reporters before the loop looks for edges again. */
#define LATE_BATCH 16

struct room {
	struct component_room shared;
	const struct config *config;
	const struct hub_source **sources; /* of shared.components */
	sd_event_source *late;
};

static int on_late(sd_event_source *source, void *userdata)
{
	struct room *room = userdata;

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
	for (size_t i = 0; i < room->components_n; i++) {
		struct component *component = room->components[i];

		if (!component || !component->changed)
			continue;
		component->changed = false;
		for (struct room_watch *watch = room->watches, *next; watch; watch = next) {
			next = watch->next;
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
		r = sd_event_source_set_priority(room->changes, SD_EVENT_PRIORITY_IDLE + 1);
	return r < 0 ? r : sd_event_source_set_enabled(room->changes, SD_EVENT_OFF);
}

static int add_late(struct room *room)
{
	int r;

	r = sd_event_add_defer(room->shared.event, &room->late, on_late, room);
	if (r >= 0)
		r = sd_event_source_set_priority(room->late, SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		r = sd_event_source_set_enabled(room->late, SD_EVENT_OFF);
	hub_set_late_wake(room->shared.hub, wake_late, room);
	return r;
}

/* The location is the first key of every kind; unset, it is the name. */
static const char *location_of(const struct config_component *component)
{
	const char *location = *(char **)((char *)component->values + component->class->options[0].offset);

	return location ? location : component->name;
}

static int add_sources(struct room *room)
{
	for (size_t i = 0; i < room->shared.components_n; i++) {
		const struct config_component *component = &room->config->components[i];
		int r;

		r = hub_add_source(room->shared.hub, component->class->kind, component->name,
		                   location_of(component), &room->sources[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static const struct hub_source *source_of(const struct room *room, const struct config_component *component)
{
	return room->sources[component - room->config->components];
}

/* The sources that the component's configuration names, or all of the kind if it names none. */
static int resolve_peers(const struct room *room, const struct config_component *config,
                         struct component *component)
{
	const char *kind = NULL;
	const struct option_name_list *names = config_peers(config, &kind);

	if (!names)
		return 0;
	component->peers = calloc(room->shared.components_n, sizeof *component->peers);
	if (!component->peers)
		return -ENOMEM;
	for (size_t i = 0; i < names->n; i++)
		component->peers[component->peers_n++] =
			source_of(room, config_find(room->config, kind, names->names[i]));
	for (size_t i = 0; names->n == 0 && i < room->shared.components_n; i++)
		if (strcmp(room->config->components[i].class->kind, kind) == 0)
			component->peers[component->peers_n++] = room->sources[i];
	return 0;
}

static int add_component(struct room *room, size_t i, struct problem *problem)
{
	const struct config_component *config = &room->config->components[i];
	struct component *component = calloc(1, config->class->instance_size);
	int r;

	if (!component)
		return problem_set(problem, -ENOMEM, "out of memory");
	*component = (struct component){
		.class = config->class,
		.room = &room->shared,
		.source = room->sources[i],
		.config = config->values,
	};
	room->shared.components[i] = component;
	r = resolve_peers(room, config, component);
	if (r >= 0)
		r = config->class->init(component);
	if (r < 0)
		return problem_set(problem, r, "%s %s: cannot be set up: %s", config->class->kind,
		                   config->name, problem_errno(r));
	return 0;
}

int room_new(sd_event *event, const struct config *config, struct room **ret, struct problem *problem)
{
	_cleanup_(room_freep) struct room *room = calloc(1, sizeof *room);
	int r;

	if (!room)
		return problem_set(problem, -ENOMEM, "out of memory");
	room->shared.event = sd_event_ref(event);
	room->config = config;
	room->shared.components = calloc(config->n + 1, sizeof(struct component *));
	room->sources = calloc(config->n + 1, sizeof *room->sources);
	if (!room->shared.components || !room->sources)
		return problem_set(problem, -ENOMEM, "out of memory");
	room->shared.components_n = config->n;
	r = hub_new(ROOM_HUB_CAPACITY, &room->shared.hub);
	if (r >= 0)
		r = iio_new(event, &room->shared.iio);
	if (r >= 0)
		r = add_late(room);
	if (r >= 0)
		r = add_changes(&room->shared);
	if (r >= 0)
		r = add_sources(room);
	if (r < 0)
		return problem_set(problem, r, "the room cannot be set up: %s", problem_errno(r));
	for (size_t i = 0; i < room->shared.components_n; i++) {
		r = add_component(room, i, problem);
		if (r < 0)
			return r;
	}
	*ret = TAKE_PTR(room);
	return 0;
}

int room_start(struct room *room, struct problem *problem)
{
	for (enum component_layer layer = 0; layer < COMPONENT_LAYERS; layer++)
		for (size_t i = 0; i < room->shared.components_n; i++) {
			struct component *component = room->shared.components[i];
			int r;

			if (component->class->layer != layer)
				continue;
			r = component->class->start(component);
			if (r < 0)
				return problem_set(problem, r, "%s %s: cannot be started: %s",
				                   component->class->kind, component_name(component),
				                   problem_errno(r));
		}
	return 0;
}

/* Controllers end before the sensors they listen to. */
static void end_components(struct room *room)
{
	for (enum component_layer layer = COMPONENT_LAYERS; layer-- > 0;)
		for (size_t i = room->shared.components_n; i-- > 0;) {
			struct component *component = room->shared.components[i];

			if (!component || component->class->layer != layer)
				continue;
			component->class->deinit(component);
			free(component->peers);
			free(component);
			room->shared.components[i] = NULL;
		}
}

struct room *room_free(struct room *room)
{
	if (!room)
		return NULL;
	end_components(room);
	sd_event_source_disable_unref(room->late);
	sd_event_source_disable_unref(room->shared.changes);
	iio_free(room->shared.iio);
	hub_free(room->shared.hub);
	sd_event_unref(room->shared.event);
	free(room->shared.components);
	free(room->sources);
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
	end_components(room);
	while (hub_dispatch_late(room->shared.hub, LATE_BATCH))
		;
}
