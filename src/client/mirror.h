/* The room as a program on the bus has it: all components with all of their properties, kept up to date, and every event
 * once, in order, also those that happened while this program did not run. Nothing is waited for: all of it is asked for
 * and comes when it comes. Knows no kind: org.roomd1(5) says what it reads. */
#pragma once

#include "client/json.h"

#define MIRROR_SERVICE "org.roomd1"
#define MIRROR_ROOT "/org/roomd1"

struct mirror;

struct mirror_component {
	struct mirror_component *next; /* in the order of their paths' coming */
	char *path, *interface;
	const char *kind, *name;         /* in the properties */
	struct json_object *properties;  /* by their names on D-Bus, as JSON */
	struct json_object *description; /* of its kind, as Describe() has it; the mirror's; NULL: not described */
	/* Its owner's: the mirror sets the first with each change, and clears neither. */
	bool changed;
	unsigned said;
};

struct mirror_event {
	/* Its path, kind, name and description are there also when it is no more; then it has no properties. */
	const struct mirror_component *component;
	const char *name;         /* "light_on" */
	uint64_t serial, monotonic_ns;
	struct json_object *data; /* "location", "realtime_usec" ...; org.roomd1(5) */
};

/* Each may be called from the loop only, and may be NULL. */
struct mirror_callbacks {
	/* The service is there, and everything about it is known; again after it was away. Events follow. */
	void (*ready)(void *userdata);
	/* The service has left the bus. Its components are still there to be looked at. */
	void (*gone)(void *userdata);
	/* It is new, or a property of it is another one. */
	void (*changed)(struct mirror_component *component, void *userdata);
	/* It is about to be freed. */
	void (*removed)(struct mirror_component *component, void *userdata);
	/* A property of the service's as a whole is another one: mirror_service(). */
	void (*service_changed)(void *userdata);
	/* One after the other, each once. */
	void (*event)(const struct mirror_event *event, void *userdata);
	/* So many serial numbers will not come: the service had no more of them. */
	void (*missed)(uint64_t n, void *userdata);
};

/* On this connection, which is attached to a loop, from now on. Events are those after `serial` of the count `series` (its
 * property Series); of another count, or with a `series` of NULL, all that the service still has. The callbacks outlive it. A
 * negative errno. */
int mirror_new(sd_bus *bus, const char *series, uint64_t serial, const struct mirror_callbacks *callbacks, void *userdata,
               struct mirror **ret);

/* Takes NULL; returns NULL. Calls nobody. */
struct mirror *mirror_free(struct mirror *mirror);
DEFINE_CLEANUP(struct mirror *, mirror_free);

/* True between ready() and gone(). */
bool mirror_is_ready(const struct mirror *mirror);

struct mirror_component *mirror_components(const struct mirror *mirror);
/* The component of this path, or of this kind in snake case and name; NULL: none. */
struct mirror_component *mirror_find(const struct mirror *mirror, const char *path);
struct mirror_component *mirror_find_named(const struct mirror *mirror, const char *kind, const char *name);

/* What Describe() answered; the properties of the service as a whole (those of all interfaces of its object); "": no
 * answer yet. The mirror's, valid until it is asked again. */
struct json_object *mirror_kinds(const struct mirror *mirror);
struct json_object *mirror_service(const struct mirror *mirror);
const char *mirror_series(const struct mirror *mirror);

/* Of the newest event that was told. */
uint64_t mirror_serial(const struct mirror *mirror);

/* Asks for the properties of the service as a whole again: its counters do not say when they change. */
void mirror_refresh_service(struct mirror *mirror);

/* The kind's folder, "motion_sensor", out of the component's path. */
const char *mirror_kind_path(const struct mirror_component *component, char *buffer, size_t size);
