#include "daemon/room-set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The location is the first key of every kind; unset, it is the name. */
static const char *location_of(const struct config_component *component)
{
	const void *field = (const char *)component->values + component->class->options[0].offset;
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

int room_set_resolve(const struct room_set *set, const struct config_component *config,
                     const struct component_peer **ret, size_t *ret_n)
{
	struct component_peer *peers = NULL, *grown;
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
