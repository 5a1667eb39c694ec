/* What the programs beside roomd hear of it: answers and signals, right ones and ones of any types. What they keep of the room can
 * be looked at, and made into payloads, at any time. */
#include "client/mirror.h"

#include "mqtt/payload.h"
#include "peer.h"

#define STEPS_MAX 64
#define TURNS_MAX 10000
#define SERVICE PEER_OTHER

struct world {
	sd_event *event;
	sd_bus *bus;
	struct peer peer;
	struct fuzz fuzz;
	struct mirror *mirror;
};

/* --- what roomd answers -------------------------------------------------------------------------- */

/* As it has to be for a mirror to be ready. */
static int append_right(sd_bus_message *reply, const char *member)
{
	if (strcmp(member, "GetNameOwner") == 0)
		return sd_bus_message_append(reply, "s", SERVICE);
	if (strcmp(member, "Describe") == 0)
		return sd_bus_message_append(reply, "a(sa{sv})", 1, "LightController", 1, "properties", "aa{sv}", 1, 2, "name", "s",
		                             "ChangedAt", "clock", "s", "monotonic");
	if (strcmp(member, "GetAll") == 0)
		return sd_bus_message_append(reply, "a{sv}", 2, "Series", "s", "one", "Serial", "t", UINT64_C(3));
	if (strcmp(member, "GetManagedObjects") == 0)
		return sd_bus_message_append(reply, "a{oa{sa{sv}}}", 1, "/org/roomd1/light_controller/hall", 1,
		                             "org.roomd1.LightController", 3, "Kind", "s", "LightController", "Name", "s", "hall",
		                             "ChangedAt", "t", UINT64_C(7));
	if (strcmp(member, "EventsSince") != 0)
		return -1;
	return sd_bus_message_append(reply, "a(ostta{sv})", 1, "/org/roomd1/light_controller/hall", "light_on", UINT64_C(3),
	                             UINT64_C(9), 1, "realtime_usec", "t", UINT64_C(5));
}

/* Once all of the input is used up there is no event more, or they would be asked for without end. */
static int on_called(struct peer *peer, sd_bus_message *call)
{
	bool is_over = peer->fuzz->left == 0 && strcmp(sd_bus_message_get_member(call), "EventsSince") == 0;

	return is_over ? 0 : peer_answer(peer, call, append_right);
}

static void send_signal(struct world *world)
{
	static const struct peer_signal rows[] = {
		{ "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss" },
		{ "/org/roomd1/light_controller/hall", "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as" },
		{ "/org/roomd1", "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as" },
		{ "/org/roomd1", "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", "oa{sa{sv}}" },
		{ "/org/roomd1", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", "oas" },
		{ "/org/roomd1/light_controller/hall", "org.roomd1.LightController", "light_on", "tta{sv}" },
	};
	unsigned i = fuzz_choice(&world->fuzz, ELEMENTS(rows));

	peer_send_signal(&world->peer, &rows[i], i == 0 ? "org.freedesktop.DBus" : SERVICE, NULL);
}

/* --- who listens --------------------------------------------------------------------------------- */

static void look_at(const struct mirror_component *component)
{
	char kind[64];

	FUZZ_CHECK(component->kind && component->name && component->path);
	free(payload_state(component, 1));
	mirror_kind_path(component, kind, sizeof kind);
}

static void on_nothing(void *userdata)
{
	(void)userdata;
}

static void on_component(struct mirror_component *component, void *userdata)
{
	(void)userdata;
	look_at(component);
}

/* One after the other, each once. */
static void on_event(const struct mirror_event *event, void *userdata)
{
	const struct world *world = userdata;

	FUZZ_CHECK(event->component && event->name && event->serial == mirror_serial(world->mirror));
	free(payload_event(event, "hub", mirror_series(world->mirror)));
}

static void on_missed(uint64_t n, void *userdata)
{
	(void)userdata;
	FUZZ_CHECK(n > 0);
}

static const struct mirror_callbacks callbacks = {
	.ready = on_nothing,
	.gone = on_nothing,
	.changed = on_component,
	.removed = on_component,
	.service_changed = on_nothing,
	.event = on_event,
	.missed = on_missed,
};

/* --- all of it ----------------------------------------------------------------------------------- */

static void run(struct world *world)
{
	unsigned turns = 0;

	peer_accept(&world->peer);
	while (sd_event_run(world->event, 0) > 0)
		FUZZ_CHECK(turns++ < TURNS_MAX);
}

static void connect_to_bus(struct world *world)
{
	peer_start(&world->peer, world->event, &world->fuzz);
	FUZZ_CHECK(sd_bus_new(&world->bus) >= 0 && sd_bus_set_address(world->bus, getenv("DBUS_SYSTEM_BUS_ADDRESS")) >= 0);
	FUZZ_CHECK(sd_bus_set_bus_client(world->bus, true) >= 0);
	sd_bus_set_close_on_exit(world->bus, false);
	FUZZ_CHECK(sd_bus_start(world->bus) >= 0 && sd_bus_attach_event(world->bus, world->event, 0) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world world = { .fuzz = { data, size }, .peer.called = on_called };

	FUZZ_CHECK(sd_event_new(&world.event) >= 0);
	connect_to_bus(&world);
	FUZZ_CHECK(mirror_new(world.bus, fuzz_bool(&world.fuzz) ? "one" : NULL, 1, &callbacks, &world, &world.mirror) >= 0);
	run(&world);
	for (unsigned i = 0; i < STEPS_MAX && world.fuzz.left > 0; i++) {
		send_signal(&world);
		run(&world);
		if (fuzz_choice(&world.fuzz, 16) == 0)
			mirror_refresh_service(world.mirror);
	}
	run(&world);
	for (struct mirror_component *component = mirror_components(world.mirror); component; component = component->next)
		look_at(component);
	mirror_free(world.mirror);
	sd_bus_close_unref(world.bus);
	peer_end(&world.peer);
	sd_event_unref(world.event);
	return 0;
}
