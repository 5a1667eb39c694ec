/* The limits of measured values, from the room's present configuration. */
#pragma once

#include "roomctl/client.h"
#include "roomctl/history-data.h"

/* Sets the limits of each number. If a component's kind measures something, and has a state ("high") that is
 * also a key with a number (High=), that number is a limit. The kinds and states come from Describe(). */
void history_limits_set(struct history *history, const struct json_object *components, const struct json_object *kinds);

/* The same with the room that runs on this machine. If none runs, there are no limits, and no message. */
void history_limits_read(struct client *client, struct history *history);
