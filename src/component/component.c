/* What all components do the same way: emitting, and being there or not. */
#include "roomd/component.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/snake.h"
#include "util/utf8.h"

const char *component_name(const struct component *component)
{
	return hub_source_name(component->source);
}

struct component *component_of(const struct hub_source *source)
{
	return hub_source_owner(source);
}

/* A sensor that is not there sees nothing; a controller still knows what it wants. */
void component_summary(const struct component *component, char buffer[static COMPONENT_SUMMARY_SIZE])
{
	static const char unavailable[] = "unavailable";
	size_t length = 0;

	if (component->missing > 0 && component->class->layer == COMPONENT_SENSOR) {
		snprintf(buffer, COMPONENT_SUMMARY_SIZE, "%s", unavailable);
		return;
	}
	component->class->describe(component, buffer, COMPONENT_SUMMARY_SIZE);
	length = strlen(buffer);
	if (component->missing > 0)
		snprintf(buffer + length, COMPONENT_SUMMARY_SIZE - length, ", %s", unavailable);
}

void room_watch(struct component_room *room, struct room_watch *watch,
                void (*changed)(struct component *component, void *userdata), void *userdata)
{
	*watch = (struct room_watch){ .next = room->watches, .changed = changed, .userdata = userdata };
	room->watches = watch;
}

void room_unwatch(struct component_room *room, struct room_watch *watch)
{
	for (struct room_watch **w = &room->watches; *w; w = &(*w)->next)
		if (*w == watch) {
			*w = watch->next;
			return;
		}
}

char *component_stored_as(const struct component *component, const char *key,
                          char buffer[static COMPONENT_STORED_AS_SIZE])
{
	char kind[COMPONENT_STORED_AS_SIZE / 2];

	snprintf(buffer, COMPONENT_STORED_AS_SIZE, "%s/%s/%s",
	         snake_case(component->class->kind, kind, sizeof kind), component_name(component), key);
	return buffer;
}

void component_changed(struct component *component)
{
	struct component_room *room = component->room;

	component->changed = true;
	if (room->watches)
		sd_event_source_set_enabled(room->changes, SD_EVENT_ONESHOT);
}

HOT void component_emit(struct component *component, const struct event_type *type, uint64_t monotonic_ns,
                        const struct hub_source *by, const char *cause)
{
	struct event event;

	/* Not an initialiser: that would clear the whole text each time. */
	event.type = type;
	event.source = component->source;
	event.by = by;
	event.location = by && type->at_by ? hub_source_location(by) : NULL;
	event.monotonic_ns = monotonic_ns;
	event.count = 0;
	event.repeated = false;
	event.text[0] = '\0';
	if (cause)
		event_set_text(&event, cause);
	/* Dropped if the queue is full, which the hub counts and tells the reporters. */
	hub_emit(component->room->hub, &event);
	component_changed(component);
}

void component_emit_value(struct component *component, const struct event_type *type, uint64_t monotonic_ns,
                          double value)
{
	struct event event = {
		.type = type, .source = component->source, .monotonic_ns = monotonic_ns, .value = value
	};

	hub_emit(component->room->hub, &event);
	component_changed(component);
}

void component_emit_count(struct component *component, const struct event_type *type, uint64_t monotonic_ns,
                          uint64_t count)
{
	struct event event = {
		.type = type, .source = component->source, .monotonic_ns = monotonic_ns, .count = count
	};

	hub_emit(component->room->hub, &event);
	component_changed(component);
}

void component_tell(struct component *component, uint64_t monotonic_ns)
{
	hub_tell(component->room->hub, component->source, monotonic_ns);
}

void component_unavailable(struct component *component, const char *reason)
{
	bool sensor = component->class->layer == COMPONENT_SENSOR;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (component->missing++ == 0)
		component->missing_ns = now_ns;
	cut_copy(component->reason, sizeof component->reason, reason);
	component_emit(component, sensor ? &event_sensor_unavailable : &event_output_unavailable, now_ns, NULL, reason);
}

void component_still_unavailable(struct component *component, const char *reason)
{
	cut_copy(component->reason, sizeof component->reason, reason);
	component_changed(component);
}

void component_available(struct component *component, const char *reason)
{
	bool sensor = component->class->layer == COMPONENT_SENSOR;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (--component->missing == 0)
		component->missing_ns = now_ns;
	cut_copy(component->reason, sizeof component->reason, reason);
	component_emit(component, sensor ? &event_sensor_available : &event_output_available, now_ns, NULL, reason);
}

/* A sensor that is not there has no other reason to be as it is. */
void component_why(const struct component *component, struct why *ret)
{
	*ret = (struct why){ .then_ns = NEVER_NS };
	if (component->missing > 0 && component->class->layer == COMPONENT_SENSOR) {
		ret->since_ns = component->missing_ns;
		cut_copy(ret->because, sizeof ret->because, component->reason);
	} else if (component->class->why) {
		component->class->why(component, ret);
	}
}
