#define _GNU_SOURCE
#include "roomd/event.h"

#include <string.h>
#include <syslog.h>

#include "roomd/about.h"
#include "roomd/message-ids.h"
#include "util/cut.h"

#define REACHED ABOUT("Its line or device cannot be reached, or can be reached again.")
#define DRIVEN ABOUT("A line that it drives cannot be reached, or can be reached again.")

const struct event_type event_sensor_available = {
	.name = "sensor_available",
	.text_name = "reason",
	.level = LOG_NOTICE,
	.words = "available",
	.message_id = ROOMD_MESSAGE_AVAILABLE,
	.about = REACHED,
};
const struct event_type event_sensor_unavailable = {
	.name = "sensor_unavailable",
	.means = EVENT_MEANS_OVER,
	.text_name = "reason",
	.level = LOG_WARNING,
	.words = "unavailable",
	.message_id = ROOMD_MESSAGE_UNAVAILABLE,
	.about = REACHED,
};
const struct event_type event_sensor_suspect = {
	.name = "sensor_suspect",
	.text_name = "reason",
	.level = LOG_WARNING,
	.words = "cannot be believed",
	.message_id = ROOMD_MESSAGE_SUSPECT,
	.about = ABOUT(
		"The sensor answers, but cannot be believed: it has shown the same value for too long "
		"(_FrozenReadings=_ in *roomd.conf*(5)), or it has been active for too long or changes too often "
		"(_StuckSec=_, _ChangesPerHourMax=_). This is reported once."),
};
const struct event_type event_sensor_trusted = {
	.name = "sensor_trusted",
	.text_name = "reason",
	.level = LOG_NOTICE,
	.words = "can be believed again",
	.message_id = ROOMD_MESSAGE_TRUSTED,
	.about = ABOUT("The reason to suspect the sensor is gone."),
};
const struct event_type event_state_changed = { .name = "state_changed" };
const struct event_type event_output_available = {
	.name = "output_available",
	.text_name = "reason",
	.level = LOG_NOTICE,
	.words = "available",
	.message_id = ROOMD_MESSAGE_AVAILABLE,
	.about = DRIVEN,
};
const struct event_type event_output_unavailable = {
	.name = "output_unavailable",
	.text_name = "reason",
	.level = LOG_WARNING,
	.words = "unavailable",
	.message_id = ROOMD_MESSAGE_UNAVAILABLE,
	.about = DRIVEN,
};
const struct event_type event_edges_lost = {
	.name = "edges_lost",
	.number = EVENT_NUMBER_COUNT,
	.level = LOG_WARNING,
	.words = "edges were lost, the level was read again",
	.message_id = ROOMD_MESSAGE_EDGES_LOST,
	.about = ABOUT(
		"The kernel dropped edges of a sensor's or a button's line because they were not read in time. "
		"roomd then reads the level again."),
};

/* FNV-1a, over the names with their zeros. */
uint64_t event_types_id(const struct event_type *const *types)
{
	uint64_t id = UINT64_C(0xcbf29ce484222325);

	for (; types && *types; types++)
		for (const char *c = (*types)->name;; c++) {
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
