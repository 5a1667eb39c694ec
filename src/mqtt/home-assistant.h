/* The description of a room for Home Assistant: one payload for the whole hub ("device-based discovery"). The
 * entities of a component follow from the classes of its kind and of its properties. Pure: the caller sends
 * the payload. */
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

/* The payload for the whole room. An unknown kind, class or type gives no entity. To be freed with
 * json_free(); NULL: no memory. */
struct json_object *home_assistant_payload(const struct home_assistant_room *room);

/* The payload to send between `said`, the former one (which may be anything that the broker had), and `next`:
 * it has `next`, and each entity that has gone with only its platform, so that Home Assistant removes it. To
 * be freed with json_free(); NULL: nothing has gone, or no memory. */
struct json_object *home_assistant_removal(const struct json_object *said, const struct json_object *next);
