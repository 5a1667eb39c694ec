/* The configuration of an action, and its check. */
#pragma once

#include "roomd/component.h"

/* The folder where events are written for units, unless systemd gives another one. */
#define ACTION_FOLDER "/run/roomd"

/* One of `on` and `when` is set. */
struct action_config {
	char *location;
	char *on; /* "lock_alert", "front lock_alert"; NULL: unset */
	struct option_condition_value when;
	char *unit;
	uint64_t at_most_every_ns;
};

/* See struct component_class. */
extern const struct option action_options[];
int action_check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem);

/* Splits On=, such as "front lock_alert": returns the event, and the length of the component's name before
 * it; 0: there is no name. */
const char *action_event(const char *on, size_t *ret_who);
