#include "daemon/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/components.h"
#include "io/arrivals.h"
#include "io/gpio.h"
#include "io/reader.h"
#include "io/lines.h"
#include "util/memory.h"
#include "util/problem.h"
#include "util/ranks.h"
#include "util/snake.h"

/* Events handed to reporters before the loop looks for edges again. */
#define LATE_BATCH 16
/* While components are started nobody reports, and one that adopts a line may have as many edges as the
 * kernel keeps, each with what follows from it: with more than this waiting, they might not fit into the
 * ring. */
#define LATE_AT_START (ROOM_HUB_CAPACITY / 8)

/* The components of one configuration, in its order. */
struct set {
	struct config *config;
	struct component **components;
	const struct hub_source **sources;
	size_t n;
};

struct room {
	struct component_room shared;
	struct arrivals arrivals;
	struct lines lines;
	bool whole; /* all components were made, and have been asked what they keep */
	struct set set;
	sd_event_source *late;
};

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

/* The location is the first key of every kind; unset, it is the name. */
static const char *location_of(const struct config_component *component)
{
	const void *field = (const char *)component->values + component->class->options[0].offset;
	const char *location = *(char *const *)field;

	return location ? location : component->name;
}

static int add_sources(struct room *room, struct set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct config_component *component = &set->config->components[i];
		int r;

		r = hub_add_source(room->shared.hub, component->class->kind, component->class->events,
		                   component->name, location_of(component), &set->sources[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static void free_set(struct set *set)
{
	free(set->components);
	free(set->sources);
	*set = (struct set){ 0 };
}

/* Room for the components of this configuration; none is made yet. */
static int new_set(struct room *room, struct config *config, struct set *ret)
{
	struct set set = {
		.config = config,
		.components = calloc(config->n + 1, sizeof(struct component *)),
		.sources = calloc(config->n + 1, sizeof *set.sources),
		.n = config->n,
	};
	int r = set.components && set.sources ? add_sources(room, &set) : -ENOMEM;

	if (r < 0)
		free_set(&set);
	else
		*ret = set;
	return r;
}

static void use_set(struct room *room, const struct set *set)
{
	room->set = *set;
	room->shared.components = set->components;
	room->shared.components_n = set->n;
}

/* Adds the sources that this key names, or all of its kind if it names none. Returns how many there are then. */
static size_t add_peers(const struct set *set, const struct option *option, const struct option_name_list *names,
                        const struct hub_source **peers, size_t n)
{
	for (size_t i = 0; i < names->n; i++)
		peers[n++] = set->sources[config_find(set->config, option->refers_to, names->names[i]) -
		                          set->config->components];
	for (size_t i = 0; names->n == 0 && !option->unset_is_none && i < set->n; i++)
		if (strcmp(set->config->components[i].class->kind, option->refers_to) == 0)
			peers[n++] = set->sources[i];
	return n;
}

/* Those of all its keys that name components, in the order of the keys. The list is the caller's. */
static int resolve_peers(const struct set *set, const struct config_component *config,
                         const struct hub_source ***ret, size_t *ret_n)
{
	const struct hub_source **peers = NULL, **grown;
	size_t n = 0;

	for (const struct option *option = config->class->options; option->key; option++) {
		const struct option_name_list *names = config_field(config, option);

		if (option->type != &option_names)
			continue;
		/* A name may stand there twice. */
		grown = reallocarray(peers, n + names->n + set->n + 1, sizeof *peers);
		if (!grown) {
			free(peers);
			return -ENOMEM;
		}
		peers = grown;
		n = add_peers(set, option, names, peers, n);
	}
	*ret = peers;
	*ret_n = n;
	return 0;
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
	const struct set *set = &room->set;
	const struct config_component *config = &set->config->components[i];
	struct component *component = calloc(1, config->class->instance_size);
	int r;

	if (!component)
		return problem_set(problem, -ENOMEM, "out of memory");
	*component = (struct component){
		.class = config->class,
		.room = &room->shared,
		.source = set->sources[i],
		.config = config->values,
	};
	set->components[i] = component;
	r = resolve_peers(set, config, &component->peers, &component->peers_n);
	if (r >= 0)
		r = config->class->init(component);
	if (r >= 0)
		r = recall(component);
	if (r < 0)
		return problem_set(problem, r, "%s %s: cannot be set up: %s", config->class->kind,
		                   config->name, problem_errno(r));
	return 0;
}

/* All that are not there, and lets watchers know of them. One that could not be made has ended already what
 * it had begun. */
static int add_missing(struct room *room, struct problem *problem)
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
	struct set set;
	int r;

	if (!room)
		return problem_set(problem, -ENOMEM, "out of memory");
	room->shared.event = sd_event_ref(event);
	arrivals_init(&room->arrivals, event);
	room->shared.arrivals = &room->arrivals;
	lines_init(&room->lines, event, &room->arrivals);
	room->shared.lines = &room->lines;
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
		r = new_set(room, config, &set);
	if (r < 0)
		return problem_set(problem, r, "the room cannot be set up: %s", problem_errno(r));
	use_set(room, &set);
	r = add_missing(room, problem);
	if (r < 0)
		return r;
	room->whole = true;
	*ret = TAKE_PTR(room);
	return 0;
}

/* Hands reporters all that they take now. */
static void report_all(struct room *room)
{
	memory_commit(room->shared.memory);
	while (hub_dispatch_late(room->shared.hub, LATE_BATCH))
		;
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
		if (room->set.components[i]->class->announce)
			room->set.components[i]->class->announce(room->set.components[i]);
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
	free(component->peers);
	free(component);
	*slot = NULL;
}

/* Controllers end before the sensors they listen to. */
static void end_components(struct room *room)
{
	/* Half a room knows only half of what its predecessor left. */
	if (room->whole)
		memory_commit(room->shared.memory);
	for (enum component_layer layer = COMPONENT_LAYERS; layer-- > 0;)
		for (size_t i = room->set.n; i-- > 0;)
			if (room->set.components[i] && room->set.components[i]->class->layer == layer)
				end_component(room, &room->set.components[i]);
}

/* --- reload ---------------------------------------------------------------------------------- */

static bool have_same_values(const struct config_component *a, const struct config_component *b)
{
	static char text_a[CONFIG_VALUE_SIZE], text_b[CONFIG_VALUE_SIZE];

	for (const struct option *option = a->class->options; option->key; option++) {
		option->type->format(option, config_field(a, option), text_a, sizeof text_a);
		option->type->format(option, config_field(b, option), text_b, sizeof text_b);
		if (strcmp(text_a, text_b) != 0)
			return false;
	}
	return true;
}

/* The i-th component of the next set is one that runs, as it is: its index in the present one. -ENOENT: there
 * is none, or it has other settings or other peers. */
static int find_unchanged(const struct room *room, const struct set *next, size_t i)
{
	const struct config_component *wanted = &next->config->components[i];
	const struct config_component *present =
		config_find(room->set.config, wanted->class->kind, wanted->name);
	const struct component *component;
	const struct hub_source **peers;
	size_t n, index;
	bool same;

	if (!present || !have_same_values(present, wanted))
		return -ENOENT;
	index = (size_t)(present - room->set.config->components);
	component = room->set.components[index];
	if (resolve_peers(next, wanted, &peers, &n) < 0)
		return -ENOMEM;
	same = n == component->peers_n && (n == 0 || memcmp(peers, component->peers, n * sizeof *peers) == 0);
	free(peers);
	return same ? (int)index : -ENOENT;
}

/* It goes on with the values that it knows, which are as good as the new ones. */
static void move(struct room *room, size_t from, struct set *next, size_t to)
{
	void *values = next->config->components[to].values;

	next->config->components[to].values = room->set.config->components[from].values;
	room->set.config->components[from].values = values;
	next->components[to] = room->set.components[from];
	room->set.components[from] = NULL;
}

/* What was known of a component that the next configuration does not have is forgotten. Its lines are in the
 * store, where nobody takes them. */
static void forget_component(struct room *room, const struct config_component *config)
{
	char kind[COMPONENT_STORED_AS_SIZE / 2], prefix[COMPONENT_STORED_AS_SIZE];

	snprintf(prefix, sizeof prefix, "%s/%s/", snake_case(config->class->kind, kind, sizeof kind),
	         config->name);
	memory_forget_below(room->shared.memory, prefix);
}

static void forget_gone(struct room *room, const struct set *before)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct config_component *config = &before->config->components[i];

		if (!config_find(room->set.config, config->class->kind, config->name))
			forget_component(room, config);
	}
}

struct config *room_config(struct room *room)
{
	return room->set.config;
}

/* Without those that could not be made: whoever looks at the room until it is ended finds whole components.
 */
static void leave_out_missing(struct room *room)
{
	size_t n = 0;

	for (size_t i = 0; i < room->set.n; i++)
		if (room->set.components[i])
			room->set.components[n++] = room->set.components[i];
	room->set.n = room->shared.components_n = n;
	room->whole = false;
}

int room_reload(struct room *room, struct config *config, struct problem *problem)
{
	struct set next, before = room->set;
	int r;

	r = new_set(room, config, &next);
	if (r < 0)
		return problem_set(problem, r, "nothing was changed: %s", problem_errno(r));
	memory_commit(room->shared.memory);
	for (size_t i = 0; i < next.n; i++) {
		int from = find_unchanged(room, &next, i);

		if (from >= 0)
			move(room, (size_t)from, &next, i);
	}
	end_components(room);
	use_set(room, &next);
	forget_gone(room, &before);
	r = add_missing(room, problem);
	if (r < 0)
		leave_out_missing(room);
	free_set(&before);
	return r;
}

/* --- the end --------------------------------------------------------------------------------- */

struct room *room_free(struct room *room)
{
	if (!room)
		return NULL;
	end_components(room);
	sd_event_source_disable_unref(room->late);
	sd_event_source_disable_unref(room->shared.changes);
	readers_free(room->shared.readers);
	hub_free(room->shared.hub);
	sd_event_unref(room->shared.event);
	free_set(&room->set);
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
	report_all(room);
}
