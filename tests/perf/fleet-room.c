/* Stands in for roomd on many buses at once: fleet-room FOLDER HUBS WANTED
 *
 * The buses are the sockets FOLDER/bus-0, FOLDER/bus-1 ...; on each it is org.roomd1 with the same ten components, as
 * roomd-mqtt asks for them. The hub 1 wants WANTED, a sensor of another hub ("hub-0/motion_sensor/hall"). It prints a line of
 * JSON for whatever happens, and does what it reads from standard input, a command a line, until that ends:
 *
 *   rate R         from now on each hub's motion sensor changes R times a second (a number; 0: not any more): an event, and
 *                  a state
 *   latency N      N changes of the hub 0's motion sensor, one after another: from each until the hub 1 is fed with it
 *   serials        the sum of all hubs' serials */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "bus/describe.h"
#include "bus/kind.h"
#include "daemon/components.h"
#include "util/clock.h"
#include "util/problem.h"
#include "util/snake.h"

#define NAME "org.roomd1"
#define ROOT "/org/roomd1"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define MOTION_PATH ROOT "/motion_sensor/hall"
#define MOTION_INTERFACE NAME ".MotionSensor"
#define PATH_SIZE 256

/* Two changes of the measured sensor have at least so much between them; one that nobody was fed with is given up. */
#define LATENCY_PAUSE_USEC (20 * 1000)
#define LATENCY_LATE_USEC (5 * USEC_PER_SEC)

struct fleet;

struct hub {
	struct fleet *fleet;
	size_t number;
	sd_bus *bus;
	uint64_t serial;
	bool motion;
	bool fed_available;
};

struct fleet {
	sd_event *event;
	const char *folder, *wanted;
	struct hub *hubs;
	size_t n, next; /* whose turn it is to change */
	sd_event_source *tick;
	uint64_t due_usec, step_usec;
	sd_event_source *latency;
	size_t latency_left, lost;
	uint64_t changed_ns; /* 0: the hub 1 has been fed with it */
};

/* Ten, as a small room has them. */
static const struct {
	const char *kind, *name;
} components[] = {
	{ "MotionSensor", "hall" },	 { "MotionSensor", "stairs" }, { "ContactSensor", "door" },
	{ "Button", "wall" },		 { "TemperatureSensor", "hall" }, { "HumiditySensor", "hall" },
	{ "LightController", "hall" },	 { "Switch", "lamp" },	       { "Fan", "bath" },
	{ "DoorLock", "front" },
};

static void fail(const char *what, int r)
{
	fprintf(stderr, "fleet-room: %s: %s\n", what, problem_errno(r));
	exit(EXIT_FAILURE);
}

static void check(const char *what, int r)
{
	if (r < 0)
		fail(what, r);
}

static PRINTF_LIKE(1, 2) void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

/* --- components ------------------------------------------------------------------------------ */

static const struct component_class *find_class(const char *kind)
{
	const struct component_class *const *class = component_classes;

	while (*class && strcmp((*class)->kind, kind) != 0)
		class++;
	if (!*class)
		fail(kind, -ENOENT);
	return *class;
}

static const char *path_of(size_t i, char buffer[static PATH_SIZE])
{
	char kind[PATH_SIZE / 2];

	snprintf(buffer, PATH_SIZE, ROOT "/%s/%s", snake_case(components[i].kind, kind, sizeof kind), components[i].name);
	return buffer;
}

static const char *text_value(size_t i, const char *property)
{
	if (strcmp(property, "Name") == 0)
		return components[i].name;
	if (strcmp(property, "Kind") == 0)
		return components[i].kind;
	if (strcmp(property, "Location") == 0)
		return "Hall";
	return strcmp(property, "Summary") == 0 ? "as ever" : "";
}

static int append_value(sd_bus_message *message, const struct hub *hub, size_t i, const struct interface_property *property)
{
	switch (property->type) {
	case 'b':
		return sd_bus_message_append(message, "v", "b",
		                             strcmp(property->name, "Available") == 0 ||
		                                     (i == 0 && strcmp(property->name, "Motion") == 0 && hub->motion));
	case 't':
		return sd_bus_message_append(message, "v", "t", clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC);
	case 'd':
		return sd_bus_message_append(message, "v", "d", 21.5);
	default:
		return sd_bus_message_append(message, "v", "s", text_value(i, property->name));
	}
}

static int append_properties(sd_bus_message *message, const struct hub *hub, size_t i)
{
	const struct component_class *class = find_class(components[i].kind);
	const struct interface_property *property;
	int r;

	r = sd_bus_message_open_container(message, 'a', "{sv}");
	for (size_t p = 0; r >= 0 && (property = kind_property_at(class, p)); p++) {
		r = sd_bus_message_open_container(message, 'e', "sv");
		if (r >= 0)
			r = sd_bus_message_append_basic(message, 's', property->name);
		if (r >= 0)
			r = append_value(message, hub, i, property);
		if (r >= 0)
			r = sd_bus_message_close_container(message);
	}
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_object(sd_bus_message *message, const struct hub *hub, size_t i)
{
	char path[PATH_SIZE], interface[PATH_SIZE];
	int r;

	snprintf(interface, sizeof interface, NAME ".%s", components[i].kind);
	r = sd_bus_message_open_container(message, 'e', "oa{sa{sv}}");
	if (r >= 0)
		r = sd_bus_message_append_basic(message, 'o', path_of(i, path));
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "{sa{sv}}");
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'e', "sa{sv}");
	if (r >= 0)
		r = sd_bus_message_append_basic(message, 's', interface);
	if (r >= 0)
		r = append_properties(message, hub, i);
	for (int level = 0; r >= 0 && level < 3; level++)
		r = sd_bus_message_close_container(message);
	return r;
}

static int append_objects(sd_bus_message *message, const struct hub *hub)
{
	int r;

	r = sd_bus_message_open_container(message, 'a', "{oa{sa{sv}}}");
	for (size_t i = 0; r >= 0 && i < ELEMENTS(components); i++)
		r = append_object(message, hub, i);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_service(sd_bus_message *message, const struct hub *hub)
{
	char series[33];

	snprintf(series, sizeof series, "%032zx", hub->number + 1);
	return sd_bus_message_append(message, "a{sv}", 7, "Version", "s", ROOMD_VERSION, "State", "s", "running", "Series", "s",
	                             series, "Serial", "t", hub->serial, "EdgesLost", "t", UINT64_C(0), "ReadErrors", "t",
	                             UINT64_C(0), "Wanted", "as", hub->number == 1 ? 1u : 0u, hub->fleet->wanted);
}

/* --- changes --------------------------------------------------------------------------------- */

static int tell_event(struct hub *hub)
{
	return sd_bus_emit_signal(hub->bus, MOTION_PATH, MOTION_INTERFACE, hub->motion ? "motion_detected" : "motion_cleared",
	                          "tta{sv}", ++hub->serial, clock_now_ns(CLOCK_MONOTONIC), 2, "location", "s", "Hall",
	                          "realtime_usec", "t", clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC);
}

/* What roomd says when there is motion, or none any more: an event, and what is another one of the state. */
static void change(struct hub *hub)
{
	hub->motion = !hub->motion;
	check("an event", tell_event(hub));
	check("a state", sd_bus_emit_signal(hub->bus, MOTION_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", MOTION_INTERFACE,
	                                    2, "Motion", "b", (int)hub->motion, "Summary", "s",
	                                    hub->motion ? "motion" : "no motion", 0));
}

static void arm(struct fleet *fleet)
{
	sd_event_source_set_time(fleet->tick, fleet->due_usec);
	sd_event_source_set_enabled(fleet->tick, SD_EVENT_ONESHOT);
}

/* One hub after another, evenly; what could not be done in time is not done later. */
static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct fleet *fleet = userdata;
	uint64_t now_usec = clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC;

	(void)source, (void)usec;
	change(&fleet->hubs[fleet->next]);
	fleet->next = (fleet->next + 1) % fleet->n;
	fleet->due_usec += fleet->step_usec;
	if (fleet->due_usec + USEC_PER_SEC < now_usec)
		fleet->due_usec = now_usec;
	arm(fleet);
	return 0;
}

static void set_rate(struct fleet *fleet, double rate)
{
	sd_event_source_set_enabled(fleet->tick, SD_EVENT_OFF);
	if (rate <= 0)
		return;
	fleet->step_usec = (uint64_t)((double)USEC_PER_SEC / (rate * (double)fleet->n));
	fleet->due_usec = clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC;
	arm(fleet);
}

/* --- from one hub to the other --------------------------------------------------------------- */

static void wait_usec(struct fleet *fleet, uint64_t usec)
{
	sd_event_source_set_time_relative(fleet->latency, usec);
	sd_event_source_set_enabled(fleet->latency, SD_EVENT_ONESHOT);
}

/* The next change; or the last one has not come. */
static int on_latency(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct fleet *fleet = userdata;

	(void)source, (void)usec;
	if (fleet->changed_ns)
		fleet->lost++;
	if (fleet->latency_left == 0) {
		fleet->changed_ns = 0;
		say("{\"latency\": \"done\", \"lost\": %zu}", fleet->lost);
		return 0;
	}
	fleet->latency_left--;
	fleet->changed_ns = clock_now_ns(CLOCK_MONOTONIC);
	change(&fleet->hubs[0]);
	wait_usec(fleet, LATENCY_LATE_USEC);
	return 0;
}

static void start_latency(struct fleet *fleet, size_t n)
{
	fleet->latency_left = n;
	fleet->lost = 0;
	fleet->changed_ns = 0;
	wait_usec(fleet, LATENCY_PAUSE_USEC);
}

static void note_fed(struct hub *hub, bool available, const char *reason, bool motion)
{
	struct fleet *fleet = hub->fleet;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (available != hub->fed_available)
		say("{\"fed\": %s, \"at\": %.6f, \"reason\": \"%s\"}", available ? "true" : "false",
		    (double)now_ns / (double)NSEC_PER_SEC, reason);
	hub->fed_available = available;
	if (!fleet->changed_ns || !available || motion != fleet->hubs[0].motion)
		return;
	say("{\"took_us\": %.1f}", (double)(now_ns - fleet->changed_ns) / (double)NSEC_PER_USEC);
	fleet->changed_ns = 0;
	wait_usec(fleet, LATENCY_PAUSE_USEC);
}

/* Feed(): id, available, reason, value, realtime, fresh. */
static int take_feed(sd_bus_message *call, struct hub *hub)
{
	const char *id, *reason, *type;
	int available, motion = 0, r;

	r = sd_bus_message_read(call, "sbs", &id, &available, &reason);
	if (r >= 0)
		r = sd_bus_message_peek_type(call, NULL, &type);
	if (r >= 0 && strcmp(type, "b") == 0)
		r = sd_bus_message_read(call, "v", "b", &motion);
	if (r < 0)
		return r;
	note_fed(hub, available, reason, motion);
	return sd_bus_reply_method_return(call, NULL);
}

/* --- calls ----------------------------------------------------------------------------------- */

static int append_answer(sd_bus_message *reply, const char *method, const struct hub *hub)
{
	if (strcmp(method, "Describe") == 0)
		return describe_kinds(reply, component_classes);
	if (strcmp(method, "GetManagedObjects") == 0)
		return append_objects(reply, hub);
	if (strcmp(method, "GetAll") == 0)
		return append_service(reply, hub);
	if (strcmp(method, "EventsSince") == 0)
		return sd_bus_message_append(reply, "a(ostta{sv})", 0);
	return -ENOSYS;
}

static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *method = sd_bus_message_get_member(call);
	struct hub *hub = userdata;
	int r;

	if (strcmp(method, "Feed") == 0)
		return take_feed(call, hub);
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = append_answer(reply, method, hub);
	if (r == -ENOSYS)
		return sd_bus_error_setf(error, SD_BUS_ERROR_UNKNOWN_METHOD, "%s is not stood in for", method);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

/* --- life ------------------------------------------------------------------------------------ */

static void open_hub(struct fleet *fleet, size_t i)
{
	struct hub *hub = &fleet->hubs[i];
	char address[PATH_SIZE];

	*hub = (struct hub){ .fleet = fleet, .number = i };
	snprintf(address, sizeof address, "unix:path=%s/bus-%zu", fleet->folder, i);
	check("a bus", sd_bus_new(&hub->bus));
	check(address, sd_bus_set_address(hub->bus, address));
	check(address, sd_bus_set_bus_client(hub->bus, true));
	check(address, sd_bus_start(hub->bus));
	check(address, sd_bus_add_fallback(hub->bus, NULL, ROOT, on_call, hub));
	check(address, sd_bus_request_name(hub->bus, NAME, 0));
	check(address, sd_bus_attach_event(hub->bus, fleet->event, SD_EVENT_PRIORITY_NORMAL));
}

static void say_serials(const struct fleet *fleet)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < fleet->n; i++)
		sum += fleet->hubs[i].serial;
	say("{\"serials\": %" PRIu64 "}", sum);
}

static void obey(struct fleet *fleet, const char *line)
{
	if (strncmp(line, "rate ", strlen("rate ")) == 0)
		set_rate(fleet, strtod(line + strlen("rate "), NULL));
	else if (strncmp(line, "latency ", strlen("latency ")) == 0)
		start_latency(fleet, strtoul(line + strlen("latency "), NULL, 10));
	else if (strncmp(line, "serials", strlen("serials")) == 0)
		say_serials(fleet);
	else
		fail(line, -EINVAL);
}

/* The driver writes one line, and waits for its effect. */
static int on_input(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct fleet *fleet = userdata;
	char line[PATH_SIZE];
	ssize_t n = read(fd, line, sizeof line - 1);

	(void)source, (void)events;
	if (n <= 0)
		return sd_event_exit(fleet->event, 0);
	line[n] = '\0';
	for (char *rest = line, *one; (one = strtok_r(rest, "\n", &rest));)
		obey(fleet, one);
	return 0;
}

static void add_sources(struct fleet *fleet)
{
	check("a timer", sd_event_add_time(fleet->event, &fleet->tick, CLOCK_MONOTONIC, 0, 1, on_tick, fleet));
	check("a timer", sd_event_source_set_enabled(fleet->tick, SD_EVENT_OFF));
	check("a timer", sd_event_add_time(fleet->event, &fleet->latency, CLOCK_MONOTONIC, 0, 1, on_latency, fleet));
	check("a timer", sd_event_source_set_enabled(fleet->latency, SD_EVENT_OFF));
	check("standard input", sd_event_add_io(fleet->event, NULL, STDIN_FILENO, EPOLLIN, on_input, fleet));
}

int main(int argc, char **argv)
{
	struct fleet fleet = { 0 };

	if (argc != 4 || (fleet.n = strtoul(argv[2], NULL, 10)) < 1) {
		fprintf(stderr, "Usage: fleet-room FOLDER HUBS WANTED\n");
		return EXIT_FAILURE;
	}
	fleet.folder = argv[1];
	fleet.wanted = argv[3];
	fleet.hubs = calloc(fleet.n, sizeof *fleet.hubs);
	if (!fleet.hubs)
		fail("the hubs", -ENOMEM);
	check("the loop", sd_event_default(&fleet.event));
	for (size_t i = 0; i < fleet.n; i++)
		open_hub(&fleet, i);
	add_sources(&fleet);
	say("{\"ready\": %zu}", fleet.n);
	check("the loop", sd_event_loop(fleet.event));
	return EXIT_SUCCESS;
}
