#define _GNU_SOURCE
#include "mqtt/payload.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/cut.h"
#include "util/snake.h"
#include "util/utf8.h"

#define KEY_SIZE 128

char *payload_text(struct json_object *object)
{
	const char *text =
		object ? json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;

	return text ? strdup(text) : NULL;
}

static struct json_object *time_text(uint64_t realtime_ns)
{
	char text[CLOCK_RFC3339_SIZE];

	return json_object_new_string(clock_format_rfc3339(realtime_ns, text));
}

static uint64_t monotonic_to_realtime_ns(uint64_t monotonic_ns)
{
	return clock_now_ns(CLOCK_REALTIME) - clock_now_ns(CLOCK_MONOTONIC) + monotonic_ns;
}

struct json_object *payload_time(const char *clock, uint64_t usec)
{
	if (usec == 0)
		return NULL;
	if (strcmp(clock, "monotonic") == 0)
		return time_text(monotonic_to_realtime_ns(usec * NSEC_PER_USEC));
	return time_text(usec * NSEC_PER_USEC);
}

/* --- states ---------------------------------------------------------------------------------- */

/* The clock of the property, "" if it is no time. */
static const char *clock_of(const struct mirror_component *component, const char *name)
{
	struct json_object *properties = member_of(component->description, "properties");
	size_t n = json_object_is_type(properties, json_type_array) ? json_object_array_length(properties) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *property = json_object_array_get_idx(properties, i);

		if (strcmp(member_text(property, "name"), name) == 0)
			return member_text(property, "clock");
	}
	return "";
}

static void add_property(struct json_object *state, const struct mirror_component *component, const char *name,
                         struct json_object *value)
{
	const char *clock = clock_of(component, name);
	char key[KEY_SIZE];

	snake_case(name, key, sizeof key);
	if (*clock)
		json_add(state, key, payload_time(clock, json_object_get_uint64(value)));
	else
		json_add(state, key, json_object_get(value));
}

char *payload_state(const struct mirror_component *component, uint64_t serial)
{
	_cleanup_(json_freep) struct json_object *state = json_object_new_object();

	if (!state)
		return NULL;
	json_object_object_foreach(component->properties, name, value)
	{
		if (strcmp(name, "Configuration") != 0)
			add_property(state, component, name, value);
	}
	json_add(state, "serial", json_object_new_uint64(serial));
	json_add(state, "time", time_text(clock_now_ns(CLOCK_REALTIME)));
	return payload_text(state);
}

/* --- events ---------------------------------------------------------------------------------- */

/* What the event has that its kind's events have: "value", "cause", "by" ... */
static void add_data(struct json_object *object, struct json_object *data)
{
	json_object_object_foreach(data, name, value)
	{
		if (strcmp(name, "realtime_usec") != 0)
			json_add(object, name, json_object_get(value));
	}
}

char *payload_event(const struct mirror_event *event, const char *hub, const char *series)
{
	_cleanup_(json_freep) struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_add_text(object, "event", event->name);
	json_add_text(object, "source", event->component->name);
	json_add_text(object, "kind", event->component->kind);
	add_data(object, event->data);
	json_add(object, "monotonic_ns", json_object_new_uint64(event->monotonic_ns));
	json_add(object, "realtime", time_text(member_number(event->data, "realtime_usec") * NSEC_PER_USEC));
	json_add(object, "serial", json_object_new_uint64(event->serial));
	json_add_text(object, "hub", hub);
	json_add_text(object, "series", series);
	return payload_text(object);
}

char *payload_repeated(const char *payload, size_t length)
{
	static const char more[] = ",\"repeated\":true}";
	char *text;

	if (length < 2 || payload[length - 1] != '}')
		return strndup(payload, length);
	text = malloc(length - 1 + sizeof more);
	if (!text)
		return NULL;
	memcpy(text, payload, length - 1);
	memcpy(text + length - 1, more, sizeof more);
	return text;
}

char *payload_shown(const void *payload, size_t length, char *buffer, size_t size)
{
	size_t n = length < size ? length : size - 1;

	memcpy(buffer, payload, n);
	buffer[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)buffer[i] < ' ' || buffer[i] == 0x7f)
			buffer[i] = '?';
	utf8_make(buffer);
	if (length > n)
		cut_end(buffer, size);
	return buffer;
}
