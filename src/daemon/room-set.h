/* The components of one configuration: where events of each come from, and whom each one names. */
#pragma once

#include "daemon/config.h"
#include "roomd/component.h"

/* In the configuration's order. */
struct room_set {
	struct config *config;
	struct component **components; /* NULL where none is made */
	const struct hub_source **sources;
	size_t n;
};

/* Room for the components of this configuration, which outlives it; none is made yet. -ENOMEM. */
int room_set_new(struct hub *hub, struct config *config, struct room_set *ret);

/* The components are the caller's. */
void room_set_free(struct room_set *set);

/* Whom a component of this set names, under all of its keys that name components, in the order of the keys; a
 * key that is unset may mean all of a kind. The list is the caller's. -ENOMEM. */
int room_set_resolve(const struct room_set *set, const struct config_component *config,
                     const struct component_peer **ret, size_t *ret_n);
