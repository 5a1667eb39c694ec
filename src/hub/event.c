#define _GNU_SOURCE
#include "roomd/event.h"

#include <string.h>
#include <syslog.h>

#include "roomd/about.h"
#include "roomd/message-ids.h"
#include "util/cut.h"

#define REACHED(...) ABOUT("Its line or device cannot be reached, or can be reached again.", __VA_ARGS__)
#define DRIVEN ABOUT("A line that it drives cannot be reached, or can be reached again.")

const struct event_type event_sensor_available = {
	.name = "sensor_available",
	.text_name = "reason",
	.level = LOG_NOTICE,
	.words = "available",
	.message_id = ROOMD_MESSAGE_AVAILABLE,
	.about = REACHED(.title = "A line or device can be reached again",
	                 .advice = "Nothing has to be done. If it comes and goes, look at its plug and wires."),
};
const struct event_type event_sensor_unavailable = {
	.name = "sensor_unavailable",
	.means = EVENT_MEANS_OVER,
	.text_name = "reason",
	.level = LOG_WARNING,
	.words = "unavailable",
	.message_id = ROOMD_MESSAGE_UNAVAILABLE,
	.about = REACHED(
		.title = "A line or device cannot be reached",
		.advice =
			"The message says what roomd looked for, where, and why it failed. roomd uses it as soon as it is "
			"plugged in, or as soon as the program that holds it releases it. A device that is there but does "
			"not work is tried again after 1 s, 2 s, 4 s, up to a minute. You need not restart anything.\n\n"
			"\"not found\": compare the configuration with the output of \"gpioinfo\" or \"iio_info\", or with "
			"what the message says was found. \"busy\": the message names the program that holds the line; end "
			"that program. \"Permission denied\": the service's user is not in the group of /dev/gpiochip*. "
			"\"timed out\": a loose wire, or a sensor without power."),
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
		"(_StuckSec=_, _ChangesPerHourMax=_). This is reported once.",
		.title = "A sensor cannot be believed",
		.advice =
			"The message says why. roomd still uses the sensor, except for lights with IgnoreSuspect=yes.\n\n"
			"The same value, as many times in a row as FrozenReadings= says: warm the sensor with a hand. If "
			"nothing changes, its converter has stopped, and taking its supply away for a moment helps. If the "
			"value does change, the room is calmer than the sensor's resolution: set FrozenReadings= higher.\n\n"
			"A motion sensor that has been active for longer than StuckSec=, or has changed more often than "
			"ChangesPerHourMax= in each of ChangesHours= hours in a row: it or its wire is broken, or it sees a "
			"heater, a fan, or the sun. If somebody is in front of it day and night, set the keys to 0."),
};
const struct event_type event_sensor_trusted = {
	.name = "sensor_trusted",
	.text_name = "reason",
	.level = LOG_NOTICE,
	.words = "can be believed again",
	.message_id = ROOMD_MESSAGE_TRUSTED,
	.about = ABOUT("The reason to suspect the sensor is gone.", .title = "A sensor can be believed again"),
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
		"The kernel dropped edges of a sensor's or a button's line because they were not read in time; "
		"roomd then reads the level again.",
		.title = "The kernel dropped edges",
		.advice =
			"The state of the room is right. But a sensor does not change a hundred times a second: look for a "
			"loose wire or a missing pull resistor (Bias=), or set DebounceSec= in its section."),
};

const char *event_number_name(enum event_number number)
{
	static const char *const names[] = {
		[EVENT_NUMBER_NONE] = "",
		[EVENT_NUMBER_VALUE] = "value",
		[EVENT_NUMBER_COUNT] = "count",
	};

	return names[number];
}

static struct named_value number_of(const struct event *event)
{
	struct named_value number = { .name = event_number_name(event->type->number) };

	if (event->type->number == EVENT_NUMBER_VALUE) {
		number.type = 'd';
		number.value.d = event->value;
	} else {
		number.type = 't';
		number.value.t = event->count;
	}
	return number;
}

size_t event_data(const struct event *event, struct named_value ret[static EVENT_DATA_MAX])
{
	const struct event_type *type = event->type;
	size_t n = 0;

	ret[n++] = (struct named_value){ "location", 's', { .s = event->location } };
	if (type->number != EVENT_NUMBER_NONE)
		ret[n++] = number_of(event);
	if (type->text_name && event->text[0])
		ret[n++] = (struct named_value){ type->text_name, 's', { .s = event->text } };
	if (event->by)
		ret[n++] = (struct named_value){ "by", 's', { .s = hub_source_name(event->by) } };
	return n;
}

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
