#define _GNU_SOURCE
#include "peer.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/utf8.h"

#define DEPTH_MAX 6
#define PATH_PREFIX "/org/roomd1"

static int listener = -1;

void peer_listen(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char text[sizeof address.sun_path + 32];
	int length;

	if (listener >= 0)
		return;
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "roomd-fuzz-%d", getpid());
	FUZZ_CHECK(bind(listener, (const struct sockaddr *)&address,
	                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0);
	FUZZ_CHECK(listen(listener, 8) == 0);
	snprintf(text, sizeof text, "unix:abstract=roomd-fuzz-%d", getpid());
	setenv("DBUS_SYSTEM_BUS_ADDRESS", text, 1);
}

int peer_listener(void)
{
	return listener;
}

/* --- values ------------------------------------------------------------------------------------- */

static const char *const words[] = {
	"", "hall", "front", "LightController", "TemperatureSensor", "light_controller", "org.roomd1", "org.roomd1.LightController",
	"org.roomd1.Manager", "org.roomd1.Device", "org.roomd1.Remote", "attic/temperature_sensor/roof", "attic/motion_sensor/gate",
	"On", "Motion", "Available", "Location", "Name", "Kind", "Series", "Serial", "Status", "properties", "actions", "events",
	"states", "name", "clock", "monotonic", "realtime", "unit", "type", "class", "arguments", "light_on", PEER_OURS, PEER_OTHER,
	"realtime_usec", "value", "cause", "text", "count", "Describe", "\xc3\xa4",
};

const char *peer_text(struct fuzz *fuzz)
{
	static char text[256];

	if (fuzz_choice(fuzz, 8) > 0)
		return fuzz_word(fuzz, words);
	return utf8_make(fuzz_text(fuzz, text, sizeof text));
}

static const char *path(struct fuzz *fuzz)
{
	static const char *const paths[] = { "/", PATH_PREFIX, PATH_PREFIX "/light_controller/hall", PATH_PREFIX "/motion_sensor/hall",
		                             PATH_PREFIX "/temperature_sensor/far", PATH_PREFIX "/x/y/z", "/org/freedesktop/DBus" };

	return fuzz_word(fuzz, paths);
}

const char *peer_types(struct fuzz *fuzz)
{
	static const char *const all[] = {
		"", "b", "d", "s", "t", "o", "g", "y", "n", "i", "x", "v", "as", "ad", "a{sv}", "a{dv}", "a{yv}", "a{sa{sv}}",
		"a{oa{sa{sv}}}", "sa{sv}as", "oa{sa{sv}}", "oas", "oad", "tta{sv}", "a(ostta{sv})", "a(sa{sv})", "a(da{sv})", "sss", "ss",
		"bt", "bd", "sbsvtb", "(bba{ss})", "a(sso)", "aav", "(s(s(sv)))", "u", "so", "ssv", "a{sad}", "a(dstta{sv})", "tt",
	};

	return fuzz_word(fuzz, all);
}

static double number(struct fuzz *fuzz)
{
	static const double numbers[] = { 0, 1, -1, 20.5, 100, 1e308, -1e308, 1e-320, __builtin_nan(""), __builtin_inf(), -__builtin_inf() };
	uint64_t bits;
	double value;

	if (fuzz_bool(fuzz))
		return fuzz_word(fuzz, numbers);
	bits = fuzz_u64(fuzz);
	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t whole(struct fuzz *fuzz)
{
	switch (fuzz_choice(fuzz, 4)) {
	case 0:
		return fuzz_u64(fuzz);
	case 1:
		return UINT64_MAX - fuzz_u8(fuzz);
	default:
		return fuzz_u8(fuzz);
	}
}

static void append_basic(struct fuzz *fuzz, sd_bus_message *message, char type)
{
	uint64_t integer;
	double real;
	int truth;

	switch (type) {
	case 's':
		sd_bus_message_append_basic(message, type, peer_text(fuzz));
		break;
	case 'o':
		sd_bus_message_append_basic(message, type, path(fuzz));
		break;
	case 'g':
		sd_bus_message_append_basic(message, type, "a{sv}");
		break;
	case 'd':
		real = number(fuzz);
		sd_bus_message_append_basic(message, type, &real);
		break;
	case 'b':
		truth = fuzz_bool(fuzz);
		sd_bus_message_append_basic(message, type, &truth);
		break;
	default: /* the low bytes, as the machine has them first */
		integer = whole(fuzz);
		sd_bus_message_append_basic(message, type, &integer);
	}
}

/* The length of the first complete type: "a{sv}" of "a{sv}as". */
static size_t first_type(const char *types)
{
	size_t length = 0;
	int open = 0;

	do {
		char c = types[length++];

		open += (c == '(' || c == '{') - (c == ')' || c == '}');
	} while (open > 0 || types[length - 1] == 'a');
	return length;
}

static void append_all(struct fuzz *fuzz, sd_bus_message *message, const char *types, unsigned depth);

static void append_container(struct fuzz *fuzz, sd_bus_message *message, char type, const char *contents, unsigned depth)
{
	if (sd_bus_message_open_container(message, type, contents) < 0)
		return;
	if (type == 'a')
		for (unsigned i = fuzz_choice(fuzz, 4); i > 0 && depth < DEPTH_MAX; i--)
			append_all(fuzz, message, contents, depth + 1);
	else
		append_all(fuzz, message, contents, depth + 1);
	sd_bus_message_close_container(message);
}

static void append_variant(struct fuzz *fuzz, sd_bus_message *message, unsigned depth)
{
	static const char *const simple[] = { "s", "d", "b", "t", "a{sv}", "as", "a(ss)", "aa{sv}", "v", "(sd)", "x", "a{dv}" };

	append_container(fuzz, message, 'v', depth < DEPTH_MAX ? fuzz_word(fuzz, simple) : "s", depth);
}

static void append_first(struct fuzz *fuzz, sd_bus_message *message, const char *type, size_t length, unsigned depth)
{
	char contents[64];

	if (*type == 'v') {
		append_variant(fuzz, message, depth);
		return;
	}
	if (length == 1) {
		append_basic(fuzz, message, *type);
		return;
	}
	snprintf(contents, sizeof contents, "%.*s", (int)(length - 1 - (*type != 'a')), type + 1);
	append_container(fuzz, message, *type == '(' ? 'r' : *type == '{' ? 'e' : 'a', contents, depth);
}

static void append_all(struct fuzz *fuzz, sd_bus_message *message, const char *types, unsigned depth)
{
	while (*types) {
		size_t length = first_type(types);

		append_first(fuzz, message, types, length, depth);
		types += length;
	}
}

void peer_append(struct fuzz *fuzz, sd_bus_message *message, const char *types)
{
	append_all(fuzz, message, types, 0);
}

/* --- answers ------------------------------------------------------------------------------------ */

static const struct {
	const char *member, *types;
} known[] = {
	{ "GetNameOwner", "s" },
	{ "Describe", "a(sa{sv})" },
	{ "GetAll", "a{sv}" },
	{ "GetManagedObjects", "a{oa{sa{sv}}}" },
	{ "EventsSince", "a(ostta{sv})" },
	{ "Introspect", "s" },
	{ "Why", "a{sv}" },
	{ "Series", "a(sssssutt)" },
	{ "Points", "a(ttudddudts)" },
	{ "Values", "a(tudst)bt" },
	{ "Events", "a(tsss)bt" },
	{ "Sums", "tttuddd" },
};

static const char *types_of(const char *member)
{
	for (size_t i = 0; i < ELEMENTS(known); i++)
		if (strcmp(known[i].member, member) == 0)
			return known[i].types;
	return "";
}

int peer_answer(struct peer *peer, sd_bus_message *call, int (*append_right)(sd_bus_message *reply, const char *member))
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *member = sd_bus_message_get_member(call);
	unsigned how = fuzz_choice(peer->fuzz, 8);

	if (how == 7 || sd_bus_message_new_method_return(call, &reply) < 0)
		return 0;
	if (how == 6)
		peer_append(peer->fuzz, reply, peer_types(peer->fuzz));
	else if (how > 3 || append_right(reply, member) < 0)
		peer_append(peer->fuzz, reply, types_of(member));
	sd_bus_message_set_sender(reply, PEER_OTHER);
	return sd_bus_send(NULL, reply, NULL) >= 0;
}

/* --- the connection ----------------------------------------------------------------------------- */

static int answer(sd_bus_message *call, const char *types, ...)
{
	va_list arguments;
	int r;

	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	va_start(arguments, types);
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_appendv(reply, types, arguments);
	va_end(arguments);
	if (r >= 0)
		sd_bus_message_set_sender(reply, "org.freedesktop.DBus");
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static bool is_member(sd_bus_message *call, const char *member)
{
	return strcmp(sd_bus_message_get_member(call), member) == 0;
}

/* What the bus itself is asked when a connection is made. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct peer *peer = userdata;

	(void)error;
	if (sd_bus_message_is_method_call(message, NULL, NULL) <= 0) {
		peer->answers += sd_bus_message_is_signal(message, NULL, NULL) <= 0;
		return 1;
	}
	if (is_member(message, "Hello"))
		answer(message, "s", PEER_OURS);
	else if (is_member(message, "RequestName"))
		answer(message, "u", 1);
	else if (is_member(message, "AddMatch") || is_member(message, "RemoveMatch"))
		answer(message, "");
	else if (!peer->called || peer->called(peer, message) <= 0)
		sd_bus_reply_method_errorf(message, "org.freedesktop.DBus.Error.ServiceUnknown", "nobody has it");
	return 1;
}

void peer_accept(struct peer *peer)
{
	static const sd_id128_t id = { .bytes = { 1 } };
	int fd = peer->bus ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	FUZZ_CHECK(sd_bus_new(&peer->bus) >= 0 && sd_bus_set_fd(peer->bus, fd, fd) >= 0);
	FUZZ_CHECK(sd_bus_set_server(peer->bus, true, id) >= 0);
	sd_bus_set_close_on_exit(peer->bus, false);
	FUZZ_CHECK(sd_bus_add_filter(peer->bus, NULL, on_message, peer) >= 0);
	FUZZ_CHECK(sd_bus_start(peer->bus) >= 0);
	FUZZ_CHECK(sd_bus_attach_event(peer->bus, peer->event, SD_EVENT_PRIORITY_NORMAL) >= 0);
}

void peer_start(struct peer *peer, sd_event *event, struct fuzz *fuzz)
{
	peer_listen();
	peer->event = event;
	peer->fuzz = fuzz;
}

void peer_end(struct peer *peer)
{
	int fd;

	peer->bus = sd_bus_close_unref(peer->bus);
	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) /* connections that nobody took */
		close(fd);
}

void peer_send_signal(struct peer *peer, const struct peer_signal *signal, const char *sender, const char *other)
{
	const char *types = fuzz_choice(peer->fuzz, 4) > 0 ? signal->types : peer_types(peer->fuzz);
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;

	if (!peer->bus ||
	    sd_bus_message_new_signal(peer->bus, &message, signal->path, signal->interface, signal->member) < 0)
		return;
	sd_bus_message_set_sender(message, other && fuzz_bool(peer->fuzz) ? other : sender);
	peer_append(peer->fuzz, message, types);
	sd_bus_send(peer->bus, message, NULL);
}
