/* The bridge on the bus, as org.roomd1.Mqtt: for roomctl mqtt, and for whoever wants to know. It can be looked at only. */
#define _GNU_SOURCE
#include <string.h>

#include "mqtt/internal.h"
#include "mqtt/payload.h"
#include "mqtt/view.h"

static uint64_t number_of(const struct bridge *bridge, const char *name)
{
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {
		{ "Since", bridge->connected_usec },
		{ "Queue", queue_length(bridge->queue) },
		{ "QueueBytes", queue_bytes(bridge->queue) },
		{ "Dropped", queue_dropped(bridge->queue)->events },
		{ "Missed", bridge->missed },
		{ "Sent", bridge->sent },
		{ "Received", bridge->received },
	};

	for (size_t i = 0; i < ELEMENTS(all); i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].value;
	return 0;
}

static int get_number(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                      void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)error;
	return sd_bus_message_append(reply, "t", number_of(userdata, name));
}

static int get_text(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                    void *userdata, sd_bus_error *error)
{
	struct bridge *bridge = userdata;
	const char *text = strcmp(name, "Version") == 0   ? ROOMD_VERSION
	                   : strcmp(name, "Hub") == 0     ? bridge_hub(bridge)
	                   : strcmp(name, "Broker") == 0  ? bridge->config->broker->uri->text
	                   : strcmp(name, "Reason") == 0  ? broker_last_failure(bridge->broker)
	                                                  : broker_words(bridge->broker);

	(void)bus, (void)path, (void)interface, (void)error;
	return sd_bus_message_append(reply, "s", text);
}

static int get_connected(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                         void *userdata, sd_bus_error *error)
{
	const struct bridge *bridge = userdata;

	(void)bus, (void)path, (void)interface, (void)error;
	return sd_bus_message_append(reply, "b",
	                             (int)(strcmp(name, "Room") == 0 ? mirror_is_ready(bridge->mirror)
	                                                             : broker_is_connected(bridge->broker)));
}

static int get_remotes(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                       void *userdata, sd_bus_error *error)
{
	const struct bridge *bridge = userdata;
	int r = sd_bus_message_open_container(reply, 'a', "(sbs)");

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	for (const struct remote *remote = bridge->remotes.first; r >= 0 && remote; remote = remote->next)
		r = sd_bus_message_append(reply, "(sbs)", remote->id, (int)remote->available, remote->reason);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_last(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                    void *userdata, sd_bus_error *error)
{
	const struct view *view = &((struct bridge *)userdata)->view;
	int r = sd_bus_message_open_container(reply, 'a', "(tbss)");

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	for (size_t i = 0; r >= 0 && i < VIEW_LAST; i++) {
		size_t at = (view->next + i) % VIEW_LAST;

		if (view->last[at].realtime_usec > 0)
			r = sd_bus_message_append(reply, "(tbss)", view->last[at].realtime_usec, (int)view->last[at].sent,
			                          view->last[at].topic, view->last[at].payload);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Version", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Hub", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Broker", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Connected", "b", get_connected, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("State", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Reason", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Room", "b", get_connected, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Since", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Queue", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("QueueBytes", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Dropped", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Missed", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Sent", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Received", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Remotes", "a(sbs)", get_remotes, 0, 0),
	SD_BUS_PROPERTY("Last", "a(tbss)", get_last, 0, 0),
	SD_BUS_VTABLE_END,
};

void view_note(struct bridge *bridge, bool sent, const char *topic, const char *payload, size_t length)
{
	struct view *view = &bridge->view;

	view->last[view->next].realtime_usec = clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
	view->last[view->next].sent = sent;
	payload_shown(topic, strlen(topic), view->last[view->next].topic, sizeof view->last[0].topic);
	payload_shown(payload, length, view->last[view->next].payload, sizeof view->last[0].payload);
	view->next = (view->next + 1) % VIEW_LAST;
}

void view_changed(struct bridge *bridge)
{
	sd_bus_emit_properties_changed(bridge->bus, VIEW_PATH, VIEW_INTERFACE, "Connected", "Room", NULL);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
	struct bridge *bridge = userdata;
	uint32_t result = 0;

	(void)unused;
	if (!sd_bus_message_is_method_error(reply, NULL))
		sd_bus_message_read(reply, "u", &result);
	if (result != 1) /* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER */
		bridge_fail(bridge, "the name " VIEW_NAME " on the bus cannot be taken: another roomd-mqtt "
			"has it, or this user may not own it");
	return 0;
}

int view_init(struct bridge *bridge)
{
	int r;

	r = sd_bus_add_object_vtable(bridge->bus, &bridge->view.slot, VIEW_PATH, VIEW_INTERFACE, vtable, bridge);
	return r < 0 ? r : sd_bus_request_name_async(bridge->bus, NULL, VIEW_NAME, 0, on_name, bridge);
}

void view_deinit(struct bridge *bridge)
{
	bridge->view.slot = sd_bus_slot_unref(bridge->view.slot);
}
