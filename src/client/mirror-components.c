/* The components of the mirror. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/mirror-internal.h"

#define INTERFACE_PREFIX MIRROR_SERVICE "."
#define INTERFACE_DEVICE MIRROR_SERVICE ".Device"

/* A room has fewer. */
#define COMPONENTS_MAX 4096

static struct mirror_component *free_component(struct mirror_component *component)
{
	if (!component)
		return NULL;
	free(component->path);
	free(component->interface);
	json_free(component->properties);
	free(component);
	return NULL;
}
DEFINE_CLEANUP(struct mirror_component *, free_component);

struct mirror_component *mirror_components(const struct mirror *mirror)
{
	return mirror->components;
}

struct mirror_component *mirror_find(const struct mirror *mirror, const char *path)
{
	struct mirror_component *component = mirror->components;

	while (component && strcmp(component->path, path) != 0)
		component = component->next;
	return component;
}

const char *mirror_kind_path(const struct mirror_component *component, char *buffer, size_t size)
{
	const char *kind = component->path + strlen(MIRROR_ROOT "/");

	snprintf(buffer, size, "%.*s", (int)strcspn(kind, "/"), kind);
	return buffer;
}

struct mirror_component *mirror_find_named(const struct mirror *mirror, const char *kind, const char *name)
{
	struct mirror_component *component = mirror->components;
	size_t length = strlen(kind);

	for (; component; component = component->next) {
		const char *path = component->path + strlen(MIRROR_ROOT "/");

		if (strncmp(path, kind, length) == 0 && path[length] == '/' && strcmp(component->name, name) == 0)
			return component;
	}
	return NULL;
}

/* Its kind and name may be new, as the object that they are in. */
static void take_names(struct mirror *mirror, struct mirror_component *component)
{
	component->kind = member_text(component->properties, "Kind");
	component->name = member_text(component->properties, "Name");
	component->description = member_of(mirror->kinds, component->kind);
}

static void tell_changed(struct mirror *mirror, struct mirror_component *component)
{
	component->changed = true;
	if (mirror->ready && mirror->callbacks->changed)
		mirror->callbacks->changed(component, mirror->userdata);
}

static struct mirror_component *add_component(struct mirror *mirror, const char *path, const char *interface)
{
	_cleanup_(free_componentp) struct mirror_component *component = calloc(1, sizeof *component);
	struct mirror_component **end = &mirror->components;

	if (!component || mirror->components_n == COMPONENTS_MAX)
		return NULL;
	component->path = strdup(path);
	component->interface = strdup(interface);
	if (!component->path || !component->interface)
		return NULL;
	while (*end)
		end = &(*end)->next;
	mirror->components_n++;
	return *end = TAKE_PTR(component);
}

/* It has these properties now, whatever it had. */
static void set_component(struct mirror *mirror, const char *path, const char *interface, struct json_object *properties)
{
	struct mirror_component *component = mirror_find(mirror, path);

	if (!component)
		component = add_component(mirror, path, interface);
	if (!component)
		return;
	json_free(component->properties);
	component->properties = json_object_get(properties);
	take_names(mirror, component);
	tell_changed(mirror, component);
}

/* "MotionSensor" for "motion_sensor"; NULL: there is no such kind. */
static const char *kind_of_folder(const struct mirror *mirror, const char *folder)
{
	if (!mirror->kinds)
		return NULL;
	json_object_object_foreach(mirror->kinds, kind, description)
	{
		if (strcmp(member_text(description, "path"), folder) == 0)
			return kind;
	}
	return NULL;
}

bool mirror_make_gone(const struct mirror *mirror, const char *path, struct mirror_component *ret, char **ret_name)
{
	char folder[64], prefix[sizeof MIRROR_ROOT "/" + sizeof folder];
	struct mirror_component gone = { .path = (char *)path };

	if (strncmp(path, MIRROR_ROOT "/", strlen(MIRROR_ROOT "/")) != 0)
		return false;
	mirror_kind_path(&gone, folder, sizeof folder);
	gone.kind = kind_of_folder(mirror, folder);
	snprintf(prefix, sizeof prefix, MIRROR_ROOT "/%s", folder);
	if (!*folder || !gone.kind || sd_bus_path_decode(path, prefix, ret_name) <= 0 || !**ret_name)
		return false;
	gone.name = *ret_name;
	gone.description = member_of(mirror->kinds, gone.kind);
	*ret = gone;
	return true;
}

void mirror_remove(struct mirror *mirror, const char *path)
{
	for (struct mirror_component **c = &mirror->components; *c; c = &(*c)->next) {
		struct mirror_component *component = *c;

		if (strcmp(component->path, path) != 0)
			continue;
		if (mirror->callbacks->removed)
			mirror->callbacks->removed(component, mirror->userdata);
		*c = component->next;
		mirror->components_n--;
		free_component(component);
		return;
	}
}

/* Of an object's interfaces, that of its kind; false: it is no component. */
static bool is_kind(const char *interface, struct json_object *properties)
{
	return strncmp(interface, INTERFACE_PREFIX, strlen(INTERFACE_PREFIX)) == 0 &&
	       strcmp(interface, INTERFACE_DEVICE) != 0 && *member_text(properties, "Name") &&
	       *member_text(properties, "Kind");
}

static bool is_below_root(const char *path)
{
	return strncmp(path, MIRROR_ROOT "/", strlen(MIRROR_ROOT "/")) == 0 && strchr(path + strlen(MIRROR_ROOT "/"), '/');
}

void mirror_take_object(struct mirror *mirror, const char *path, struct json_object *interfaces)
{
	if (!is_below_root(path) || !json_object_is_type(interfaces, json_type_object))
		return;
	json_object_object_foreach(interfaces, interface, properties)
	{
		if (is_kind(interface, properties))
			set_component(mirror, path, interface, properties);
	}
}

/* Those that are not among the objects have gone while nobody listened. */
void mirror_take_objects(struct mirror *mirror, struct json_object *objects)
{
	for (struct mirror_component *component = mirror->components, *next; component; component = next) {
		next = component->next;
		if (!member_of(objects, component->path))
			mirror_remove(mirror, component->path);
	}
	json_object_object_foreach(objects, path, interfaces)
	{
		mirror_take_object(mirror, path, interfaces);
	}
}

void mirror_change(struct mirror *mirror, struct mirror_component *component, struct json_object *changes)
{
	if (!json_object_is_type(changes, json_type_object))
		return;
	json_object_object_foreach(changes, name, value)
	{
		json_add(component->properties, name, json_object_get(value));
	}
	take_names(mirror, component);
	tell_changed(mirror, component);
}

void mirror_free_components(struct mirror *mirror)
{
	while (mirror->components) {
		struct mirror_component *component = mirror->components;

		mirror->components = component->next;
		free_component(component);
	}
}

void mirror_describe_all(struct mirror *mirror)
{
	for (struct mirror_component *component = mirror->components; component; component = component->next)
		take_names(mirror, component);
}
