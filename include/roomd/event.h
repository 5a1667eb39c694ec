/* The events of a room: what happened, to whom, and when the kernel saw it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every event there is. The names that people see are in event_types[] (src/hub/event.c), one row each. */
enum event_type {
	EVENT_MOTION_DETECTED,
	EVENT_MOTION_CLEARED,
	EVENT_TEMPERATURE_UPDATE,
	EVENT_TEMPERATURE_HIGH,
	EVENT_TEMPERATURE_LOW,
	EVENT_TEMPERATURE_NORMAL,
	EVENT_SENSOR_AVAILABLE,
	EVENT_SENSOR_UNAVAILABLE,
	EVENT_SENSOR_SUSPECT,
	EVENT_OUTPUT_AVAILABLE,
	EVENT_OUTPUT_UNAVAILABLE,
	EVENT_EDGES_LOST,
	EVENT_LIGHT_ON,
	EVENT_LIGHT_OFF,
	EVENT_LIGHT_LOOP,
	EVENT_LOCKED,
	EVENT_UNLOCKED,
	EVENT_LOCK_ALERT,
	EVENT_LOCK_ACKNOWLEDGED,
	EVENT_TYPES, /* how many there are */

	EVENT_ANY = EVENT_TYPES, /* in a filter: all of them */
};

/* What kind of number an event carries. */
enum event_number {
	EVENT_NUMBER_NONE,
	EVENT_NUMBER_VALUE, /* event.value, °C */
	EVENT_NUMBER_COUNT, /* event.count */
};

/* What is the same for all events of a type. */
struct event_type_info {
	const char *name; /* "motion_detected": the same in JSON, the journal, D-Bus and the manual */
	enum event_number number;
	const char *text_name; /* what event.text is called, "cause" or "reason"; NULL: it has none */
	bool at_by;            /* it happens where event.by is, not where the component is */
};

extern const struct event_type_info event_types[EVENT_TYPES];

/* The same number for the same types in the same order, another one for others: a type's own number means
 * something to whoever has the same table. Never 0. */
uint64_t event_types_id(const struct event_type_info *types, size_t n);

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
	enum event_type type;
	const struct hub_source *source;
	/* The source whose event led to this one (the sensor behind a light_on); may be NULL. */
	const struct hub_source *by;
	/* Where; NULL when emitting: hub_emit() puts the source's location here. Lives as long as the hub. */
	const char *location;
	/* CLOCK_MONOTONIC, ns: the kernel's timestamp of an edge (and of what it led to), or when a reading
	 * was complete or a timer ran out. */
	uint64_t monotonic_ns;
	/* One more than that of the event before, which may be a predecessor's, or 1; given by hub_emit(). A
	 * gap is a lost event. */
	uint64_t serial;
	union {
		double value;   /* °C */
		uint64_t count; /* how many */
	};
	/* Said before, and what follows from it has followed already: from hub_repeat(). To a late
	 * subscriber: it may have got it before. */
	bool repeated;
	/* The hub's own: what the pointers above stand for, for whoever reports the event in another process.
	 */
	uint8_t location_of;
	uint16_t source_id, by_id;
	/* A cause or a reason in words, zero-terminated; empty if there is none. */
	char text[EVENT_TEXT_SIZE];
};

/* Puts `text` into the event, cut to what has room (util/cut.h). */
void event_set_text(struct event *event, const char *text);
