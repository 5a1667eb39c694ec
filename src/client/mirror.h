/* A copy of the room in a program on the bus. It has all components with all their properties, and is kept up
 * to date. It reports every event once, in order, even those that happened while the program did not run. It
 * never waits: it asks, and takes in each answer when it comes. It knows no kind; org.roomd1(5) describes
 * what it reads. */
#pragma once

#include "client/json.h"

#define MIRROR_SERVICE "org.roomd1"
#define MIRROR_ROOT "/org/roomd1"

struct mirror;

struct mirror_component {
	struct mirror_component *next; /* in the order in which they came */
	char *path, *interface;
	const char *kind, *name;         /* in the properties */
	struct json_object *properties;  /* by their names on D-Bus, as JSON */
	struct json_object *description; /* of its kind, as Describe() has it; the mirror's; NULL: not described */
	/* For the mirror's owner: the mirror sets `changed` with each change, and clears neither field. */
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
	/* The service is there, and everything about it is known. Called again when the service comes back.
	 * Events follow. */
	void (*ready)(void *userdata);
	/* The service has left the bus. Its components can still be read. */
	void (*gone)(void *userdata);
	/* The component is new, or a property of it has changed. */
	void (*changed)(struct mirror_component *component, void *userdata);
	/* The component is about to be freed. */
	void (*removed)(struct mirror_component *component, void *userdata);
	/* A property of the service as a whole has changed; see mirror_service(). */
	void (*service_changed)(void *userdata);
	/* Called once for each event, in order. */
	void (*event)(const struct mirror_event *event, void *userdata);
	/* `n` events are lost: the service no longer had them. */
	void (*missed)(uint64_t n, void *userdata);
};

/* Begins at once, on this connection, which is attached to a loop. If the service's property Series is
 * `series`, events begin after `serial`; otherwise, or if `series` is NULL, with the oldest that the service
 * still has. The callbacks outlive the mirror. 0 or a negative errno. */
int mirror_new(sd_bus *bus, const char *series, uint64_t serial, const struct mirror_callbacks *callbacks, void *userdata,
               struct mirror **ret);

/* Takes NULL; returns NULL. Calls no callback. */
struct mirror *mirror_free(struct mirror *mirror);
DEFINE_CLEANUP(struct mirror *, mirror_free);

/* True between ready() and gone(). */
bool mirror_is_ready(const struct mirror *mirror);

struct mirror_component *mirror_components(const struct mirror *mirror);
/* The component with this path; or with this kind, in snake case, and name. NULL: there is none. */
struct mirror_component *mirror_find(const struct mirror *mirror, const char *path);
struct mirror_component *mirror_find_named(const struct mirror *mirror, const char *kind, const char *name);

/* The answer of Describe(); the properties of the service as a whole, of all interfaces of its object;
 * Series. NULL: no answer yet. Owned by the mirror, valid until the loop runs. */
struct json_object *mirror_kinds(const struct mirror *mirror);
struct json_object *mirror_service(const struct mirror *mirror);
const char *mirror_series(const struct mirror *mirror);

/* The serial number of the last event that was reported. */
uint64_t mirror_serial(const struct mirror *mirror);

/* Asks for the properties of the service as a whole again: no signal tells of a change of its counters. */
void mirror_refresh_service(struct mirror *mirror);

/* The kind's part of the component's path: "motion_sensor". Returns `buffer`. */
const char *mirror_kind_path(const struct mirror_component *component, char *buffer, size_t size);
