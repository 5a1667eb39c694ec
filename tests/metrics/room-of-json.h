/* Components as a mirror would have them, for tests of what is made of them. */
#pragma once

#include "client/mirror.h"

#define ROOM_SIZE 32

struct room_of_json {
	struct json_object *kinds; /* as Describe() answers */
	struct mirror_component components[ROOM_SIZE];
	size_t n;
};

/* Of the kinds of tests/mqtt/description.json, some of which are none of roomd's, or of these, which it takes over. */
void room_of_json_begin(struct room_of_json *room);
void room_of_json_begin_with(struct room_of_json *room, struct json_object *kinds);
void room_of_json_end(struct room_of_json *room);

/* Adds a component of this kind ("TemperatureSensor"); `properties` is JSON, besides its name, its kind, and that it is
 * available. */
void room_of_json_add(struct room_of_json *room, const char *kind, const char *name, const char *properties);
