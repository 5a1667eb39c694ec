#include "daemon/room-set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config-conditions.h"

/* The location is the first key of every kind; unset, it is the name. */
static const char *location_of(const struct config_component *component)
{
	const void *field = (const char *)component->section.values + component->class->options[0].offset;
	const char *location = *(char *const *)field;

	return location ? location : component->name;
}

static int add_sources(struct hub *hub, struct room_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct config_component *component = &set->config->components[i];
		int r;

		r = hub_add_source(hub, component->class->kind, component->class->events,
		                   component->name, location_of(component), &set->sources[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

void room_set_free(struct room_set *set)
{
	free(set->components);
	free(set->sources);
	*set = (struct room_set){ 0 };
}

int room_set_new(struct hub *hub, struct config *config, struct room_set *ret)
{
	struct room_set set = {
		.config = config,
		.components = calloc(config->n + 1, sizeof(struct component *)),
		.sources = calloc(config->n + 1, sizeof *set.sources),
		.n = config->n,
	};
	int r = set.components && set.sources ? add_sources(hub, &set) : -ENOMEM;

	if (r < 0)
		room_set_free(&set);
	else
		*ret = set;
	return r;
}

/* Adds the sources that this key names, or all of its kind if it names none. Returns how many there are then. */
static size_t add_peers(const struct room_set *set, const struct option *option, const struct option_name_list *names,
                        struct component_peer *peers, size_t n)
{
	for (size_t i = 0; i < names->n; i++)
		peers[n++] = (struct component_peer){
			set->sources[config_find(set->config, option->refers_to, names->names[i]) -
		                     set->config->components],
			option,
		};
	for (size_t i = 0; names->n == 0 && !option->unset_is_none && i < set->n; i++)
		if (strcmp(set->config->components[i].class->kind, option->refers_to) == 0)
			peers[n++] = (struct component_peer){ set->sources[i], option };
	return n;
}

/* One for each term, in order. */
static size_t add_subjects(const struct room_set *set, const struct option *option, const struct condition *condition,
                           struct component_peer *peers, size_t n)
{
	for (unsigned i = 0; condition && i < condition->terms_n; i++)
		peers[n++] = (struct component_peer){
			set->sources[config_condition_subject(set->config, &condition->terms[i]) - set->config->components],
			option,
		};
	return n;
}

/* How many there may be at most: a name may stand there twice. */
static size_t most_peers(const struct room_set *set, const struct config_component *config)
{
	size_t n = 0;

	for (const struct option *option = config->class->options; option->key; option++)
		if (option->type == &option_names)
			n += ((const struct option_name_list *)config_field(config, option))->n + set->n;
		else if (option->type == &option_condition)
			n += CONDITION_TERMS_MAX;
	return n;
}

int room_set_resolve(const struct room_set *set, const struct config_component *config,
                     const struct component_peer **ret, size_t *ret_n)
{
	struct component_peer *peers = calloc(most_peers(set, config) + 1, sizeof *peers);
	size_t n = 0;

	if (!peers)
		return -ENOMEM;
	for (const struct option *option = config->class->options; option->key; option++) {
		const void *field = config_field(config, option);

		if (option->type == &option_names)
			n = add_peers(set, option, field, peers, n);
		else if (option->type == &option_condition)
			n = add_subjects(set, option, ((const struct option_condition_value *)field)->condition, peers, n);
	}
	*ret = peers;
	*ret_n = n;
	return 0;
}
