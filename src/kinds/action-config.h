/* What an action is told by its section, and what is wrong with it. */
#pragma once

#include "roomd/component.h"

/* Where events are written to for units, unless systemd says otherwise. */
#define ACTION_FOLDER "/run/roomd"

/* One of `on` and `when` is set. */
struct action_config {
	char *location;
	char *on; /* "lock_alert", "front lock_alert"; NULL: unset */
	struct option_condition_value when;
	char *unit;
	uint64_t at_most_every_ns;
};

/* As component_class has them. */
extern const struct option action_options[];
int action_check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem);

/* "front lock_alert": returns what, and how long the name of who is, with which it begins; 0: it has none. */
const char *action_event(const char *on, size_t *ret_who);
