/* Going over to another configuration: what is the same in both stays as it is. */
#include "daemon/room-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/memory.h"
#include "util/problem.h"
#include "util/snake.h"

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
static int find_unchanged(const struct room *room, const struct room_set *next, size_t i)
{
	const struct config_component *wanted = &next->config->components[i];
	const struct config_component *present =
		config_find(room->set.config, wanted->class->kind, wanted->name);
	const struct component *component;
	const struct component_peer *peers;
	size_t n, index;
	bool same;

	if (!present || !have_same_values(present, wanted))
		return -ENOENT;
	index = (size_t)(present - room->set.config->components);
	component = room->set.components[index];
	if (room_set_resolve(next, wanted, &peers, &n) < 0)
		return -ENOMEM;
	same = n == component->peers_n && (n == 0 || memcmp(peers, component->peers, n * sizeof *peers) == 0);
	free((void *)peers);
	return same ? (int)index : -ENOENT;
}

/* It goes on with the values that it knows, which are as good as the new ones. */
static void move(struct room *room, size_t from, struct room_set *next, size_t to)
{
	void *values = next->config->components[to].section.values;

	next->config->components[to].section.values = room->set.config->components[from].section.values;
	room->set.config->components[from].section.values = values;
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

static void forget_gone(struct room *room, const struct room_set *before)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct config_component *config = &before->config->components[i];

		if (!config_find(room->set.config, config->class->kind, config->name))
			forget_component(room, config);
	}
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
	struct room_set next, before = room->set;
	int r;

	r = room_set_new(room->shared.hub, config, &next);
	if (r < 0)
		return problem_set(problem, r, "nothing was changed: %s", problem_errno(r));
	memory_commit(room->shared.memory);
	for (size_t i = 0; i < next.n; i++) {
		int from = find_unchanged(room, &next, i);

		if (from >= 0)
			move(room, (size_t)from, &next, i);
	}
	room_end_components(room);
	room_use_set(room, &next);
	forget_gone(room, &before);
	r = room_add_missing(room, problem);
	if (r < 0)
		leave_out_missing(room);
	room_set_free(&before);
	return r;
}
