/* Finds the components that a person means. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct component_id {
	const char *kind, *name;
};

/* True if `text` names the component: "hall", "LightController/hall" or "light_controller/hall". Upper and
 * lower case are the same in the kind, but not in the name, as in configurations. */
bool resolve_matches(const char *text, const struct component_id *id);

/* A suggestion for `text`, which names none of these: a name, or kind and name if a kind was given. To be
 * freed; NULL if nothing is near. */
char *resolve_suggest(const char *text, const struct component_id *ids, size_t n);
