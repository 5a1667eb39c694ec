/* The states that a component can be asked for: its kind's, and those that every kind has. */
#include "roomd/component.h"

#include <string.h>

#include "util/cleanup.h"

static enum truth truth_of(bool value)
{
	return value ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_available(const struct component *component, uint64_t *ret_since_ns)
{
	*ret_since_ns = component->missing_ns;
	return truth_of(component->missing == 0);
}

static enum truth is_unavailable(const struct component *component, uint64_t *ret_since_ns)
{
	*ret_since_ns = component->missing_ns;
	return truth_of(component->missing > 0);
}

static const struct interface_property *find_suspect(const struct component_class *class)
{
	const struct interface_property *property = class->properties;

	while (property && property->name && strcmp(property->name, "Suspect") != 0)
		property++;
	return property && property->name ? property : NULL;
}

static enum truth is_suspect(const struct component *component, uint64_t *ret_since_ns)
{
	union value value;

	find_suspect(component->class)->get(component, &value);
	*ret_since_ns = 0;
	return truth_of(value.b);
}

/* The last one is of those kinds only that can say so of themselves. */
static const struct component_state every_kinds[] = {
	{ "available", is_available },
	{ "unavailable", is_unavailable },
	{ "suspect", is_suspect },
};

const struct component_state *component_state_at(const struct component_class *class, unsigned i)
{
	const struct component_state *own = class->states;

	while (own && own->name) {
		if (i-- == 0)
			return own;
		own++;
	}
	return i < ELEMENTS(every_kinds) - !find_suspect(class) ? &every_kinds[i] : NULL;
}

const struct component_state *component_state_find(const struct component_class *class, const char *name)
{
	const struct component_state *state;

	for (unsigned i = 0; (state = component_state_at(class, i)); i++)
		if (strcmp(state->name, name) == 0)
			break;
	return state;
}
