#define _GNU_SOURCE
#include "bus/object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/calls.h"
#include "bus/internal.h"
#include "bus/text.h"
#include "util/clock.h"
#include "util/snake.h"
#include "util/utf8.h"

/* A list of names may be long. */
#define VALUE_TEXT_SIZE 16384

/* --- properties ------------------------------------------------------------------------------ */

static int append_text(sd_bus_message *message, const char *text)
{
	return sd_bus_message_append_basic(message, 's', text ? text : "");
}

static int append_value(sd_bus_message *message, char type, const union value *value)
{
	int truth;

	switch (type) {
	case 'b':
		truth = value->b;
		return sd_bus_message_append_basic(message, 'b', &truth);
	case 's':
		return append_text(message, value->s);
	default:
		return sd_bus_message_append_basic(message, type, value);
	}
}

static int get_property(sd_bus *bus, const char *path, const char *interface, const char *name,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct object *object = userdata;
	const struct interface_property *property = kind_property(object->kind->class, name);
	union value value = { 0 };

	(void)bus, (void)path, (void)interface, (void)error;
	property->get(object->component, &value);
	return append_value(reply, property->type, &value);
}

static int append_option(sd_bus_message *reply, const struct component *component,
                         const struct option *option)
{
	char text[VALUE_TEXT_SIZE];

	option->type->format(option, (const char *)component->config + option->offset, text, sizeof text);
	return sd_bus_message_append(reply, "{ss}", option->key, utf8_end(text));
}

static int get_configuration(sd_bus *bus, const char *path, const char *interface, const char *name,
                             sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct object *object = userdata;
	const struct component *component = object->component;
	int r;

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	r = sd_bus_message_open_container(reply, 'a', "{ss}");
	for (const struct option *option = component->class->options; r >= 0 && option->key; option++)
		r = append_option(reply, component, option);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* What tells one value from another, kept instead of it: nothing is allocated when it changes. */
static uint64_t fingerprint(char type, const union value *value)
{
	switch (type) {
	case 'b':
		return value->b;
	case 's':
		return text_fingerprint(value->s ? value->s : "");
	default:
		return value->t;
	}
}

/* Takes down what the properties are now; object->changed gets the names of those that are not what they
 * were. Returns how many. */
static size_t compare(struct object *object)
{
	const struct component_class *class = object->kind->class;
	size_t n = 0;

	for (size_t i = 0; i < object->kind->properties_n; i++) {
		const struct interface_property *property = kind_property_at(class, i);
		union value value = { 0 };
		uint64_t now;

		property->get(object->component, &value);
		now = fingerprint(property->type, &value);
		if (now != object->sent[i])
			object->changed[n++] = property->name;
		object->sent[i] = now;
	}
	object->changed[n] = NULL;
	return n;
}

/* --- the device ------------------------------------------------------------------------------ */

const char device_interface[] = BUS_NAME ".Device";

static int get_device_since(sd_bus *bus, const char *path, const char *interface, const char *name,
                            sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct object *object = userdata;

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	return sd_bus_message_append_basic(reply, 't', &object->device_since_usec);
}

const sd_bus_vtable device_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Since", "t", get_device_since, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_VTABLE_END,
};

/* True if the device has come or gone. */
static bool note_device(struct object *object)
{
	bool available = object->component->missing == 0;

	if (available == (object->device_since_usec > 0))
		return false;
	object->device_since_usec = available ? clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC : 0;
	return true;
}

/* The interface as it should be. */
static int show_device(struct object *object)
{
	object->device_slot = sd_bus_slot_unref(object->device_slot);
	if (object->device_since_usec == 0)
		return 0;
	return sd_bus_add_object_vtable(object->bus->connection, &object->device_slot, object->path,
	                                device_interface, device_vtable, object);
}

static void tell_device(struct object *object)
{
	sd_bus *connection = object->bus->connection;

	if (!note_device(object) || show_device(object) < 0)
		return;
	if (object->device_slot)
		sd_bus_emit_interfaces_added(connection, object->path, device_interface, NULL);
	else
		sd_bus_emit_interfaces_removed(connection, object->path, device_interface, NULL);
}

/* --- what happens ---------------------------------------------------------------------------- */

void object_tell_changes(struct object *object)
{
	object->dirty = bus_is_full(object->bus);
	if (object->dirty)
		return;
	tell_device(object);
	if (compare(object) > 0)
		sd_bus_emit_properties_changed_strv(object->bus->connection, object->path,
		                                    object->kind->interface, (char **)object->changed);
}

static int append_entry(sd_bus_message *message, const struct named_value *entry)
{
	const char signature[] = { entry->type, '\0' };
	int r;

	r = sd_bus_message_open_container(message, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append_basic(message, 's', entry->name);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'v', signature);
	if (r >= 0)
		r = append_value(message, entry->type, &entry->value);
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

/* a{sv} */
static int append_entries(sd_bus_message *message, const struct named_value *entries, size_t n)
{
	int r;

	r = sd_bus_message_open_container(message, 'a', "{sv}");
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = append_entry(message, &entries[i]);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

int object_append_event_data(sd_bus_message *message, const struct event *event)
{
	uint64_t age_ns = clock_now_ns(CLOCK_MONOTONIC) - event->monotonic_ns;
	uint64_t realtime_usec = (clock_now_ns(CLOCK_REALTIME) - age_ns) / NSEC_PER_USEC;
	struct named_value data[EVENT_DATA_MAX + 1];
	size_t n = event_data(event, data);

	data[n] = (struct named_value){ "realtime_usec", 't', { .t = realtime_usec } };
	return append_entries(message, data, n + 1);
}

static int append_why(sd_bus_message *message, const struct component *component, const struct why *why)
{
	char summary[COMPONENT_SUMMARY_SIZE], by[BUS_INTERFACE_SIZE + COMPONENT_STORED_AS_SIZE] = "";
	uint64_t at_usec = why->then_ns == NEVER_NS ? 0 : why->then_ns / NSEC_PER_USEC;
	const struct named_value entries[] = {
		{ "state", 's', { .s = summary } },     { "since", 't', { .t = why->since_ns / NSEC_PER_USEC } },
		{ "because", 's', { .s = why->because } }, { "by", 's', { .s = by } },
		{ "then", 's', { .s = why->then } },    { "at", 't', { .t = at_usec } },
	};

	component_summary(component, summary);
	if (why->by)
		snprintf(by, sizeof by, "%s/%s", hub_source_kind(why->by), hub_source_name(why->by));
	return append_entries(message, entries, ELEMENTS(entries));
}

static int on_why(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const struct object *object = userdata;
	struct why why;
	int r;

	(void)error;
	component_why(object->component, &why);
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = append_why(reply, object->component, &why);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static const char *truth_word(enum truth truth)
{
	return truth == TRUTH_TRUE ? "yes" : truth == TRUTH_FALSE ? "no" : "unknown";
}

static int append_states(sd_bus_message *message, const struct component *component)
{
	const struct component_state *state;
	uint64_t since_ns;
	int r;

	r = sd_bus_message_open_container(message, 'a', "{ss}");
	for (unsigned i = 0; r >= 0 && (state = component_state_at(component->class, i)); i++)
		r = sd_bus_message_append(message, "{ss}", state->name, truth_word(state->is(component, &since_ns)));
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int on_states(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const struct object *object = userdata;
	int r;

	(void)error;
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = append_states(reply, object->component);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int object_path(const char *kind, const char *name, char **ret)
{
	char snake[BUS_INTERFACE_SIZE], folder[sizeof BUS_ROOT + BUS_INTERFACE_SIZE];

	snprintf(folder, sizeof folder, "%s/%s", BUS_ROOT, snake_case(kind, snake, sizeof snake));
	return sd_bus_path_encode(folder, name, ret);
}

int object_tell_event(struct bus *bus, const struct event *event)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
	_cleanup_(cleanup_free) char *path = NULL;
	const char *kind = hub_source_kind(event->source);
	char interface[BUS_INTERFACE_SIZE];
	int r;

	snprintf(interface, sizeof interface, "%s.%s", BUS_NAME, kind);
	r = object_path(kind, hub_source_name(event->source), &path);
	if (r >= 0)
		r = sd_bus_message_new_signal(bus->connection, &message, path, interface, event->type->name);
	if (r >= 0)
		r = sd_bus_message_append(message, "tt", event->serial, event->monotonic_ns);
	if (r >= 0)
		r = object_append_event_data(message, event);
	return r < 0 ? r : sd_bus_send(NULL, message, NULL);
}

/* --- being there ----------------------------------------------------------------------------- */

int object_connect(struct object *object)
{
	int r;

	note_device(object);
	compare(object);
	object->dirty = false;
	r = sd_bus_add_object_vtable(object->bus->connection, &object->slot, object->path,
	                             object->kind->interface, object->kind->vtable, object);
	return r < 0 ? r : show_device(object);
}

void object_disconnect(struct object *object)
{
	object->device_slot = sd_bus_slot_unref(object->device_slot);
	object->slot = sd_bus_slot_unref(object->slot);
}

static int get_kind(struct bus *bus, const struct component_class *class, const struct kind **ret)
{
	static const struct kind_handlers handlers = {
		.call = calls_on_action,
		.why = on_why,
		.states = on_states,
		.property = get_property,
		.configuration = get_configuration,
	};
	struct kind *kind;
	int r;

	for (kind = bus->kinds; kind; kind = kind->next)
		if (kind->class == class) {
			*ret = kind;
			return 0;
		}
	r = kind_new(class, &handlers, &kind);
	if (r < 0)
		return r;
	kind->next = bus->kinds;
	bus->kinds = kind;
	*ret = kind;
	return 0;
}

int object_new(struct bus *bus, struct component *component, struct object **ret)
{
	struct object *object = calloc(1, sizeof *object);
	int r;

	if (!object)
		return -ENOMEM;
	object->bus = bus;
	object->component = component;
	object->source = component->source;
	r = get_kind(bus, component->class, &object->kind);
	if (r >= 0)
		r = object_path(component->class->kind, component_name(component), &object->path);
	if (r >= 0) {
		object->sent = calloc(object->kind->properties_n, sizeof *object->sent);
		object->changed = calloc(object->kind->properties_n + 1, sizeof *object->changed);
		r = object->sent && object->changed ? 0 : -ENOMEM;
	}
	if (r < 0) {
		object_free(object);
		return r;
	}
	*ret = object;
	return 0;
}

struct object *object_free(struct object *object)
{
	if (!object)
		return NULL;
	object_disconnect(object);
	free(object->path);
	free(object->sent);
	free(object->changed);
	free(object);
	return NULL;
}

struct object *object_find(struct bus *bus, const char *path)
{
	for (struct object *object = bus->objects; object; object = object->next)
		if (strcmp(object->path, path) == 0)
			return object;
	return NULL;
}

struct object *object_of(struct bus *bus, const struct hub_source *source)
{
	for (struct object *object = bus->objects; object; object = object->next)
		if (object->source == source)
			return object;
	return NULL;
}
