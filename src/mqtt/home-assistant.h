/* What Home Assistant is told of a room: one payload for the whole hub ("device-based discovery"). Which
 * entities a component is follows from the classes of its kind and of its properties. Pure: whoever has a
 * payload says it. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

struct home_assistant_room {
	const char *hub, *version;
	struct json_object
		*kinds; /* Manager.Describe(), as JSON: an object of descriptions by the kind's name */
	struct json_object
		*components; /* an array: "kind", "name", "path", and the D-Bus properties by their names */
	bool (*allows)(struct json_object *component, void *userdata); /* commands; NULL: none */
	void *userdata;
};

/* The payload of all that the room has. A kind, class or type that is not known gives no entity. To be freed
 * with json_free(); NULL: no memory. */
struct json_object *home_assistant_payload(const struct home_assistant_room *room);

/* The payload that has to be said between what was said (which may be anything that lay at the broker) and
 * what will be: `next`, and with its platform alone each entity that has gone, by which Home Assistant
 * removes it. To be freed with json_free(); NULL: nothing has gone, or no memory. */
struct json_object *home_assistant_removal(const struct json_object *said, const struct json_object *next);
