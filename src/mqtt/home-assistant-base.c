#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "client/json.h"
#include "mqtt/home-assistant-internal.h"

/* In front of an entity's key it is unique among all hubs of a broker. */
#define ID_PREFIX "roomd_"

static void add_availability(struct json_object *list, const char *topic)
{
	struct json_object *entry = json_object_new_object();

	if (!entry)
		return;
	json_add_text(entry, "topic", topic);
	json_object_array_add(list, entry);
}

static struct json_object *hub_availability(const char *hub)
{
	struct json_object *list = json_object_new_array();
	char topic[TOPIC_SIZE];

	if (list)
		add_availability(list, topic_of_hub(hub, "availability", topic));
	return list;
}

/* Its platform is in its key: so a platform never changes under one id. */
static struct json_object *add(struct json_object *components, const char *hub, const char *platform,
                               const char *key)
{
	struct json_object *entity = json_object_new_object();
	char id[ENTITY_TEXT_SIZE];

	if (!entity)
		return NULL;
	snprintf(id, sizeof id, ID_PREFIX "%s_%s", hub, key);
	json_add_text(entity, "platform", platform);
	json_add_text(entity, "unique_id", id);
	json_add(entity, "qos", json_object_new_int(1));
	json_add(components, key, entity);
	return entity;
}

void entity_add_topic(struct json_object *entity, const struct subject *subject, const char *key,
                      const char *leaf)
{
	char topic[TOPIC_SIZE];

	json_add_text(entity, key,
	              topic_of_component(subject->room->hub, subject->kind, subject->name, leaf, topic));
}

struct json_object *entity_add(struct json_object *components, const struct subject *subject,
                               const struct entity *entity)
{
	struct json_object *availability, *it;
	char text[ENTITY_TEXT_SIZE];
	char topic[TOPIC_SIZE];

	snprintf(text, sizeof text, "%s_%s_%s_%s", subject->kind, subject->name, entity->property,
	         entity->platform);
	it = add(components, subject->room->hub, entity->platform, text);
	availability = it ? hub_availability(subject->room->hub) : NULL;
	if (!availability)
		return it;
	add_availability(availability, topic_of_component(subject->room->hub, subject->kind, subject->name,
	                                                  "availability", topic));
	json_add_text(it, "default_entity_id", entity_default_id(subject, entity, text));
	json_add_text(it, "name", entity_name(subject, entity->words, text));
	json_add(it, "availability", availability);
	json_add_text(it, "availability_mode", "all");
	return it;
}

struct json_object *entity_add_of_hub(struct json_object *components, const char *hub, const char *platform,
                                      const char *property, const char *name)
{
	struct json_object *it;
	char text[ENTITY_TEXT_SIZE], topic[TOPIC_SIZE];

	snprintf(text, sizeof text, "bridge_%s_%s", property, platform);
	it = add(components, hub, platform, text);
	if (!it)
		return NULL;
	json_add_text(it, "default_entity_id", entity_hub_default_id(hub, platform, property, text));
	json_add_text(it, "name", name);
	json_add(it, "availability", hub_availability(hub));
	json_add_text(it, "availability_mode", "all");
	json_add_text(it, "state_topic", topic_of_hub(hub, "bridge/state", topic));
	snprintf(text, sizeof text, "{{ value_json.%s }}", property);
	json_add_text(it, "value_template", text);
	json_add_text(it, "entity_category", "diagnostic");
	return it;
}
