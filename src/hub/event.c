#define _GNU_SOURCE
#include "roomd/event.h"

#include <string.h>

#include "util/cut.h"

const struct event_type_info event_types[EVENT_TYPES] = {
	[EVENT_MOTION_DETECTED] = { "motion_detected", EVENT_NUMBER_NONE, NULL },
	[EVENT_MOTION_CLEARED] = { "motion_cleared", EVENT_NUMBER_NONE, NULL },
	[EVENT_TEMPERATURE_UPDATE] = { "temperature_update", EVENT_NUMBER_VALUE, NULL },
	[EVENT_TEMPERATURE_HIGH] = { "temperature_high", EVENT_NUMBER_VALUE, NULL },
	[EVENT_TEMPERATURE_LOW] = { "temperature_low", EVENT_NUMBER_VALUE, NULL },
	[EVENT_TEMPERATURE_NORMAL] = { "temperature_normal", EVENT_NUMBER_VALUE, NULL },
	[EVENT_SENSOR_AVAILABLE] = { "sensor_available", EVENT_NUMBER_NONE, "reason" },
	[EVENT_SENSOR_UNAVAILABLE] = { "sensor_unavailable", EVENT_NUMBER_NONE, "reason" },
	[EVENT_SENSOR_SUSPECT] = { "sensor_suspect", EVENT_NUMBER_NONE, "reason" },
	[EVENT_OUTPUT_AVAILABLE] = { "output_available", EVENT_NUMBER_NONE, "reason" },
	[EVENT_OUTPUT_UNAVAILABLE] = { "output_unavailable", EVENT_NUMBER_NONE, "reason" },
	[EVENT_EDGES_LOST] = { "edges_lost", EVENT_NUMBER_COUNT, NULL },
	[EVENT_LIGHT_ON] = { "light_on", EVENT_NUMBER_NONE, "cause" },
	[EVENT_LIGHT_OFF] = { "light_off", EVENT_NUMBER_NONE, "cause" },
	[EVENT_LIGHT_LOOP] = { "light_loop", EVENT_NUMBER_NONE, "cause" },
	[EVENT_LOCKED] = { "locked", EVENT_NUMBER_NONE, "cause" },
	[EVENT_UNLOCKED] = { "unlocked", EVENT_NUMBER_NONE, "cause" },
	[EVENT_LOCK_ALERT] = { "lock_alert", EVENT_NUMBER_NONE, "cause", .at_by = true },
	[EVENT_LOCK_ACKNOWLEDGED] = { "lock_acknowledged", EVENT_NUMBER_NONE, "cause" },
};

/* FNV-1a, over the names with their zeros. */
uint64_t event_types_id(const struct event_type_info *types, size_t n)
{
	uint64_t id = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		for (const char *c = types[i].name;; c++) {
			id = (id ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
			if (!*c)
				break;
		}
	return id ? id : 1;
}

void event_set_text(struct event *event, const char *text)
{
	size_t length = strnlen(text, sizeof event->text);

	if (length == sizeof event->text)
		cut_copy(event->text, sizeof event->text, text);
	else
		memcpy(event->text, text, length + 1);
}
