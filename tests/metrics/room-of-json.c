#define _GNU_SOURCE
#include "room-of-json.h"

#include <stdio.h>
#include <stdlib.h>

#include "helpers.h"
#include "util/snake.h"

void room_of_json_begin_with(struct room_of_json *room, struct json_object *kinds)
{
	assert_non_null(kinds);
	*room = (struct room_of_json){ .kinds = kinds };
}

void room_of_json_begin(struct room_of_json *room)
{
	char path[512];

	snprintf(path, sizeof path, "%s/tests/mqtt/description.json", getenv("SOURCE_ROOT"));
	room_of_json_begin_with(room, json_object_from_file(path));
}

void room_of_json_end(struct room_of_json *room)
{
	for (size_t i = 0; i < room->n; i++) {
		free(room->components[i].path);
		json_free(room->components[i].properties);
	}
	json_free(room->kinds);
}

void room_of_json_add(struct room_of_json *room, const char *kind, const char *name, const char *properties)
{
	struct mirror_component *component = &room->components[room->n];
	char path[64];

	assert_true(room->n < ROOM_SIZE);
	*component = (struct mirror_component){ .properties = json_tokener_parse(properties) };
	assert_non_null(component->properties);
	assert_true(asprintf(&component->path, MIRROR_ROOT "/%s/x", snake_case(kind, path, sizeof path)) > 0);
	json_add_text(component->properties, "Kind", kind);
	json_add_text(component->properties, "Name", name);
	if (!member_of(component->properties, "Available"))
		json_add(component->properties, "Available", json_object_new_boolean(true));
	component->kind = member_text(component->properties, "Kind");
	component->name = member_text(component->properties, "Name");
	component->description = member_of(room->kinds, kind);
	if (room->n > 0)
		room->components[room->n - 1].next = component;
	room->n++;
}
