/* Selects the components for verbs. All functions print errors. */
#pragma once

#include "roomctl/client.h"
#include "roomctl/verbs.h"

/* The components that the names mean, in the order of the names; a name may mean several. STATUS_NO_COMPONENT
 * if a name means none. */
enum status select_named(struct json_object *components, char *const *names, struct json_object **ret);

/* True if the name means any of them; prints nothing. */
bool select_is_any(const struct json_object *components, const char *name);

/* The components that have the method. */
enum status select_able(struct client *client, struct json_object *components, const char *method,
                        struct json_object **ret);

/* The component with this name that has the action; the caller frees it. */
enum status select_one(struct client *client, struct json_object *components, const char *name,
                       const struct component_action *action, struct json_object **ret);
