/* The connection, our name, and what flows out. Everything is sent and nothing waited for; whatever fails is
 * the end of the connection, which is made again with back-off. Where there is no bus, the next connection is
 * one that sd-bus makes when the bus's socket appears. */
#define _GNU_SOURCE
#include "bus/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bus/authority.h"
#include "bus/calls.h"
#include "bus/internal.h"
#include "bus/manager.h"
#include "bus/object.h"
#include "bus/remote.h"
#include "util/log.h"
#include "util/problem.h"
#include "util/ranks.h"

/* As Debian's libsystemd has it, which does not tell; one that was built with another needs
 * DBUS_SYSTEM_BUS_ADDRESS. */
#define DEFAULT_ADDRESS "unix:path=/run/dbus/system_bus_socket"

/* Messages that wait for a bus that does not read: from so many on nothing is added, until there are so few
 * again. */
#define QUEUE_MAX 256
#define QUEUE_RESUME 32

/* Calls are not even answered with so many answers waiting. */
#define QUEUE_ANSWERS_MAX 2048

static size_t queued(const struct bus *bus)
{
	uint64_t n;

	return sd_bus_get_n_queued_write(bus->connection, &n) < 0 ? 0 : n;
}

bool bus_is_full(struct bus *bus)
{
	if (!bus->paused && queued(bus) <= QUEUE_MAX)
		return false;
	bus->paused = true;
	sd_event_source_set_enabled(bus->drained, SD_EVENT_ON);
	return true;
}

/* After anything else has happened in the loop, such as the bus having read. */
static int on_drained(sd_event_source *source, void *userdata)
{
	struct bus *bus = userdata;

	if (queued(bus) > QUEUE_RESUME)
		return 0;
	bus->paused = false;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	hub_resume_late(&bus->events);
	for (struct object *object = bus->objects; object; object = object->next)
		if (object->dirty)
			object_tell_changes(object);
	manager_tell_changes(bus);
	return 0;
}

/* An event that could not be put into words is missed, which shows in the serial numbers. */
static int on_event(const struct event *event, void *userdata)
{
	struct bus *bus = userdata;

	if (bus_is_full(bus))
		return -EAGAIN;
	object_tell_event(bus, event);
	return 0;
}

static void on_changed(struct component *component, void *userdata)
{
	struct bus *bus = userdata;
	struct object *object = object_of(bus, component->source);

	if (object)
		object_tell_changes(object);
	manager_tell_changes(bus);
}

/* --- the connection -------------------------------------------------------------------------- */

static void settle(struct bus *bus)
{
	if (bus->settled)
		return;
	bus->settled = true;
	bus->callbacks->settled(bus->userdata);
}

static void stop_telling(struct bus *bus)
{
	if (!bus->on_bus)
		return;
	bus->on_bus = bus->paused = false;
	units_disconnect(&bus->units);
	hub_unsubscribe_late(&bus->events);
	room_unwatch(bus->room, &bus->watch);
	sd_event_source_set_enabled(bus->drained, SD_EVENT_OFF);
}

/* Not from a callback of the connection's. What was not sent yet is not. */
static void disconnect(struct bus *bus)
{
	stop_telling(bus);
	sd_event_source_set_enabled(bus->waited, SD_EVENT_OFF);
	bus->authority = authority_free(bus->authority);
	remote_disconnect(bus);
	for (struct object *object = bus->objects; object; object = object->next)
		object_disconnect(object);
	bus->hello = sd_bus_slot_unref(bus->hello);
	bus->connection = sd_bus_close_unref(bus->connection);
}

/* We are not on the bus (any more), which is said once. */
static void go_absent(struct bus *bus, int level, const char *why)
{
	if (!bus->absent)
		log_fields(level, NULL, 0,
		           "not on the system bus: %s; the room goes on without, and it is tried again", why);
	bus->absent = true;
	stop_telling(bus);
	units_disconnect(&bus->units);
	settle(bus);
}

/* The connection is of no use (any more): the next one is tried after a while, which also ends this one. */
static void lose(struct bus *bus, int level, const char *why)
{
	go_absent(bus, level, why);
	sd_event_source_set_enabled(bus->waited, SD_EVENT_OFF);
	retry_later(&bus->retry);
}

/* After anything in the loop while there is no bus, which was said. Something is there now that cannot be
 * connected to, such as a socket that is not ours to use yet: sd-bus gives up then, but says so only at the
 * next change. */
static int on_waited(sd_event_source *source, void *userdata)
{
	struct bus *bus = userdata;

	(void)source;
	if (sd_bus_is_open(bus->connection) <= 0) {
		disconnect(bus);
		retry_later(&bus->retry);
	}
	return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct bus *bus = userdata;

	(void)message, (void)error;
	/* Also after the name was refused, or the question for it failed: then it was said. */
	if (bus->hello || bus->on_bus) {
		bus->hello = sd_bus_slot_unref(bus->hello);
		lose(bus, LOG_NOTICE, "the connection was closed");
	}
	return 0;
}

static void start_telling(struct bus *bus)
{
	bus->on_bus = true;
	units_connect(&bus->units, bus->connection);
	sd_event_source_set_enabled(bus->waited, SD_EVENT_OFF);
	hub_subscribe_late(bus->room->hub, &bus->events, on_event, NULL, bus);
	room_watch(bus->room, &bus->watch, on_changed, bus);
	/* What has changed since the objects were made. */
	for (struct object *object = bus->objects; object; object = object->next)
		object_tell_changes(object);
	manager_tell_changes(bus);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct bus *bus = userdata;
	uint32_t result = 0;

	(void)error;
	bus->hello = sd_bus_slot_unref(bus->hello);
	if (sd_bus_message_is_method_error(reply, NULL)) {
		lose(bus, LOG_WARNING, sd_bus_message_get_error(reply)->message);
		return 0;
	}
	sd_bus_message_read(reply, "u", &result);
	if (result != 1) { /* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER */
		lose(bus, LOG_WARNING, "somebody else has the name " BUS_NAME);
		return 0;
	}
	if (bus->absent)
		log_notice("on the system bus again");
	bus->absent = false;
	retry_succeeded(&bus->retry);
	start_telling(bus);
	settle(bus);
	return 0;
}

/* Whoever calls without end and does not read: the bus keeps its answers, up to a limit; up to another we do.
 */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)error;
	return sd_bus_message_is_method_call(message, NULL, NULL) > 0 && queued(userdata) > QUEUE_ANSWERS_MAX;
}

static int set_up_connection(struct bus *bus)
{
	sd_bus *connection = bus->connection;
	int r;

	/* Or the loop would wait, when it ends, for a bus that does not read. */
	r = sd_bus_set_close_on_exit(connection, false);
	if (r >= 0)
		r = sd_bus_attach_event(connection, bus->room->event, RANK_LAST);
	if (r >= 0)
		r = sd_bus_match_signal(connection, NULL, NULL, "/org/freedesktop/DBus/Local",
		                        "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, bus);
	if (r >= 0)
		r = sd_bus_add_filter(connection, NULL, on_message, bus);
	if (r >= 0)
		r = authority_new(connection, calls_on_verdict, bus, &bus->authority);
	for (struct object *object = bus->objects; r >= 0 && object; object = object->next)
		r = object_connect(object);
	if (r >= 0)
		r = manager_connect(bus);
	if (r >= 0)
		r = remote_connect(bus);
	return r < 0 ? r : sd_bus_request_name_async(connection, &bus->hello, BUS_NAME, 0, on_name, bus);
}

/* A connection that is under way. `waits`: if there is no bus, until there is one; sd-bus then has its
 * objects and calls, and watches the folders of the socket. */
static int open_connection(struct bus *bus, const char *address, bool waits)
{
	int r;

	r = sd_bus_new(&bus->connection);
	if (r >= 0)
		r = sd_bus_set_description(bus->connection, "roomd");
	if (r >= 0)
		r = sd_bus_set_address(bus->connection, address);
	if (r >= 0)
		r = sd_bus_set_bus_client(bus->connection, true);
	if (r >= 0)
		r = sd_bus_set_watch_bind(bus->connection, waits);
	if (r >= 0)
		r = sd_bus_start(bus->connection);
	return r < 0 ? r : set_up_connection(bus);
}

/* There is no socket, or nobody who listens at it. Of several addresses sd-bus would only see the first one
 * appear; one that is not a path it refuses. */
static bool can_wait(const char *address, int error)
{
	return (error == -ENOENT || error == -ECONNREFUSED) && !strchr(address, ';');
}

static void connect_to_bus(void *userdata)
{
	const char *set = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS"), *address = set ? set : DEFAULT_ADDRESS;
	struct bus *bus = userdata;
	struct problem problem;
	int r;

	disconnect(bus);
	r = open_connection(bus, address, false);
	if (r >= 0)
		return;
	problem_set(&problem, r, "it cannot be reached: %s", problem_errno(r));
	go_absent(bus, LOG_NOTICE, problem.text);
	if (can_wait(address, r)) {
		disconnect(bus);
		r = open_connection(bus, address, true);
	}
	if (r < 0) {
		retry_later(&bus->retry);
		return;
	}
	retry_succeeded(&bus->retry);
	sd_event_source_set_enabled(bus->waited, SD_EVENT_ON);
}

/* --- components ------------------------------------------------------------------------------ */

static int add_object(struct bus *bus, struct component *component, struct object **ret)
{
	struct object **end = &bus->objects;
	int r;

	r = object_new(bus, component, ret);
	if (r < 0)
		return r;
	while (*end)
		end = &(*end)->next;
	*end = *ret;
	return 0;
}

int bus_component_added(struct bus *bus, struct component *component)
{
	struct object *object;
	int r;

	r = add_object(bus, component, &object);
	if (r < 0 || !bus->connection)
		return r;
	r = object_connect(object);
	if (r >= 0 && bus->on_bus)
		sd_bus_emit_object_added(bus->connection, object->path);
	return r == -ENOTCONN ? 0 : r;
}

void bus_component_removed(struct bus *bus, struct component *component)
{
	for (struct object **o = &bus->objects; *o; o = &(*o)->next) {
		struct object *object = *o;

		if (object->component != component)
			continue;
		if (bus->on_bus)
			sd_bus_emit_object_removed(bus->connection, object->path);
		*o = object->next;
		object_free(object);
		return;
	}
}

void bus_status_changed(struct bus *bus)
{
	if (bus->on_bus)
		manager_tell_changes(bus);
}

void bus_components_changed(struct bus *bus)
{
	if (!bus->on_bus)
		return;
	sd_bus_emit_properties_changed(bus->connection, BUS_ROOT, manager_interface, "Components", NULL);
	remote_tell_wanted(bus);
	manager_tell_changes(bus);
}

/* --- life ------------------------------------------------------------------------------------ */

static int add_post(struct bus *bus, sd_event_handler_t handler, sd_event_source **ret)
{
	int r;

	r = sd_event_add_post(bus->room->event, ret, handler, bus);
	if (r >= 0)
		r = sd_event_source_set_priority(*ret, RANK_LAST);
	return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

int bus_new(struct component_room *room, const struct bus_callbacks *callbacks, void *userdata,
            struct bus **ret)
{
	_cleanup_(bus_freep) struct bus *bus = calloc(1, sizeof *bus);
	int r;

	if (!bus)
		return -ENOMEM;
	bus->room = room;
	bus->callbacks = callbacks;
	bus->userdata = userdata;
	units_init(&bus->units);
	room->units = &bus->units.starter;
	r = retry_init(&bus->retry, room->event, connect_to_bus, bus);
	if (r >= 0)
		r = add_post(bus, on_drained, &bus->drained);
	if (r >= 0)
		r = add_post(bus, on_waited, &bus->waited);
	for (size_t i = 0; r >= 0 && i < room->components_n; i++) {
		struct object *object;

		r = add_object(bus, room->components[i], &object);
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(bus);
	return 0;
}

void bus_start(struct bus *bus)
{
	connect_to_bus(bus);
}

struct bus *bus_free(struct bus *bus)
{
	if (!bus)
		return NULL;
	bus->room->units = NULL;
	units_deinit(&bus->units);
	disconnect(bus);
	while (bus->objects) {
		struct object *object = bus->objects;

		bus->objects = object->next;
		object_free(object);
	}
	while (bus->kinds) {
		struct kind *kind = bus->kinds;

		bus->kinds = kind->next;
		kind_free(kind);
	}
	retry_deinit(&bus->retry);
	sd_event_source_disable_unref(bus->drained);
	sd_event_source_disable_unref(bus->waited);
	free(bus);
	return NULL;
}
