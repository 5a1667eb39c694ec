/* Shared by the files of Home Assistant's discovery. */
#pragma once

#include <json-c/json.h>
#include <stddef.h>

#include "mqtt/home-assistant.h"
#include "mqtt/topic.h"

/* Room for an entity's name, and for each of its ids. */
#define ENTITY_TEXT_SIZE 384

/* A component, while its entities are made. */
struct subject {
	const struct home_assistant_room *room;
	struct json_object *component, *description;
	const char *kind, *name; /* as in its topics */
	const char *class;       /* of its kind; "": none */
	bool allowed;            /* commands */
};

/* An entity, before it is JSON. */
struct entity {
	const char *platform;
	const char *property; /* in snake case; the part of its ids that is unique in the component */
	const char *
		words; /* its name after the component's; "": it is the component's main entity */
};

/* --- home-assistant-names.c: what an entity is called ---------------------------------------- */

/* "Hall light automatic". Returns `buffer`. */
char *entity_name(const struct subject *subject, const char *words, char buffer[static ENTITY_TEXT_SIZE]);

/* "button.pi_hall_light_automatic": its first name in Home Assistant. It has the component's name, but not
 * its place. Returns `buffer`. */
char *entity_default_id(const struct subject *subject, const struct entity *entity,
                        char buffer[static ENTITY_TEXT_SIZE]);

/* The same for an entity of the hub: "sensor.pi_edges_lost". */
char *entity_hub_default_id(const char *hub, const char *platform, const char *property,
                            char buffer[static ENTITY_TEXT_SIZE]);

/* "SetAutomatic" and "set_automatic" become "set automatic". Returns `buffer`. */
char *entity_words(const char *name, char *buffer, size_t size);

/* --- home-assistant-base.c: what every entity has -------------------------------------------- */

/* Adds an entity of a component to the object `components`: ids, name, availability. Returns it, as long as
 * `components` lives; NULL: no memory. */
struct json_object *entity_add(struct json_object *components, const struct subject *subject,
                               const struct entity *entity);

/* Adds an entity of the hub: diagnostics. `property` is the key of "bridge/state". */
struct json_object *entity_add_of_hub(struct json_object *components, const char *hub, const char *platform,
                                      const char *property, const char *name);

/* Adds the topic of the component as this member. */
void entity_add_topic(struct json_object *entity, const struct subject *subject, const char *key,
                      const char *leaf);

/* --- home-assistant-entities.c --------------------------------------------------------------- */

/* All entities of a component. */
void entities_add(struct json_object *components, const struct subject *subject);
