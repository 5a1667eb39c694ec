#define _GNU_SOURCE
#include "mqtt/home-assistant.h"

#include <stdio.h>
#include <string.h>

#include "client/json.h"
#include "config/option.h"
#include "mqtt/home-assistant-internal.h"

#define MAKER "roomd"

/* --- the hub --------------------------------------------------------------------------------- */

static const struct {
	const char *property, *name;
	const char *state_class; /* NULL: it is no number */
} diagnostics[] = {
	{ "edges_lost", "Edges lost", "total_increasing" },
	{ "read_errors", "Read errors", "total_increasing" },
	{ "version", "Version" },
	{ "queue", "Events waiting for the broker", "measurement" },
	{ "dropped", "Events dropped", "total_increasing" },
};

static void add_diagnostics(struct json_object *components, const char *hub)
{
	for (size_t i = 0; i < ELEMENTS(diagnostics); i++) {
		struct json_object *entity = entity_add_of_hub(components, hub, "sensor",
		                                               diagnostics[i].property, diagnostics[i].name);

		if (entity && diagnostics[i].state_class)
			json_add_text(entity, "state_class", diagnostics[i].state_class);
	}
}

static struct json_object *make_device(const struct home_assistant_room *room)
{
	struct json_object *device = json_object_new_object(), *identifiers = json_object_new_array();
	char id[ENTITY_TEXT_SIZE];

	if (!device || !identifiers) {
		json_free(identifiers);
		return json_free(device);
	}
	snprintf(id, sizeof id, "roomd_%s", room->hub);
	json_object_array_add(identifiers, json_object_new_string(id));
	json_add(device, "identifiers", identifiers);
	json_add_text(device, "name", room->hub);
	json_add_text(device, "model", "roomd-mqtt");
	json_add_text(device, "sw_version", room->version);
	json_add_text(device, "manufacturer", MAKER);
	return device;
}

static struct json_object *make_origin(const struct home_assistant_room *room)
{
	struct json_object *origin = json_object_new_object();

	if (!origin)
		return NULL;
	json_add_text(origin, "name", MAKER);
	json_add_text(origin, "sw_version", room->version);
	return origin;
}

/* --- the room -------------------------------------------------------------------------------- */

/* What has no place in a topic is left alone. */
static void add_component(struct json_object *components, const struct home_assistant_room *room,
                          struct json_object *component)
{
	struct subject subject = { .room = room, .component = component };

	subject.description = member_of(room->kinds, member_text(component, "kind"));
	subject.kind = member_text(subject.description, "path");
	subject.name = member_text(component, "name");
	subject.class = member_text(subject.description, "class");
	if (!option_name_is_valid(subject.kind) || !option_name_is_valid(subject.name))
		return;
	subject.allowed = room->allows && room->allows(component, room->userdata);
	entities_add(components, &subject);
}

static struct json_object *make_components(const struct home_assistant_room *room)
{
	struct json_object *all = json_object_new_object();
	bool is_list = json_object_is_type(room->components, json_type_array);
	size_t n = is_list ? json_object_array_length(room->components) : 0;

	if (!all)
		return NULL;
	add_diagnostics(all, room->hub);
	for (size_t i = 0; i < n; i++)
		add_component(all, room, json_object_array_get_idx(room->components, i));
	return all;
}

struct json_object *home_assistant_payload(const struct home_assistant_room *room)
{
	struct json_object *payload = json_object_new_object();
	struct json_object *device = make_device(room), *origin = make_origin(room),
			   *components = make_components(room);

	if (!payload || !device || !origin || !components) {
		json_free(device);
		json_free(origin);
		json_free(components);
		return json_free(payload);
	}
	json_add(payload, "device", device);
	json_add(payload, "origin", origin);
	json_add(payload, "components", components);
	return payload;
}

/* --- what has gone --------------------------------------------------------------------------- */

static void add_gone(struct json_object *components, const char *key, const char *platform)
{
	struct json_object *gone = json_object_new_object();

	if (!gone)
		return;
	json_add_text(gone, "platform", platform);
	json_add(components, key, gone);
}

/* Adds those to `components` that were said and are not among them. Returns how many. */
static unsigned add_all_gone(struct json_object *components, const struct json_object *said)
{
	struct json_object *before = member_of(said, "components");
	unsigned n = 0;

	if (!json_object_is_type(before, json_type_object))
		return 0;
	json_object_object_foreach(before, key, entity)
	{
		const char *platform = member_text(entity, "platform");

		if (!*platform || json_object_object_get_ex(components, key, NULL))
			continue;
		add_gone(components, key, platform);
		n++;
	}
	return n;
}

struct json_object *home_assistant_removal(const struct json_object *said, const struct json_object *next)
{
	_cleanup_(json_freep) struct json_object *between = NULL;
	struct json_object *components;

	if (json_object_deep_copy((struct json_object *)next, &between, NULL) < 0)
		return NULL;
	components = member_of(between, "components");
	if (!components || add_all_gone(components, said) == 0)
		return NULL;
	return TAKE_PTR(between);
}
