#include "bus/events-since.h"

#include "bus/internal.h"
#include "bus/object.h"

/* In an answer. Who has so many asks again, from the last one. */
#define EVENTS_MAX 256

struct answer {
	sd_bus_message *reply;
	unsigned n;
	int r;
};

/* Also one whose component is no more: the hub still knows whose it was. */
static void append(const struct event *event, void *userdata)
{
	_cleanup_(cleanup_free) char *path = NULL;
	struct answer *answer = userdata;

	if (answer->r < 0 || answer->n == EVENTS_MAX)
		return;
	answer->n++;
	answer->r = object_path(hub_source_kind(event->source), hub_source_name(event->source), &path);
	if (answer->r >= 0)
		answer->r = sd_bus_message_open_container(answer->reply, 'r', "ostta{sv}");
	if (answer->r >= 0)
		answer->r = sd_bus_message_append(answer->reply, "ostt", path, event->type->name, event->serial,
		                                  event->monotonic_ns);
	if (answer->r >= 0)
		answer->r = object_append_event_data(answer->reply, event);
	if (answer->r >= 0)
		answer->r = sd_bus_message_close_container(answer->reply);
}

int events_since_on_call(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const struct bus *bus = userdata;
	struct answer answer = { 0 };
	uint64_t serial;
	int r;

	(void)error;
	r = sd_bus_message_read(call, "t", &serial);
	if (r >= 0)
		r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ostta{sv})");
	if (r < 0)
		return r;
	answer.reply = reply;
	hub_read_since(bus->room->hub, serial, SIZE_MAX, append, &answer);
	r = answer.r < 0 ? answer.r : sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}
