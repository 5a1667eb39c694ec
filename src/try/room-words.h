/* Whether a room test speaks of the room that there is: its components, their states, events and units. Pure. */
#pragma once

#include "roomd/component.h"
#include "try/statement.h"

/* What the configuration has: all that is asked of a component stands in its kind's tables. */
struct roomtest_component {
	const struct component_class *class;
	const char *name;
};

struct roomtest_room {
	const struct roomtest_component *components;
	size_t n;
};

/* Finds the component that each statement means, and sets its `subject`. 0; -EINVAL: what is not there, or cannot be
 * meant, was added to `errors`, all of it: where, what was expected, and the nearest word; nothing of the file should be
 * run then. -ENOMEM. */
int roomtest_check(struct roomtest *test, const struct roomtest_room *room, struct config_errors *errors);
