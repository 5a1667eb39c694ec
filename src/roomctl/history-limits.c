#define _GNU_SOURCE
#include "roomctl/history-limits.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "roomctl/resolve.h"
#include "util/number.h"

/* What Describe() has of the kind whose objects are in the folder `path` of so many letters; NULL: nothing. */
static const struct json_object *find_kind(const struct json_object *kinds, const char *path, size_t length)
{
	for (size_t i = 0; i < json_object_array_length(kinds); i++) {
		const struct json_object *pair = json_object_array_get_idx(kinds, i);
		const struct json_object *kind = json_element(pair, 1);
		const char *is = kind ? member_text(kind, "path") : "";

		if (strlen(is) == length && strncmp(is, path, length) == 0)
			return kind;
	}
	return NULL;
}

static const struct json_object *find_component(const struct json_object *components, const char *full_name)
{
	for (size_t i = 0; i < json_object_array_length(components); i++) {
		const struct json_object *component = json_object_array_get_idx(components, i);
		struct component_id id = { member_text(component, "kind"), member_text(component, "name") };

		if (resolve_matches(full_name, &id))
			return component;
	}
	return NULL;
}

/* The property of this name is what the kind measures: a number that is not about the device. */
static bool is_measured(const struct json_object *kind, const char *name)
{
	const struct json_object *properties = member_of(kind, "properties");

	if (strcmp(member_text(kind, "class"), "measure") != 0 || !json_object_is_type(properties, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(properties); i++) {
		const struct json_object *property = json_object_array_get_idx(properties, i);

		if (strcmp(member_text(property, "name"), name) == 0)
			return strcmp(member_text(property, "type"), "d") == 0 && !member_bool(property, "diagnostic");
	}
	return false;
}

/* The key is the state's word with a capital. */
static void add_limit(struct history_series *series, const struct json_object *configuration, const char *state)
{
	struct history_limit *limit = &series->limits[series->limits_n];
	char key[sizeof limit->word];

	if (series->limits_n == HISTORY_LIMITS_MAX || strlen(state) >= sizeof key || !*state)
		return;
	strcpy(key, state);
	key[0] = (char)toupper((unsigned char)key[0]);
	if (number_parse(member_text(configuration, key), &limit->value) < 0)
		return;
	strcpy(limit->word, state);
	series->limits_n++;
}

static void set(struct history_series *series, const struct json_object *components, const struct json_object *kinds)
{
	const struct json_object *kind = find_kind(kinds, series->component, strcspn(series->component, "/"));
	const struct json_object *component = find_component(components, series->component);
	const struct json_object *states = kind ? member_of(kind, "states") : NULL;

	series->limits_n = 0;
	if (series->type != 'd' || !component || !is_measured(kind, series->property) ||
	    !json_object_is_type(states, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(states); i++) {
		const char *state = json_object_get_string(json_object_array_get_idx(states, i));

		add_limit(series, member_of(component, "configuration"), state ? state : "");
	}
}

void history_limits_set(struct history *history, const struct json_object *components, const struct json_object *kinds)
{
	if (!json_object_is_type(components, json_type_array) || !json_object_is_type(kinds, json_type_array))
		return;
	for (size_t i = 0; i < history->n; i++)
		set(&history->series[i], components, kinds);
}

static struct json_object *read_kinds(struct client *client)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct json_object *kinds = NULL;

	if (sd_bus_call_method(client->bus, CLIENT_NAME, CLIENT_PATH, CLIENT_MANAGER, "Describe", &error, &reply, NULL) < 0)
		return NULL;
	return json_from_answer(reply, "a(sa{sv})", &kinds) < 0 ? NULL : kinds;
}

void history_limits_read(struct client *client, struct history *history)
{
	_cleanup_(json_freep) struct json_object *kinds = read_kinds(client), *room = NULL;

	if (kinds && client_read_room(client, &room) == STATUS_DONE)
		history_limits_set(history, member_of(room, "components"), kinds);
}
