#include "roomctl/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roomctl/next.h"
#include "roomctl/resolve.h"

/* Lives as long as the component. */
static struct component_id id_of(const struct json_object *component)
{
	return (struct component_id){ member_text(component, "kind"), member_text(component, "name") };
}

static struct json_object *at(const struct json_object *components, size_t i)
{
	return json_object_array_get_idx(components, i);
}

bool select_is_any(const struct json_object *components, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(components); i++) {
		struct component_id id = id_of(at(components, i));

		if (resolve_matches(name, &id))
			return true;
	}
	return false;
}

static bool contains(const struct json_object *components, const struct json_object *component)
{
	for (size_t i = 0; i < json_object_array_length(components); i++)
		if (at(components, i) == component)
			return true;
	return false;
}

/* Adds those that `name` means and are not there yet. Whether it means any. */
static bool add_matching(struct json_object *components, const char *name, struct json_object *matching)
{
	bool found = false;

	for (size_t i = 0; i < json_object_array_length(components); i++) {
		struct component_id id = id_of(at(components, i));

		if (!resolve_matches(name, &id))
			continue;
		found = true;
		if (!contains(matching, at(components, i)))
			json_object_array_add(matching, json_object_get(at(components, i)));
	}
	return found;
}

static char *suggest(const struct json_object *components, const char *name)
{
	size_t n = json_object_array_length(components);
	_cleanup_(cleanup_free) struct component_id *ids = calloc(n + 1, sizeof *ids);

	for (size_t i = 0; ids && i < n; i++)
		ids[i] = id_of(at(components, i));
	return ids ? resolve_suggest(name, ids, n) : NULL;
}

static enum status no_component(const struct json_object *components, const char *name)
{
	_cleanup_(cleanup_free) char *nearest = suggest(components, name);

	if (json_object_array_length(components) == 0)
		return say(STATUS_NO_COMPONENT, "there is no component '%s', and no other; " NEXT_BEGIN, name);
	return say(STATUS_NO_COMPONENT, "there is no component '%s'%s%s%s", name,
	           nearest ? "; did you mean '" : "; 'roomctl list' shows all", nearest ? nearest : "",
	           nearest ? "'?" : "");
}

enum status select_named(struct json_object *components, char *const *names, struct json_object **ret)
{
	_cleanup_(json_freep) struct json_object *matching = json_object_new_array();

	if (!matching)
		return say_no_memory();
	for (; *names; names++)
		if (!add_matching(components, *names, matching))
			return no_component(components, *names);
	*ret = TAKE_PTR(matching);
	return STATUS_DONE;
}

/* As client_can(), but each kind is asked only once: `known` has what it said. */
static enum status can(struct client *client, const struct json_object *component, const char *method,
                       struct json_object *known, bool *ret)
{
	const char *kind = member_text(component, "kind");
	enum status status = STATUS_DONE;

	if (member_of(known, kind)) {
		*ret = member_bool(known, kind);
		return STATUS_DONE;
	}
	status = client_can(client, component, method, ret);
	if (status == STATUS_DONE)
		json_add(known, kind, json_object_new_boolean(*ret));
	return status;
}

enum status select_able(struct client *client, struct json_object *components, const char *method,
                        struct json_object **ret)
{
	_cleanup_(json_freep) struct json_object *able = json_object_new_array();
	_cleanup_(json_freep) struct json_object *known = json_object_new_object();

	if (!able || !known)
		return say_no_memory();
	for (size_t i = 0; i < json_object_array_length(components); i++) {
		enum status status;
		bool has;

		status = can(client, at(components, i), method, known, &has);
		if (status != STATUS_DONE)
			return status;
		if (has)
			json_object_array_add(able, json_object_get(at(components, i)));
	}
	*ret = TAKE_PTR(able);
	return STATUS_DONE;
}

/* "MotionSensor, LightController"; cut to what has room. */
static const char *list_kinds(const struct json_object *components, char *buffer, size_t size)
{
	size_t length = 0;

	*buffer = '\0';
	for (size_t i = 0; i < json_object_array_length(components) && length < size; i++)
		length += (size_t)snprintf(buffer + length, size - length, "%s%s", i > 0 ? ", " : "",
		                           member_text(at(components, i), "kind"));
	return buffer;
}

/* The name means these, and the action is for none of them. */
static enum status not_for(const struct component_action *action, const char *name, const struct json_object *components)
{
	char kinds[256];

	if (find_component_action(action->verb))
		return say(STATUS_NO_COMPONENT, "'roomctl %s' is not for '%s'; see 'roomctl list --can=%s'", action->verb,
		           name, action->verb);
	return say(STATUS_NO_COMPONENT, "'roomctl %s' is not for '%s' (%s)", action->verb, name,
	           list_kinds(components, kinds, sizeof kinds));
}

enum status select_one(struct client *client, struct json_object *components, const char *name,
                       const struct component_action *action, struct json_object **ret)
{
	_cleanup_(json_freep) struct json_object *able = NULL, *all = json_object_new_array();
	_cleanup_(json_freep) struct json_object *matching = json_object_new_array();
	enum status status;

	if (!all || !matching)
		return say_no_memory();
	status = select_able(client, components, action->method, &able);
	if (status != STATUS_DONE)
		return status;
	if (!add_matching(able, name, matching))
		return add_matching(components, name, all) ? not_for(action, name, all)
		       : no_component(json_object_array_length(able) > 0 ? able : components, name);
	if (json_object_array_length(matching) > 1)
		return say(STATUS_USAGE, "'%s' means several components; write KIND/NAME, such as '%s/%s'",
		           name, member_text(at(matching, 0), "kind"), member_text(at(matching, 0), "name"));
	*ret = json_object_get(at(matching, 0));
	return STATUS_DONE;
}
