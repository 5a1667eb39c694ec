/* First the signals are subscribed to, then the service is asked: what comes between the question and the answer is in the
 * answer. An answer that belongs to an instance of the service that has gone is not looked at: its slot is gone, too. */
#define _GNU_SOURCE
#include "client/mirror-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"

/* After an answer that was none: the service had too much to do. */
#define AGAIN_USEC (2 * USEC_PER_SEC)

#define MANAGER MIRROR_SERVICE ".Manager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define INTERFACE_PREFIX MIRROR_SERVICE "."

/* --- asking ---------------------------------------------------------------------------------- */

static void ask(struct mirror *mirror, enum question question, const char *interface, const char *method,
                sd_bus_message_handler_t handler, const char *types, ...)
{
	va_list arguments;

	mirror->asked[question] = sd_bus_slot_unref(mirror->asked[question]);
	va_start(arguments, types);
	sd_bus_call_method_asyncv(mirror->bus, &mirror->asked[question], MIRROR_SERVICE, MIRROR_ROOT, interface, method,
	                          handler, mirror, types, arguments);
	va_end(arguments);
}

/* The answer as JSON; NULL: it is an error, or not of these types. An answer, so the question is no more. */
static struct json_object *take_answer(struct mirror *mirror, enum question question, const char *types, sd_bus_message *reply)
{
	struct json_object *value = NULL;

	mirror->asked[question] = sd_bus_slot_unref(mirror->asked[question]);
	if (sd_bus_message_is_method_error(reply, NULL) || json_from_answer(reply, types, &value) < 0)
		return NULL;
	return value;
}

/* A match for the service's name takes signals of anybody's, for all that sd-bus knows, and anybody may send some to us. */
static bool is_of_service(const struct mirror *mirror, sd_bus_message *signal, const char *types)
{
	const char *sender = sd_bus_message_get_sender(signal);

	return *mirror->owner && sender && strcmp(sender, mirror->owner) == 0 && sd_bus_message_has_signature(signal, types) > 0;
}

static void set_owner(struct mirror *mirror, const char *owner)
{
	snprintf(mirror->owner, sizeof mirror->owner, "%s", owner);
}

static void ask_again_later(struct mirror *mirror)
{
	sd_event_source_set_time_relative(mirror->again, AGAIN_USEC);
	sd_event_source_set_enabled(mirror->again, SD_EVENT_ONESHOT);
}

static void tell_service(struct mirror *mirror)
{
	if (mirror->ready && mirror->callbacks->service_changed)
		mirror->callbacks->service_changed(mirror->userdata);
}

/* --- events ---------------------------------------------------------------------------------- */

static void tell_event(struct mirror *mirror, const char *path, const char *name, uint64_t serial, uint64_t monotonic_ns,
                       struct json_object *data)
{
	_cleanup_(cleanup_free) char *gone_name = NULL;
	struct mirror_component gone;
	struct mirror_event event = {
		.component = mirror_find(mirror, path),
		.name = name,
		.serial = serial,
		.monotonic_ns = monotonic_ns,
		.data = data,
	};

	mirror->serial = serial;
	mirror->counts = true;
	if (!event.component && mirror_make_gone(mirror, path, &gone, &gone_name))
		event.component = &gone;
	if (event.component && mirror->callbacks->event)
		mirror->callbacks->event(&event, mirror->userdata);
}

static void ask_events(struct mirror *mirror);

/* Those between the last one and this: the service no longer has them. */
static void count_missed(struct mirror *mirror, uint64_t serial)
{
	if (mirror->counts && serial > mirror->serial + 1 && mirror->callbacks->missed)
		mirror->callbacks->missed(serial - mirror->serial - 1, mirror->userdata);
}

/* One of EventsSince()'s: [path, name, serial, monotonic_ns, data]. */
static void take_event(struct mirror *mirror, struct json_object *event)
{
	const char *path = json_object_get_string(json_object_array_get_idx(event, 0));
	const char *name = json_object_get_string(json_object_array_get_idx(event, 1));
	uint64_t serial = json_object_get_uint64(json_object_array_get_idx(event, 2));
	uint64_t monotonic_ns = json_object_get_uint64(json_object_array_get_idx(event, 3));

	if (!path || !name || serial <= mirror->serial) /* without memory they are NULL */
		return;
	count_missed(mirror, serial);
	tell_event(mirror, path, name, serial, monotonic_ns, json_object_array_get_idx(event, 4));
}

static void stop_reading(struct mirror *mirror)
{
	bool again = mirror->read_again;

	mirror->reading = mirror->read_again = false;
	if (again)
		ask_events(mirror);
}

static int on_events(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	_cleanup_(json_freep) struct json_object *events = take_answer(mirror, ASK_EVENTS, "a(ostta{sv})", reply);
	size_t n = events ? json_object_array_length(events) : 0;

	(void)error;
	if (n == 0) {
		stop_reading(mirror);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		take_event(mirror, json_object_array_get_idx(events, i));
	ask_events(mirror); /* whether there are more */
	return 0;
}

static void ask_events(struct mirror *mirror)
{
	mirror->reading = true;
	ask(mirror, ASK_EVENTS, MANAGER, "EventsSince", on_events, "t", mirror->serial);
}

/* An event in a signal; serial, monotonic_ns, data. Whoever is missing between it and the last one is asked for. */
static void on_event(struct mirror *mirror, sd_bus_message *signal)
{
	_cleanup_(json_freep) struct json_object *data = NULL;
	uint64_t serial, monotonic_ns;

	if (mirror->reading || !mirror->ready) {
		mirror->read_again = mirror->reading;
		return;
	}
	if (sd_bus_message_read(signal, "tt", &serial, &monotonic_ns) < 0 || serial <= mirror->serial)
		return;
	if (serial > mirror->serial + 1)
		ask_events(mirror);
	else if (json_from_message(signal, &data) >= 0)
		tell_event(mirror, sd_bus_message_get_path(signal), sd_bus_message_get_member(signal), serial,
		           monotonic_ns, data);
}

/* --- the service ----------------------------------------------------------------------------- */

/* Another count of serials begins anew. Who followed the one before follows this from its beginning. */
static int take_series(struct mirror *mirror, const char *series)
{
	if (mirror->series && strcmp(mirror->series, series) == 0)
		return 0;
	mirror->serial = 0;
	mirror->counts = mirror->series;
	free(mirror->series);
	mirror->series = strdup(series);
	return mirror->series ? 0 : -ENOMEM;
}

static int on_service(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	struct json_object *service = take_answer(mirror, ASK_SERVICE, "a{sv}", reply);

	(void)error;
	if (!service)
		return 0;
	json_free(mirror->service);
	mirror->service = service;
	tell_service(mirror);
	return 0;
}

void mirror_refresh_service(struct mirror *mirror)
{
	ask(mirror, ASK_SERVICE, PROPERTIES, "GetAll", on_service, "s", "");
}

static int on_objects(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	_cleanup_(json_freep) struct json_object *objects = take_answer(mirror, ASK_OBJECTS, "a{oa{sa{sv}}}", reply);

	(void)error;
	if (!objects || !*member_text(mirror->service, "Series") ||
	    json_object_object_length(mirror->kinds) == 0 ||
	    take_series(mirror, member_text(mirror->service, "Series")) < 0) {
		ask_again_later(mirror);
		return 0;
	}
	mirror_take_objects(mirror, objects);
	mirror->ready = true;
	mirror->callbacks->ready(mirror->userdata);
	ask_events(mirror);
	return 0;
}

static int on_kinds(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	_cleanup_(json_freep) struct json_object *rows = take_answer(mirror, ASK_KINDS, "a(sa{sv})", reply);
	size_t n = rows ? json_object_array_length(rows) : 0;

	(void)error;
	json_free(mirror->kinds);
	mirror->kinds = json_object_new_object();
	for (size_t i = 0; mirror->kinds && i < n; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		struct json_object *name = json_object_array_get_idx(row, 0);

		json_add(mirror->kinds, json_object_get_string(name), json_object_get(json_object_array_get_idx(row, 1)));
	}
	mirror_describe_all(mirror);
	return 0;
}

static void ask_all(struct mirror *mirror)
{
	ask(mirror, ASK_KINDS, MANAGER, "Describe", on_kinds, "");
	mirror_refresh_service(mirror);
	ask(mirror, ASK_OBJECTS, OBJECT_MANAGER, "GetManagedObjects", on_objects, "");
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct mirror *mirror = userdata;

	(void)source, (void)usec;
	if (*mirror->owner && !mirror->ready)
		ask_all(mirror);
	return 0;
}

static void go(struct mirror *mirror)
{
	for (size_t i = 0; i < QUESTIONS; i++)
		mirror->asked[i] = sd_bus_slot_unref(mirror->asked[i]);
	mirror->reading = mirror->read_again = false;
	if (mirror->ready) {
		mirror->ready = false;
		mirror->callbacks->gone(mirror->userdata);
	}
}

/* NameOwnerChanged: name, old owner, new owner. */
static int on_owner_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	const char *name, *old_owner, *new_owner;

	(void)error;
	if (strcmp(sd_bus_message_get_sender(signal), "org.freedesktop.DBus") != 0 ||
	    sd_bus_message_read(signal, "sss", &name, &old_owner, &new_owner) < 0 || strcmp(name, MIRROR_SERVICE) != 0)
		return 0;
	go(mirror);
	set_owner(mirror, new_owner);
	if (*new_owner)
		ask_all(mirror);
	return 0;
}

static int on_owner(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	const char *owner;

	(void)error;
	mirror->asked[ASK_OWNER] = sd_bus_slot_unref(mirror->asked[ASK_OWNER]);
	if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "s", &owner) < 0)
		return 0;
	set_owner(mirror, owner);
	ask_all(mirror);
	return 0;
}

/* --- signals --------------------------------------------------------------------------------- */

/* sa{sv}as */
static int on_properties_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	_cleanup_(json_freep) struct json_object *changes = NULL;
	struct mirror *mirror = userdata;
	const char *path = sd_bus_message_get_path(signal), *interface;
	struct mirror_component *component = mirror_find(mirror, path);

	(void)error;
	if (!is_of_service(mirror, signal, "sa{sv}as") || (!component && (strcmp(path, MIRROR_ROOT) != 0 || !mirror->service)) ||
	    sd_bus_message_read(signal, "s", &interface) < 0 ||
	    (component && strcmp(component->interface, interface) != 0) || json_from_message(signal, &changes) < 0)
		return 0;
	if (component) {
		mirror_change(mirror, component, changes);
		return 0;
	}
	json_object_object_foreach(changes, name, value)
	{
		json_add(mirror->service, name, json_object_get(value));
	}
	tell_service(mirror);
	return 0;
}

/* oa{sa{sv}} */
static int on_added(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	_cleanup_(json_freep) struct json_object *interfaces = NULL;
	const char *path;

	(void)error;
	if (is_of_service(userdata, signal, "oa{sa{sv}}") && sd_bus_message_read(signal, "o", &path) >= 0 &&
	    json_from_message(signal, &interfaces) >= 0)
		mirror_take_object(userdata, path, interfaces);
	return 0;
}

/* oas */
static int on_removed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	_cleanup_(json_freep) struct json_object *interfaces = NULL;
	struct mirror *mirror = userdata;
	struct mirror_component *component;
	const char *path;

	(void)error;
	if (!is_of_service(mirror, signal, "oas") || sd_bus_message_read(signal, "o", &path) < 0 ||
	    json_from_message(signal, &interfaces) < 0)
		return 0;
	component = mirror_find(mirror, path);
	for (size_t i = 0; component && i < json_object_array_length(interfaces); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(interfaces, i)), component->interface) == 0) {
			mirror_remove(mirror, path);
			break;
		}
	return 0;
}

/* Whatever an object says on the interface of its kind is an event. */
static int on_signal(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	struct mirror *mirror = userdata;
	const char *interface = sd_bus_message_get_interface(signal);

	(void)error;
	if (is_of_service(mirror, signal, "tta{sv}") && interface &&
	    strncmp(interface, INTERFACE_PREFIX, strlen(INTERFACE_PREFIX)) == 0)
		on_event(mirror, signal);
	return 0;
}

static int subscribe(struct mirror *mirror)
{
	sd_bus *bus = mirror->bus;
	int r;

	r = sd_bus_add_match_async(bus, &mirror->matches[0],
	                           "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
	                           "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" MIRROR_SERVICE "'",
	                           on_owner_changed, NULL, mirror);
	if (r >= 0)
		r = sd_bus_add_match_async(bus, &mirror->matches[1],
		                           "type='signal',sender='" MIRROR_SERVICE "',interface='" PROPERTIES
		                           "',member='PropertiesChanged',path_namespace='" MIRROR_ROOT "'",
		                           on_properties_changed, NULL, mirror);
	if (r >= 0)
		r = sd_bus_match_signal_async(bus, &mirror->matches[2], MIRROR_SERVICE, MIRROR_ROOT, OBJECT_MANAGER,
		                              "InterfacesAdded", on_added, NULL, mirror);
	if (r >= 0)
		r = sd_bus_match_signal_async(bus, &mirror->matches[3], MIRROR_SERVICE, MIRROR_ROOT, OBJECT_MANAGER,
		                              "InterfacesRemoved", on_removed, NULL, mirror);
	if (r >= 0)
		r = sd_bus_add_match_async(bus, &mirror->matches[4],
		                           "type='signal',sender='" MIRROR_SERVICE "',path_namespace='" MIRROR_ROOT "'",
		                           on_signal, NULL, mirror);
	return r;
}

/* --- life ------------------------------------------------------------------------------------ */

int mirror_new(sd_bus *bus, const char *series, uint64_t serial, const struct mirror_callbacks *callbacks, void *userdata,
               struct mirror **ret)
{
	_cleanup_(mirror_freep) struct mirror *mirror = calloc(1, sizeof *mirror);
	int r;

	if (!mirror)
		return -ENOMEM;
	mirror->bus = sd_bus_ref(bus);
	mirror->callbacks = callbacks;
	mirror->userdata = userdata;
	mirror->serial = serial;
	mirror->series = series ? strdup(series) : NULL;
	mirror->counts = series;
	if (series && !mirror->series)
		return -ENOMEM;
	r = sd_event_add_time(sd_bus_get_event(bus), &mirror->again, CLOCK_BOOTTIME, 0, 0, on_again, mirror);
	if (r >= 0)
		r = sd_event_source_set_enabled(mirror->again, SD_EVENT_OFF);
	if (r >= 0)
		r = subscribe(mirror);
	if (r >= 0)
		r = sd_bus_call_method_async(bus, &mirror->asked[ASK_OWNER], "org.freedesktop.DBus",
		                             "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner", on_owner,
		                             mirror, "s", MIRROR_SERVICE);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(mirror);
	return 0;
}

struct mirror *mirror_free(struct mirror *mirror)
{
	if (!mirror)
		return NULL;
	for (size_t i = 0; i < QUESTIONS; i++)
		sd_bus_slot_unref(mirror->asked[i]);
	for (size_t i = 0; i < ELEMENTS(mirror->matches); i++)
		sd_bus_slot_unref(mirror->matches[i]);
	sd_event_source_disable_unref(mirror->again);
	mirror_free_components(mirror);
	json_free(mirror->kinds);
	json_free(mirror->service);
	free(mirror->series);
	sd_bus_unref(mirror->bus);
	free(mirror);
	return NULL;
}

bool mirror_is_ready(const struct mirror *mirror)
{
	return mirror->ready;
}

struct json_object *mirror_kinds(const struct mirror *mirror)
{
	return mirror->kinds;
}

struct json_object *mirror_service(const struct mirror *mirror)
{
	return mirror->service;
}

const char *mirror_series(const struct mirror *mirror)
{
	return mirror->series ? mirror->series : "";
}

uint64_t mirror_serial(const struct mirror *mirror)
{
	return mirror->serial;
}
