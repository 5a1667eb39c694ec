/* The events of a room: what happened, to whom, and when the kernel saw it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "roomd/value.h"

struct about;
struct quantity;

/* What kind of number an event carries. */
enum event_number {
	EVENT_NUMBER_NONE,
	EVENT_NUMBER_VALUE, /* event.value, in its quantity's unit */
	EVENT_NUMBER_COUNT, /* event.count */
};

/* What an event says about the one thing that a sensor watches for, such as motion or an open door. */
enum event_means {
	EVENT_MEANS_NOTHING,
	EVENT_MEANS_BEGUN,
	EVENT_MEANS_OVER, /* also when it is not known, because the sensor is unavailable */
	EVENT_MEANS_PRESS, /* somebody asks for something: event.text is "single", "double" or "long" */
};

/* What all events of a type have in common. A constant, which is identified by its address; its kind lists it
 * (component_class.events). */
struct event_type {
	const char *name; /* "motion_detected": the same in JSON, the journal, D-Bus and the manual */
	enum event_means means;
	enum event_number number;
	const struct quantity *quantity; /* of a value; NULL: it has none */
	const char *text_name; /* what event.text is called, "cause", "reason", "press" or "condition"; NULL: it has none */
	bool at_by;            /* it happens where event.by is, not where the component is */
	/* In the journal: */
	int level;              /* the importance: LOG_DEBUG to LOG_WARNING */
	const char *words;      /* "no motion" */
	const char *message_id; /* roomd/message-ids.h; NULL: none */
	/* For roomd(8): what the event means for the kinds that list the type; roomd/about.h */
	const struct about *about;
};

/* The types that more than one kind has. */
extern const struct event_type event_sensor_available, event_sensor_unavailable, event_sensor_suspect,
	event_sensor_trusted, event_output_available, event_output_unavailable, event_edges_lost;
/* For components only, from hub_tell(): no kind lists it, and no reporter reports it. */
extern const struct event_type event_state_changed;

/* A number for a table of types: the same for the same names in the same order, and different otherwise. So a
 * position in the table means the same to all processes that have the same number. `types` is ended by NULL,
 * and may be NULL. Never 0. */
uint64_t event_types_id(const struct event_type *const *types);

/* Who emits events: one for each component. The hub owns it, from hub_add_source() to hub_free(), so an
 * event that is reported late can still name where it came from. */
struct hub_source;

/* The kind ("MotionSensor"), the component's name ("hall") and its location ("Hall"); never NULL. */
const char *hub_source_kind(const struct hub_source *source);
const char *hub_source_name(const struct hub_source *source);
const char *hub_source_location(const struct hub_source *source);

/* Makes an event 384 bytes. */
#define EVENT_TEXT_SIZE 320

struct event {
	const struct event_type *type;
	const struct hub_source *source;
	/* The source whose event led to this one (the sensor behind a light_on); may be NULL. */
	const struct hub_source *by;
	/* Where; NULL when emitting: hub_emit() puts the source's location here. Lives as long as the hub. */
	const char *location;
	/* CLOCK_MONOTONIC, ns: the kernel's timestamp of an edge (and of what it led to), or when a reading
	 * was complete or a timer ran out. */
	uint64_t monotonic_ns;
	/* Set by hub_emit(): one more than the previous event's, which may be from an earlier process; the
	 * first is 1. A gap means that events were lost. */
	uint64_t serial;
	union {
		double value;   /* in the unit of the type's quantity */
		uint64_t count; /* how many */
	};
	/* For a late subscriber: it may have got this event before. */
	bool repeated;
	/* The hub's own: what the pointers above stand for, so that another process can report the event. */
	uint8_t location_of;
	uint8_t place; /* of the type in its kind's table */
	uint16_t source_id, by_id;
	/* A cause or a reason in words, zero-terminated; empty if there is none. */
	char text[EVENT_TEXT_SIZE];
};

/* What an event's number is called; "": it has none. */
const char *event_number_name(enum event_number number);

/* What an event carries beside its type, source, serial and time, in this order: "location", its number, its text, and
 * "by". Returns how many there are. The texts are the event's and the hub's. */
#define EVENT_DATA_MAX 4
size_t event_data(const struct event *event, struct named_value ret[static EVENT_DATA_MAX]);

/* Puts `text` into the event, cut to fit (util/cut.h). */
void event_set_text(struct event *event, const char *text);
