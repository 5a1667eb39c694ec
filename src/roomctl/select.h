/* The components that verbs are about. All say what is wrong. */
#pragma once

#include "roomctl/client.h"
#include "roomctl/verbs.h"

/* Those of `components` that the names mean, in the order of the names; one may mean several.
 * STATUS_NO_COMPONENT if one means none. */
enum status select_named(struct json_object *components, char *const *names, struct json_object **ret);

/* Whether the name means any of them; nothing is said. */
bool select_is_any(const struct json_object *components, const char *name);

/* Those that have the method. */
enum status select_able(struct client *client, struct json_object *components, const char *method,
                        struct json_object **ret);

/* The one of this name that the action is for; the caller has to free it. */
enum status select_one(struct client *client, struct json_object *components, const char *name,
                       const struct component_action *action, struct json_object **ret);
