/* Compares a room test with the room: its components, their states, events and units. Pure. */
#pragma once

#include "roomd/component.h"
#include "try/statement.h"

/* A component of the configuration. Everything else about it is in its kind's tables. */
struct roomtest_component {
	const struct component_class *class;
	const char *name;
	bool has_button; /* a DoorLock with ButtonLine=: "press" means that one; a Button has one by itself */
};

struct roomtest_room {
	const struct roomtest_component *components;
	size_t n;
};

/* The quantity of "expect NAME NUMBER": the one that the kind measures, or, if it measures nothing, that of
 * its first property with a quantity (a Fan's speed). NULL: there is none. `ret_property`: the property's
 * name; NULL if the kind measures. */
const struct quantity *roomtest_quantity(const struct component_class *class, const char **ret_property);

/* True if the word before a name may mean this kind: "LightController", "light_controller", "light"; "sensor"
 * means every sensor, "temperature" every kind that measures it. */
bool roomtest_is_kind(const struct component_class *class, const char *word);

/* Finds the component that each statement means, and sets its `subject`. 0; -EINVAL: all errors were added to
 * `errors`, with the place, what was expected, and the nearest word; then the file must not be run. -ENOMEM. */
int roomtest_check(struct roomtest *test, const struct roomtest_room *room, struct config_errors *errors);
