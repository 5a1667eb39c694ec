#include "try/room-find.h"

#include <string.h>

#include "roomd/event.h"
#include "roomd/quantity.h"
#include "util/snake.h"

static bool is_class(const struct component_class *class, const char *word)
{
	return class->kind_class && strcmp(class->kind_class, word) == 0;
}

/* --- kinds ----------------------------------------------------------------------------------- */

bool roomtest_is_kind(const struct component_class *class, const char *word)
{
	char snake[64];

	if (strcmp(class->kind, word) == 0 || strcmp(snake_case(class->kind, snake, sizeof snake), word) == 0)
		return true;
	if (strcmp(word, "contact") == 0)
		return is_class(class, "opening");
	if (strcmp(word, "sensor") == 0)
		return is_class(class, "motion") || is_class(class, "opening") || is_class(class, "measure");
	return is_class(class, word) || (class->measure && strcmp(class->measure->quantity->name, word) == 0);
}

const struct quantity *roomtest_quantity(const struct component_class *class, const char **ret_property)
{
	const struct interface_property *property = class->properties;

	*ret_property = NULL;
	if (class->measure)
		return class->measure->quantity;
	while (property && property->name && !(property->type == 'd' && property->quantity))
		property++;
	if (!property || !property->name)
		return NULL;
	*ret_property = property->name;
	return property->quantity;
}

const struct event_type *room_event(const struct component_class *class, const char *name)
{
	for (const struct event_type *const *type = class->events; type && *type; type++)
		if (strcmp((*type)->name, name) == 0)
			return *type;
	return NULL;
}

/* --- components ------------------------------------------------------------------------------ */

/* One of the states that every kind has tells nothing of which is meant. */
static bool has_own_state(const struct component_class *class, const char *word)
{
	const struct component_state *state = class->states;

	while (state && state->name && strcmp(state->name, word) != 0)
		state++;
	return state && state->name;
}

bool room_is_able(const struct roomtest_component *component, const struct statement *statement)
{
	const struct component_class *class = component->class;
	const char *property;

	switch (statement->kind) {
	case STATEMENT_MOTION:
	case STATEMENT_NO_MOTION:
		return is_class(class, "motion");
	case STATEMENT_OPEN:
	case STATEMENT_CLOSE:
		return is_class(class, "opening");
	case STATEMENT_PRESS:
		return is_class(class, "button") || component->has_button;
	case STATEMENT_VALUE:
		return class->measure;
	case STATEMENT_UNPLUG:
	case STATEMENT_PLUG:
		return !is_class(class, "schedule") && !is_class(class, "action");
	case STATEMENT_EXPECT:
		return has_own_state(class, statement->word);
	case STATEMENT_EXPECT_VALUE:
		return roomtest_quantity(class, &property);
	default: /* an event */
		return room_event(class, statement->word);
	}
}

bool room_may_be_meant(const struct roomtest_component *component, const struct statement *statement)
{
	return strcmp(component->name, statement->name) == 0 &&
	       (!statement->component_kind || roomtest_is_kind(component->class, statement->component_kind));
}

const struct roomtest_component *room_find(const struct roomtest_room *room, const struct statement *statement,
                                           size_t *ret_n)
{
	const struct roomtest_component *only = NULL, *able = NULL;
	size_t n = 0, able_n = 0;

	for (size_t i = 0; i < room->n; i++) {
		if (!room_may_be_meant(&room->components[i], statement))
			continue;
		only = &room->components[i];
		n++;
		if (room_is_able(only, statement)) {
			able = only;
			able_n++;
		}
	}
	*ret_n = n;
	return n == 1 ? only : able_n == 1 ? able : NULL;
}
