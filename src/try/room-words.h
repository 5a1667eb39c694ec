/* Whether a room test speaks of the room that there is: its components, their states, events and units. Pure. */
#pragma once

#include "roomd/component.h"
#include "try/statement.h"

/* What the configuration has: all that is asked of a component stands in its kind's tables. */
struct roomtest_component {
	const struct component_class *class;
	const char *name;
	bool has_button; /* a DoorLock with ButtonLine=: "press" means that one; a Button has one by itself */
};

struct roomtest_room {
	const struct roomtest_component *components;
	size_t n;
};

/* What it measures, or, of one that does not, the first of its properties that is a number with a quantity (a Fan's speed):
 * what "expect NAME NUMBER" is about. NULL: there is no such number. `ret_property`: its name in the class's properties, of
 * one that measures NULL. */
const struct quantity *roomtest_quantity(const struct component_class *class, const char **ret_property);

/* True if the word before a name may mean this kind: "LightController", "light_controller", "light"; "sensor" means each
 * sensor; "temperature" what measures it. */
bool roomtest_is_kind(const struct component_class *class, const char *word);

/* Finds the component that each statement means, and sets its `subject`. 0; -EINVAL: what is not there, or cannot be
 * meant, was added to `errors`, all of it: where, what was expected, and the nearest word; nothing of the file should be
 * run then. -ENOMEM. */
int roomtest_check(struct roomtest *test, const struct roomtest_room *room, struct config_errors *errors);
