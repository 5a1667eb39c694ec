/* The components of one configuration: the source of each one's events, and the components that each one
 * names. */
#pragma once

#include "daemon/config.h"
#include "roomd/component.h"

/* In the configuration's order. */
struct room_set {
	struct config *config;
	struct component **components; /* NULL: not made */
	const struct hub_source **sources;
	size_t n;
};

/* Makes a set for the components of this configuration, which outlives it; makes no component yet. 0 or
 * -ENOMEM. */
int room_set_new(struct hub *hub, struct config *config, struct room_set *ret);

/* Does not free the components, which are the caller's. */
void room_set_free(struct room_set *set);

/* The components that a component of this set names, in the order of its keys. A key that is unset may mean
 * all components of a kind. The list is the caller's. 0 or -ENOMEM. */
int room_set_resolve(const struct room_set *set, const struct config_component *config,
                     const struct component_peer **ret, size_t *ret_n);
