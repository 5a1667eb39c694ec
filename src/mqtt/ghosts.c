/* Retained topics outlive what they are about. For a moment after each connect our own are read; those of components that
 * are no more are removed. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "mqtt/internal.h"

static char *filter_of(const struct bridge *bridge, const char *leaf, char filter[static TOPIC_SIZE])
{
	return topic_of_component(bridge_hub(bridge), "+", "+", leaf, filter);
}

void ghosts_begin(struct bridge *bridge)
{
	char filter[TOPIC_SIZE];

	broker_subscribe(bridge->broker, filter_of(bridge, "availability", filter), 1);
}

void ghosts_end(struct bridge *bridge)
{
	char filter[TOPIC_SIZE];

	broker_unsubscribe(bridge->broker, filter_of(bridge, "availability", filter));
}

void ghosts_remove(struct bridge *bridge, const char *kind, const char *name)
{
	char topic[TOPIC_SIZE];

	outbox_add(bridge, topic_of_component(bridge_hub(bridge), kind, name, "state", topic), "", true);
	outbox_add(bridge, topic_of_component(bridge_hub(bridge), kind, name, "availability", topic), "", true);
}

void ghosts_take(struct bridge *bridge, const struct topic *topic, const struct broker_message *message)
{
	if (!message->retained || message->length == 0 || !mirror_is_ready(bridge->mirror) || !topic->kind ||
	    mirror_find_named(bridge->mirror, topic->kind, topic->name))
		return;
	ghosts_remove(bridge, topic->kind, topic->name);
	outbox_pump(bridge);
}
