#include "bus/manager.h"

#include <string.h>

#include "bus/calls.h"
#include "bus/describe.h"
#include "bus/events-since.h"
#include "bus/internal.h"
#include "bus/object.h"
#include "bus/text.h"

const char manager_interface[] = BUS_NAME ".Manager";

static const char *room_state(const struct bus *bus)
{
	for (const struct object *object = bus->objects; object; object = object->next)
		if (object->component->missing > 0)
			return "degraded";
	return "running";
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *name,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)name, (void)userdata, (void)error;
	return sd_bus_message_append_basic(reply, 's', ROOMD_VERSION);
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *name,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	return sd_bus_message_append_basic(reply, 's', room_state(userdata));
}

static int get_status(sd_bus *bus, const char *path, const char *interface, const char *name,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct bus *room = userdata;

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	return sd_bus_message_append_basic(reply, 's', room->callbacks->status(room->userdata));
}

/* In the order of the configuration, which is that of the room. */
static int get_components(sd_bus *bus, const char *path, const char *interface, const char *name,
                          sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct bus *room = userdata;
	int r;

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	r = sd_bus_message_open_container(reply, 'a', "(sso)");
	for (size_t i = 0; r >= 0 && i < room->room->components_n; i++) {
		const struct component *component = room->room->components[i];
		const struct object *object = component ? object_of(room, component->source) : NULL;

		if (object)
			r = sd_bus_message_append(reply, "(sso)", component->class->kind,
			                          component_name(component), object->path);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* What the property of this name has counted. */
static uint64_t read_counter(const struct bus *bus, const char *name)
{
	const struct room_counters *counters = &bus->room->counters;
	struct hub_counters hub = hub_counters(bus->room->hub);
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {
		{ "Edges", counters->edges },
		{ "EdgesLost", counters->edges_lost },
		{ "Events", hub.emitted },
		{ "DispatchOverflows", hub.overflows },
		{ "ReadErrors", counters->read_errors },
	};

	for (size_t i = 0; i < ELEMENTS(all); i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].value;
	return 0;
}

static int get_series(sd_bus *bus, const char *path, const char *interface, const char *name,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct bus *room = userdata;

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	return sd_bus_message_append_basic(reply, 's', hub_series(room->room->hub));
}

static int get_serial(sd_bus *bus, const char *path, const char *interface, const char *name,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	const struct bus *room = userdata;
	uint64_t serial = hub_serial(room->room->hub);

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	return sd_bus_message_append_basic(reply, 't', &serial);
}

static int get_counter(sd_bus *bus, const char *path, const char *interface, const char *name,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	uint64_t value = read_counter(userdata, name);

	(void)bus, (void)path, (void)interface, (void)error;
	return sd_bus_message_append_basic(reply, 't', &value);
}

const sd_bus_vtable manager_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("State", "s", get_state, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Status", "s", get_status, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Components", "a(sso)", get_components, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Series", "s", get_series, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Serial", "t", get_serial, 0, 0),
	SD_BUS_PROPERTY("Edges", "t", get_counter, 0, 0),
	SD_BUS_PROPERTY("EdgesLost", "t", get_counter, 0, 0),
	SD_BUS_PROPERTY("Events", "t", get_counter, 0, 0),
	SD_BUS_PROPERTY("DispatchOverflows", "t", get_counter, 0, 0),
	SD_BUS_PROPERTY("ReadErrors", "t", get_counter, 0, 0),
	SD_BUS_METHOD_WITH_NAMES("Describe", "", "", DESCRIBE_SIGNATURE, SD_BUS_PARAM(kinds), describe_on_call,
	                         SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("EventsSince", "t", SD_BUS_PARAM(serial), "a(ostta{sv})", SD_BUS_PARAM(events),
	                         events_since_on_call, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Reload", NULL, NULL, calls_on_reload, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

/* Takes down what State and Status are now; `names` gets those that are not what they were. Returns how many.
 */
static size_t compare(struct bus *bus, const char *names[static 3])
{
	const char *const properties[] = { "State", "Status" };
	const char *const values[] = { room_state(bus), bus->callbacks->status(bus->userdata) };
	size_t n = 0;

	for (size_t i = 0; i < ELEMENTS(properties); i++) {
		uint64_t now = text_fingerprint(values[i]);

		if (now != bus->manager_sent[i])
			names[n++] = properties[i];
		bus->manager_sent[i] = now;
	}
	names[n] = NULL;
	return n;
}

void manager_tell_changes(struct bus *bus)
{
	const char *names[3];

	if (!bus_is_full(bus) && compare(bus, names) > 0)
		sd_bus_emit_properties_changed_strv(bus->connection, BUS_ROOT, manager_interface,
		                                    (char **)names);
}

int manager_connect(struct bus *bus)
{
	const char *names[3];
	int r;

	compare(bus, names);
	r = sd_bus_add_object_vtable(bus->connection, NULL, BUS_ROOT, manager_interface, manager_vtable, bus);
	return r < 0 ? r : sd_bus_add_object_manager(bus->connection, NULL, BUS_ROOT);
}
