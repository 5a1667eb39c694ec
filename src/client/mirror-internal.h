/* What the two halves of the mirror share. */
#pragma once

#include "client/mirror.h"

enum question {
	ASK_OWNER,
	ASK_KINDS,
	ASK_SERVICE,
	ASK_OBJECTS,
	ASK_EVENTS,
	QUESTIONS,
};

struct mirror {
	sd_bus *bus;
	const struct mirror_callbacks *callbacks;
	void *userdata;
	sd_bus_slot *matches[5];
	sd_bus_slot *asked[QUESTIONS]; /* NULL: not asked, or answered */
	struct mirror_component *components;
	size_t components_n;
	struct json_object *kinds, *service;
	char owner[256]; /* the service's name of its connection; "": it is not there */
	sd_event_source *again; /* asks again after an answer that was an error */
	char *series;    /* of `serial`; NULL: none yet */
	uint64_t serial; /* of the last event that was told */
	bool counts;     /* one that is not there any more was missed; else nobody had asked for it */
	bool ready;
	bool reading;    /* events are asked for; meanwhile events in signals are ignored */
	bool read_again; /* there were such signals */
};

/* Frees all components; calls no callback. */
void mirror_free_components(struct mirror *mirror);

/* Takes in an answer of GetManagedObjects(), which has all objects. Components that are not in it are
 * removed. */
void mirror_take_objects(struct mirror *mirror, struct json_object *objects);

/* Takes in one object: its interfaces by name, each with its properties. Objects that are not components are
 * left out. */
void mirror_take_object(struct mirror *mirror, const char *path, struct json_object *interfaces);

/* Takes in properties that have changed. */
void mirror_change(struct mirror *mirror, struct mirror_component *component, struct json_object *changes);

void mirror_remove(struct mirror *mirror, const char *path);

/* A component that is no more, of which somebody still speaks: its path, kind, name and description, and no properties. Its
 * path is the caller's, its name to be freed. False: there is no such kind. */
bool mirror_make_gone(const struct mirror *mirror, const char *path, struct mirror_component *ret, char **ret_name);

/* After an answer of Describe(): gives each component the new description of its kind. */
void mirror_describe_all(struct mirror *mirror);
