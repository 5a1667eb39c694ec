/* The limits of what is measured, as the room is configured now. */
#pragma once

#include "roomctl/client.h"
#include "roomctl/history-data.h"

/* Gives each number its limits: of a component whose kind measures something, a state ("high") that is also a key of its
 * configuration with a number (High=) is a limit. Kinds and states are what Describe() has. */
void history_limits_set(struct history *history, const struct json_object *components, const struct json_object *kinds);

/* The same of the room that runs here; nothing, and not a word, if it does not: there are no limits then. */
void history_limits_read(struct client *client, struct history *history);
