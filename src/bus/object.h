/* A component as an object of D-Bus. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/kind.h"

struct bus;

/* serial, CLOCK_MONOTONIC ns, data */
#define OBJECT_EVENT_SIGNATURE "tta{sv}"

struct object {
	struct object *next;
	struct bus *bus;
	struct component *component;
	const struct hub_source *source; /* the component's; outlives it */
	const struct kind *kind;
	char *path;
	sd_bus_slot *slot, *device_slot; /* NULL: not there */
	uint64_t device_since_usec;      /* CLOCK_MONOTONIC; 0: the device is absent */
	uint64_t *sent;                  /* fingerprints of kind->properties_n values */
	const char **changed;            /* room for as many names and a NULL */
	bool dirty;                      /* a change may not have been sent */
};

/* Makes an object of the bus, which keeps it until object_free(). 0 or -ENOMEM. */
int object_new(struct bus *bus, struct component *component, struct object **ret);
struct object *object_free(struct object *object);

/* The path of the component of this kind ("LightController") and name, whether there is one or not; to be freed. -ENOMEM. */
int object_path(const char *kind, const char *name, char **ret);

/* The object of this path, or of this source; NULL: none. */
struct object *object_find(struct bus *bus, const char *path);
struct object *object_of(struct bus *bus, const struct hub_source *source);

/* Adds the object to a connection that has no name yet. Returns the same as sd_bus_add_object_vtable(). */
int object_connect(struct object *object);
void object_disconnect(struct object *object);

/* Sends its changes since the last call to all listeners. */
void object_tell_changes(struct object *object);

/* Sends the event as a signal of the object of its source, whether that is still there or not. A negative errno: the event is
 * lost. */
int object_tell_event(struct bus *bus, const struct event *event);

/* Appends the event's data besides its serial number and time, a{sv}. Returns the same as
 * sd_bus_message_append(). */
int object_append_event_data(sd_bus_message *message, const struct event *event);

/* The interface of components whose device is there. */
extern const char device_interface[];
extern const sd_bus_vtable device_vtable[];
