/* Which components somebody means. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct component_id {
	const char *kind, *name;
};

/* Whether `text` names it: "hall", "LightController/hall" or "light_controller/hall". Upper and lower case
 * are the same in the kind, as in configurations they are not in the name. */
bool resolve_matches(const char *text, const struct component_id *id);

/* What somebody meant who wrote `text`, which names none of these: a name, or kind and name if a kind was
 * given. To be freed; NULL if nothing is near. */
char *resolve_suggest(const char *text, const struct component_id *ids, size_t n);
