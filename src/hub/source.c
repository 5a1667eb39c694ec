/* Who emits events: sources, and in a memory the rows that tell another process who they were. */
#include "hub/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

const char *hub_source_kind(const struct hub_source *source)
{
	return source->kind;
}

const char *hub_source_name(const struct hub_source *source)
{
	return source->name;
}

const char *hub_source_location(const struct hub_source *source)
{
	return source->location;
}

/* Others see a source as const because only the hub may touch it. */
void hub_set_owner(const struct hub_source *source, void *owner)
{
	((struct hub_source *)source)->owner = owner;
}

void *hub_source_owner(const struct hub_source *source)
{
	return source->owner;
}

static bool is_row_of(const struct source_row *row, const char *kind, uint64_t types_id, const char *name)
{
	return row->types_id == types_id && strncmp(row->kind, kind, sizeof row->kind) == 0 &&
	       strncmp(row->name, name, sizeof row->name) == 0;
}

/* The row that is this source's, or a free one; 0: there is none. */
static uint16_t find_row(struct hub *hub, const char *kind, uint64_t types_id, const char *name,
                         const char *location)
{
	for (size_t i = 0; hub->rows && i < ROWS_MAX; i++) {
		struct source_row *row = &hub->rows[i];

		if (row->kind[0] && !is_row_of(row, kind, types_id, name))
			continue;
		if (strlen(kind) >= sizeof row->kind || strlen(name) >= sizeof row->name)
			return 0;
		if (location != row->location) /* the text may be the row's own */
			utf8_copy(location, row->location, sizeof row->location);
		if (!row->kind[0]) {
			strcpy(row->name, name);
			row->types_id = types_id;
			strcpy(row->kind, kind); /* last: a row without is free */
		}
		return (uint16_t)(i + 1);
	}
	return 0;
}

static struct hub_source *find_source(struct hub *hub, const char *kind, const char *name)
{
	for (struct hub_source *source = hub->sources; source; source = source->next)
		if (strcmp(source->kind, kind) == 0 && strcmp(source->name, name) == 0)
			return source;
	return NULL;
}

/* All locations that it ever had are kept, so that none is allocated twice however often they change. */
static int set_location(struct hub_source *source, const char *location)
{
	struct former_location *former;
	size_t size = strlen(location) + 1;

	if (strcmp(source->location, location) == 0)
		return 0;
	for (former = source->former; former; former = former->next)
		if (strcmp(former->location, location) == 0)
			break;
	if (!former) {
		former = malloc(sizeof *former + size);
		if (!former)
			return -ENOMEM;
		memcpy(former->location, location, size);
		former->next = source->former;
		source->former = former;
	}
	source->location = former->location;
	return 0;
}

int hub_add_source(struct hub *hub, const char *kind, const struct event_type *const *types, const char *name,
                   const char *location, const struct hub_source **ret)
{
	size_t kind_size = strlen(kind) + 1, name_size = strlen(name) + 1,
	       location_size = strlen(location) + 1;
	struct hub_source *source = find_source(hub, kind, name);

	if (source) {
		*ret = source;
		find_row(hub, kind, event_types_id(types), name, location);
		return set_location(source, location);
	}
	source = calloc(1, sizeof *source + kind_size + name_size + location_size);
	if (!source)
		return -ENOMEM;
	source->kind = memcpy(source->texts, kind, kind_size);
	source->name = memcpy(source->texts + kind_size, name, name_size);
	source->location = memcpy(source->texts + kind_size + name_size, location, location_size);
	source->types = types;
	source->id = find_row(hub, kind, event_types_id(types), name, location);
	if (hub->by_row)
		hub->by_row[source->id] = source;
	source->next = hub->sources;
	hub->sources = source;
	*ret = source;
	return 0;
}

/* Of a component that is not there any more; of its kind the types have to be the same still. */
static void add_former_source(struct hub *hub, const struct source_row *row)
{
	const struct event_type *const *types = hub->find_types(row->kind);
	const struct hub_source *source;

	if (types && event_types_id(types) == row->types_id)
		hub_add_source(hub, row->kind, types, row->name, row->location, &source);
}

const struct hub_source *hub_source_of_row(struct hub *hub, uint16_t id)
{
	const struct source_row *row = id > 0 && id <= ROWS_MAX ? &hub->rows[id - 1] : NULL;

	if (!row || !row->kind[0])
		return NULL;
	if (!hub->by_row[id])
		add_former_source(hub, row);
	return hub->by_row[id];
}

uint16_t hub_source_id(const struct hub_source *source)
{
	return source->id;
}

const struct hub_source *hub_source_by_id(struct hub *hub, uint16_t id)
{
	return hub->rows ? hub_source_of_row(hub, id) : NULL;
}

const struct event_type *hub_type_at(const struct hub_source *source, uint8_t place)
{
	for (uint8_t i = 0; source->types[i]; i++)
		if (i == place)
			return source->types[i];
	return NULL;
}

void hub_free_sources(struct hub *hub)
{
	while (hub->sources) {
		struct hub_source *source = hub->sources;

		hub->sources = source->next;
		hub_end_subscriptions(&source->list);
		while (source->former) {
			struct former_location *former = source->former;

			source->former = former->next;
			free(former);
		}
		free(source);
	}
}
