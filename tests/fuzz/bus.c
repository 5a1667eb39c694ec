/* Messages to roomd: calls of every method with any types, signals, answers of the bus and of polkit. Each call has one answer,
 * and relays show what their components say. */
#define _GNU_SOURCE
#include "bus/bus.h"

#include <errno.h>

#include "daemon/components.h"
#include "io/gpio.h"
#include "peer.h"
#include "room-fixture.h"
#include "script-lines.h"
#include "util/snake.h"

#define STEPS_MAX 64
#define METHODS_MAX 128

/* What can be called. */
struct method {
	char path[96];
	char interface[64];
	const char *member;
	char types[8];
};

static struct method methods[METHODS_MAX];
static unsigned methods_n;

static void add_method(const char *path, const char *interface, const char *member, const char *types)
{
	struct method *method = &methods[methods_n++];

	FUZZ_CHECK(methods_n < METHODS_MAX);
	snprintf(method->path, sizeof method->path, "%s", path);
	snprintf(method->interface, sizeof method->interface, "%s", interface);
	snprintf(method->types, sizeof method->types, "%s", types);
	method->member = member;
}

static void add_actions(const struct component *component)
{
	char kind[64], path[96], interface[64];

	snprintf(path, sizeof path, "/org/roomd1/%s/%s", snake_case(component->class->kind, kind, sizeof kind),
	         component_name(component));
	snprintf(interface, sizeof interface, "org.roomd1.%s", component->class->kind);
	for (const struct interface_action *action = component->class->actions; action && action->name; action++) {
		char types[INTERFACE_ARGUMENTS_MAX + 1] = "";

		for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++)
			types[i] = action->arguments[i].type;
		add_method(path, interface, action->name, types);
	}
}

static void find_methods(const struct component_room *room)
{
	static const char *const paths[] = { "/org/roomd1", "/org/roomd1/light_controller/hall", "/org/roomd1/door_lock/front",
		                             "/org/roomd1/motion_sensor/gate", "/" };

	for (size_t i = 0; i < room->components_n; i++)
		add_actions(room->components[i]);
	add_method("/org/roomd1", "org.roomd1.Manager", "Describe", "");
	add_method("/org/roomd1", "org.roomd1.Manager", "EventsSince", "t");
	add_method("/org/roomd1", "org.roomd1.Manager", "Reload", "");
	add_method("/org/roomd1", "org.roomd1.Remote", "Feed", "sbsvtb");
	add_method("/org/roomd1", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", "");
	for (size_t i = 0; i < ELEMENTS(paths); i++) {
		add_method(paths[i], "org.freedesktop.DBus.Introspectable", "Introspect", "");
		add_method(paths[i], "org.freedesktop.DBus.Properties", "GetAll", "s");
		add_method(paths[i], "org.freedesktop.DBus.Properties", "Get", "ss");
		add_method(paths[i], "org.freedesktop.DBus.Properties", "Set", "ssv");
		add_method(paths[i], "org.freedesktop.DBus.Peer", "Ping", "");
	}
}

struct world {
	struct room_fixture room;
	struct peer peer;
	struct fuzz fuzz;
	struct bus *bus;
	unsigned calls;
};

/* --- who is asked ------------------------------------------------------------------------------- */

static int reply_with(struct peer *peer, sd_bus_message *call, const char *types)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

	if (sd_bus_message_new_method_return(call, &reply) < 0)
		return 0;
	if (fuzz_choice(peer->fuzz, 16) == 0)
		types = peer_types(peer->fuzz);
	peer_append(peer->fuzz, reply, types);
	return sd_bus_send(NULL, reply, NULL) >= 0;
}

/* Who somebody is; whether he may; whether a unit was started. */
static int on_called(struct peer *peer, sd_bus_message *call)
{
	static const struct {
		const char *member, *types;
	} rows[] = {
		{ "CheckAuthorization", "(bba{ss})" },
		{ "GetConnectionUnixUser", "u" },
		{ "GetConnectionCredentials", "a{sv}" },
		{ "StartUnit", "o" },
		{ "Subscribe", "" },
	};
	const char *member = sd_bus_message_get_member(call);

	if (strcmp(member, "GetConnectionUnixUser") == 0 && fuzz_bool(peer->fuzz))
		return sd_bus_reply_method_return(call, "u", 0) >= 0; /* root */
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (strcmp(member, rows[i].member) == 0)
			return fuzz_choice(peer->fuzz, 8) > 0 ? reply_with(peer, call, rows[i].types) : 0;
	return 0;
}

/* --- what is said to roomd ---------------------------------------------------------------------- */

static void send_call(struct world *world)
{
	const struct method *method = &methods[fuzz_choice(&world->fuzz, methods_n)];
	const char *types = fuzz_choice(&world->fuzz, 4) > 0 ? method->types : peer_types(&world->fuzz);
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	uint64_t cookie;

	if (sd_bus_message_new_method_call(world->peer.bus, &call, PEER_OURS, method->path, method->interface, method->member) < 0)
		return;
	sd_bus_message_set_sender(call, PEER_OTHER);
	peer_append(&world->fuzz, call, types);
	if (sd_bus_send(world->peer.bus, call, &cookie) >= 0) /* without a cookie it would want no answer */
		world->calls++;
}

static void send_signal(struct world *world)
{
	static const struct peer_signal rows[] = {
		{ "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss" },
		{ "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameLost", "s" },
		{ "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "JobRemoved", "uoss" },
		{ "/org/roomd1", "org.roomd1.Manager", "Reload", "" },
	};

	peer_send_signal(&world->peer, &fuzz_word(&world->fuzz, rows), PEER_OTHER, "org.freedesktop.DBus");
}

static void run(struct world *world)
{
	peer_accept(&world->peer);
	room_fixture_run(&world->room);
}

/* --- the room ----------------------------------------------------------------------------------- */

static const char *status(void *userdata)
{
	(void)userdata;
	return "everything works";
}

static int reload(void *userdata, char **ret_text)
{
	struct world *world = userdata;

	*ret_text = fuzz_bool(&world->fuzz) ? strdup("room.conf:1: it is \xff wrong") : NULL;
	return *ret_text ? -EBADMSG : 0;
}

static void settled(void *userdata)
{
	(void)userdata;
}

static const struct bus_callbacks callbacks = { .kinds = component_classes, .status = status, .reload = reload, .settled = settled };

static bool is_on(struct world *world, const char *kind, const char *name)
{
	struct component_room *room = room_shared(world->room.room);
	uint64_t since_ns;

	for (size_t i = 0; i < room->components_n; i++) {
		const struct component *component = room->components[i];

		if (strcmp(component->class->kind, kind) == 0 && strcmp(component_name(component), name) == 0)
			return component_state_find(component->class, "on")->is(component, &since_ns) == TRUTH_TRUE;
	}
	return false;
}

static void check_relays(struct world *world)
{
	for (unsigned i = 0; i < script_lines(); i++) {
		if (strcmp(script_line_name(i), "LIGHT") == 0)
			FUZZ_CHECK(script_line_level(i) == is_on(world, "LightController", "hall"));
		if (strcmp(script_line_name(i), "RACK") == 0)
			FUZZ_CHECK(script_line_level(i) == is_on(world, "Switch", "rack"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world world = { .fuzz = { data, size }, .peer.called = on_called };

	FUZZ_CHECK(room_fixture_start(&world.room, room_fixture_config(), NULL, NULL));
	if (methods_n == 0)
		find_methods(room_shared(world.room.room));
	peer_start(&world.peer, world.room.event, &world.fuzz);
	FUZZ_CHECK(bus_new(room_shared(world.room.room), &callbacks, &world, &world.bus) >= 0);
	bus_start(world.bus);
	run(&world);
	run(&world);
	for (unsigned i = 0; i < STEPS_MAX && world.fuzz.left > 0; i++) {
		if (fuzz_choice(&world.fuzz, 4) > 0)
			send_call(&world);
		else
			send_signal(&world);
		if (fuzz_bool(&world.fuzz))
			run(&world);
	}
	run(&world);
	FUZZ_CHECK(world.peer.answers == world.calls);
	check_relays(&world);
	bus_free(world.bus);
	peer_end(&world.peer);
	room_fixture_end(&world.room);
	script_lines_forget();
	return 0;
}
