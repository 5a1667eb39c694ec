#include "home-assistant-check.h"

#include <string.h>

#include "client/json.h"
#include "helpers.h"
#include "home-assistant-schema.inc"

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; *word && (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static const struct schema_key *find_key(const char *of, const char *key)
{
	for (size_t i = 0; i < ELEMENTS(schema); i++)
		if (strcmp(schema[i].of, of) == 0 && strcmp(schema[i].key, key) == 0)
			return &schema[i];
	return NULL;
}

static bool has_type(const struct json_object *value, char type)
{
	static const struct {
		char type;
		enum json_type json;
	} types[] = { { 's', json_type_string }, { 'i', json_type_int }, { 'l', json_type_array }, { 'm', json_type_object } };

	for (size_t i = 0; i < ELEMENTS(types); i++)
		if (types[i].type == type)
			return json_object_is_type(value, types[i].json);
	return false;
}

static unsigned check_member(const char *what, const char *of, const char *shared, const char *key,
                             struct json_object *value)
{
	const struct schema_key *known = find_key(of, key);

	if (!known)
		known = find_key(shared, key);
	if (!known)
		return row_fails("%s: '%s' is no key of %s", what, key, of);
	if (!has_type(value, known->type))
		return row_fails("%s: '%s' is not of type '%c'", what, key, known->type);
	if (known->values && !has_word(known->values, json_object_get_string(value)))
		return row_fails("%s: '%s' may not be '%s'", what, key, json_object_get_string(value));
	if (known->type == 's' && !*json_object_get_string(value))
		return row_fails("%s: '%s' is empty", what, key);
	return 0;
}

static unsigned check_required(const char *what, const char *of, const struct json_object *object)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < ELEMENTS(schema); i++)
		if (schema[i].required && strcmp(schema[i].of, of) == 0 && !member_of(object, schema[i].key))
			wrong += row_fails("%s: '%s' is missing", what, schema[i].key);
	return wrong;
}

static unsigned check_object(const char *what, const char *of, const char *shared, struct json_object *object)
{
	unsigned wrong = check_required(what, of, object) + check_required(what, shared, object);

	json_object_object_foreach(object, key, value)
	{
		wrong += check_member(what, of, shared, key, value);
	}
	return wrong;
}

static unsigned check_availability(const char *what, const struct json_object *entity)
{
	struct json_object *list = member_of(entity, "availability");
	unsigned wrong = 0;

	for (size_t i = 0; i < json_object_array_length(list); i++)
		wrong += check_object(what, "availability", "", json_object_array_get_idx(list, i));
	if (strcmp(member_text(json_object_array_get_idx(list, 0), "topic"), "roomd/" HUB "/availability") != 0)
		wrong += row_fails("%s: does not go with the hub", what);
	return wrong;
}

static unsigned check_unit(const char *what, const struct json_object *entity)
{
	const char *class = member_text(entity, "device_class");

	if (strcmp(member_text(entity, "platform"), "sensor") != 0 || !*class)
		return 0;
	for (size_t i = 0; i < ELEMENTS(schema_units); i++)
		if (strcmp(schema_units[i].device_class, class) == 0)
			return has_word(schema_units[i].units, member_text(entity, "unit_of_measurement"))
			               ? 0
			               : row_fails("%s: %s is in another unit", what, class);
	return row_fails("%s: '%s' is no device class", what, class);
}

static unsigned check_ids(const char *what, const struct json_object *entity)
{
	const char *platform = member_text(entity, "platform"), *id = member_text(entity, "unique_id");
	const char *default_id = member_text(entity, "default_entity_id");
	size_t n = strlen(platform);
	unsigned wrong = 0;

	if (strncmp(id, "roomd_" HUB "_", strlen("roomd_" HUB "_")) != 0 || strcmp(id + strlen("roomd_" HUB "_"), what) != 0)
		wrong += row_fails("%s: its unique_id is '%s'", what, id);
	if (strlen(id) <= n || strcmp(id + strlen(id) - n, platform) != 0)
		wrong += row_fails("%s: '%s' does not tell the platform", what, id);
	if (strncmp(default_id, platform, n) != 0 || default_id[n] != '.' ||
	    default_id[n + 1 + strspn(default_id + n + 1, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		wrong += row_fails("%s: '%s' is no entity id", what, default_id);
	return wrong;
}

unsigned check_payload(struct json_object *payload)
{
	struct json_object *components = member_of(payload, "components");
	unsigned wrong = check_object("payload", "payload", "", payload);

	wrong += check_object("device", "device", "", member_of(payload, "device"));
	wrong += check_object("origin", "origin", "", member_of(payload, "origin"));
	json_object_object_foreach(components, key, entity)
	{
		wrong += check_object(key, member_text(entity, "platform"), "*", entity);
		wrong += check_availability(key, entity) + check_unit(key, entity) + check_ids(key, entity);
	}
	return wrong;
}
