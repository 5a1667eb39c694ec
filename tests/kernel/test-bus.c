/* The room on D-Bus: a private bus, real lines, virtual time. What is shown is what the tables say, what is
 * asked for reaches the relay, and whoever misbehaves, a client or the bus itself, does not. */
#define _GNU_SOURCE
#include <errno.h>
#include <gpiod.h>
#include <grp.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/kind.h"
#include "rules/light-rules.h"
#include "daemon/components.h"
#include "files.h"
#include "message-bus.h"
#include "room-fixture.h"
#include "service-manager.h"
#include "tap-main.h"
#include "thermometer.h"
#include "util/clock.h"

#define NOBODY 65534
#define OTHERS 1 /* daemon, bin, sys, sync: everywhere the same */
#define RECORDS 4096

#define MOTION ROOMD_PATH "/motion_sensor/hall"
#define LIGHT ROOMD_PATH "/light_controller/hall"
#define LOCK ROOMD_PATH "/door_lock/front_2ddoor"
#define THERMOMETER ROOMD_PATH "/temperature_sensor/hall"

#define ROOM_WITH(off_delay, of_the_lock)                                                                \
	"[MotionSensor hall]\nLine=PIR_HALL\nLocation=Hall\n"                                            \
	"[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=" off_delay "\n"                          \
	"[DoorLock front-door]\nLedLine=LOCK_LED\nButtonLine=LOCK_BUTTON\n" of_the_lock                  \
	"[TemperatureSensor hall]\nDevice=tmp117\nIntervalSec=10\nHigh=28\nLow=5\nFrozenReadings=9\n"
#define ROOM(off_delay) ROOM_WITH(off_delay, "")
#define ROOM_WITH_A_DOOR \
	ROOM_WITH("2min", "Contact=front\nOpenTooLongSec=10s\n") "[ContactSensor front]\nLine=PIR_DOOR\n"

static const char config[] = ROOM("2min");

struct bus_room {
	struct room_fixture *room;
	struct message_bus bus;
	struct client client;
};

/* One at a time; cmocka's state is the room's. */
static struct bus_room it;

static int setup(void **state)
{
	room_setup(state);
	it = (struct bus_room){ .room = *state };
	message_bus_start(&it.bus);
	return 0;
}

static int teardown(void **state)
{
	if (it.client.bus)
		client_stop(&it.client);
	room_teardown(state);
	message_bus_stop(&it.bus);
	return 0;
}

static void start(void)
{
	process_start(&it.room->roomd, config);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	process_wait(&it.room->roomd, "temperature_update", "hall");
	client_start(&it.client);
}

static void pull(enum room_line line, bool high)
{
	sim_chip_pull(&it.room->chip, line, high);
}

/* --- what is shown --------------------------------------------------------------------------- */

static size_t count(const char *text, const char *words)
{
	size_t n = 0;

	for (; (text = strstr(text, words)); text++)
		n++;
	return n;
}

static void expect_words(const char *text, const char *format, ...) PRINTF_LIKE(2, 3);

static void expect_words(const char *text, const char *format, ...)
{
	char words[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	if (!strstr(text, words))
		fail_msg("no '%s' in:\n%s", words, text);
}

static char *introspect(const char *path)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *xml;

	assert_return_code(sd_bus_call_method(it.client.bus, ROOMD_NAME, path,
	                                      "org.freedesktop.DBus.Introspectable", "Introspect", NULL,
	                                      &reply, NULL),
	                   0);
	assert_return_code(sd_bus_message_read(reply, "s", &xml), 0);
	return strdup(xml);
}

static void expect_properties(const char *xml, const struct component_class *class)
{
	const struct interface_property *property;
	size_t n = 0;

	for (; (property = kind_property_at(class, n)); n++)
		expect_words(xml, "<property name=\"%s\" type=\"%c\" access=\"read\">", property->name,
		             property->type);
	expect_words(xml, "<property name=\"Configuration\" type=\"a{ss}\" access=\"read\">");
	assert_int_equal(count(xml, "<property "), n + 1);
}

static void expect_actions(const char *xml, const struct component_class *class)
{
	size_t n = 0;

	for (; class->actions && class->actions[n].name; n++) {
		const struct interface_action *action = &class->actions[n];
		char words[256];
		int length = snprintf(words, sizeof words, "<method name=\"%s\">\n", action->name);

		for (size_t i = 0; i < INTERFACE_ARGUMENTS_MAX && action->arguments[i].name; i++)
			length += snprintf(words + length, sizeof words - (size_t)length,
			                   "   <arg type=\"%c\" name=\"%s\" direction=\"in\"/>\n",
			                   action->arguments[i].type, action->arguments[i].name);
		expect_words(xml, "%s", words);
	}
	expect_words(xml, "<method name=\"Why\">\n   <arg type=\"a{sv}\" name=\"why\" direction=\"out\"/>\n");
	assert_int_equal(count(xml, "<method "), n + 1);
}

static void expect_events(const char *xml, const struct component_class *class)
{
	size_t n = 0;

	for (; class->events[n]; n++)
		expect_words(xml,
		             "<signal name=\"%s\">\n   <arg type=\"t\" name=\"serial\"/>\n"
		             "   <arg type=\"t\" name=\"monotonic_ns\"/>\n"
		             "   <arg type=\"a{sv}\" name=\"data\"/>\n",
		             class->events[n]->name);
	assert_int_equal(count(xml, "<signal "), n);
}

static void test_introspection_is_the_tables(void **state)
{
	static const struct {
		const char *kind, *path;
	} shown[] = {
		{ "MotionSensor", MOTION },
		{ "TemperatureSensor", THERMOMETER },
		{ "LightController", LIGHT },
		{ "DoorLock", LOCK },
	};

	(void)state;
	start();
	for (size_t i = 0; i < ELEMENTS(shown); i++) {
		const struct component_class *class = component_class_find(shown[i].kind);
		_cleanup_(cleanup_free) char *xml = introspect(shown[i].path);
		char heading[64];
		char *section, *end;

		snprintf(heading, sizeof heading, "<interface name=\"org.roomd1.%s\">", class->kind);
		section = strstr(xml, heading);
		assert_non_null(section);
		end = strstr(section, "</interface>");
		assert_non_null(end);
		*end = '\0';
		expect_properties(section, class);
		expect_actions(section, class);
		expect_events(section, class);
	}
}

static size_t count_keys(const char *kind)
{
	const struct option *options = component_class_find(kind)->options;
	size_t n = 0;

	while (options[n].key)
		n++;
	return n;
}

static void test_properties_of_every_kind(void **state)
{
	_cleanup_(cleanup_free) char *kind = NULL, *location = NULL, *summary = NULL, *name = NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *key, *value;
	bool available = false;
	size_t n = 0;

	(void)state;
	start();
	name = client_get_text(&it.client, LOCK, "DoorLock", "Name");
	assert_string_equal(name, "front-door");
	kind = client_get_text(&it.client, LOCK, "DoorLock", "Kind");
	assert_string_equal(kind, "DoorLock");
	location = client_get_text(&it.client, MOTION, "MotionSensor", "Location");
	assert_string_equal(location, "Hall");
	summary = client_get_text(&it.client, THERMOMETER, "TemperatureSensor", "Summary");
	assert_string_equal(summary, "25.00 °C");
	client_get(&it.client, LOCK, "DoorLock", "Available", 'b', &available);
	assert_true(available);

	assert_return_code(sd_bus_get_property(it.client.bus, ROOMD_NAME, LIGHT, "org.roomd1.LightController",
	                                       "Configuration", NULL, &reply, "a{ss}"),
	                   0);
	assert_return_code(sd_bus_message_enter_container(reply, 'a', "{ss}"), 0);
	for (; sd_bus_message_read(reply, "{ss}", &key, &value) > 0; n++)
		if (strcmp(key, "OffDelaySec") == 0)
			assert_string_equal(value, "2min");
	assert_int_equal(n, count_keys("LightController"));
}

/* Another program's line, with a name of its own that is not UTF-8. */
static struct gpiod_line_request *take_line(unsigned offset)
{
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_request_config *request_config = gpiod_request_config_new();
	struct gpiod_line_request *request;
	struct gpiod_chip *chip;
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", it.room->chip.device);
	chip = gpiod_chip_open(path);
	assert_non_null(chip);
	gpiod_request_config_set_consumer(request_config, "T\xfcr");
	gpiod_line_config_add_line_settings(lines, &offset, 1, settings);
	request = gpiod_chip_request_lines(chip, request_config, lines);
	assert_non_null(request);
	gpiod_request_config_free(request_config);
	gpiod_line_settings_free(settings);
	gpiod_line_config_free(lines);
	gpiod_chip_close(chip);
	return request;
}

/* A bus ends the connection of whoever sends that. */
static void test_text_that_is_not_utf_8(void **state)
{
	struct gpiod_line_request *taken = take_line(PIR_HALL);
	_cleanup_(cleanup_free) char *reason = NULL;

	(void)state;
	process_start(&it.room->roomd, config);
	client_start(&it.client);
	reason = client_get_text(&it.client, MOTION, "MotionSensor", "Reason");
	assert_non_null(strstr(reason, "T?r"));
	gpiod_line_request_release(taken);
	client_expect(&it.client, MOTION, "sensor_available");
}

static void test_manager(void **state)
{
	static const char *const expected[][3] = {
		{ "MotionSensor", "hall", MOTION },
		{ "LightController", "hall", LIGHT },
		{ "DoorLock", "front-door", LOCK },
		{ "TemperatureSensor", "hall", THERMOMETER },
	};
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL, *managed = NULL;
	_cleanup_(cleanup_free) char *running = NULL, *status = NULL, *version = NULL;
	const char *kind, *name, *path;
	uint64_t events = 0, edges = 0;
	size_t n = 0;

	(void)state;
	start();
	assert_return_code(sd_bus_get_property(it.client.bus, ROOMD_NAME, ROOMD_PATH, "org.roomd1.Manager",
	                                       "Components", NULL, &reply, "a(sso)"),
	                   0);
	assert_return_code(sd_bus_message_enter_container(reply, 'a', "(sso)"), 0);
	for (; sd_bus_message_read(reply, "(sso)", &kind, &name, &path) > 0; n++) {
		assert_string_equal(kind, expected[n][0]);
		assert_string_equal(name, expected[n][1]);
		assert_string_equal(path, expected[n][2]);
	}
	assert_int_equal(n, ELEMENTS(expected));
	version = client_get_text(&it.client, ROOMD_PATH, "Manager", "Version");
	assert_string_equal(version, ROOMD_VERSION);
	running = client_get_text(&it.client, ROOMD_PATH, "Manager", "State");
	assert_string_equal(running, "running");

	pull(PIR_HALL, true);
	process_wait(&it.room->roomd, "light_on", "hall");
	client_get(&it.client, ROOMD_PATH, "Manager", "Edges", 't', &edges);
	assert_int_equal(edges, 1);
	client_get(&it.client, ROOMD_PATH, "Manager", "Events", 't', &events);
	assert_int_equal(events, it.room->roomd.events[it.room->roomd.events_n - 1].serial +
	                                 (process_count(&it.room->roomd, "lock_alert", NULL) == 0));
	client_expect_change(&it.client, ROOMD_PATH, "Status", 's', &kind);
	status = client_get_text(&it.client, ROOMD_PATH, "Manager", "Status");
	assert_string_equal(status, "4 components; light hall on; door front-door locked, ALERT");

	thermometer_unplug();
	process_wait(&it.room->roomd, "sensor_unavailable", "hall");
	client_expect_change(&it.client, ROOMD_PATH, "State", 's', &kind);
	assert_string_equal(kind, "degraded");
	thermometer_plug();
	client_expect_change(&it.client, ROOMD_PATH, "State", 's', &kind);
	assert_string_equal(kind, "running");
	assert_return_code(sd_bus_call_method(it.client.bus, ROOMD_NAME, ROOMD_PATH,
	                                      "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
	                                      &managed, NULL),
	                   0);
	assert_return_code(sd_bus_message_enter_container(managed, 'a', "{oa{sa{sv}}}"), 0);
	for (n = 0; sd_bus_message_skip(managed, "{oa{sa{sv}}}") > 0; n++)
		;
	assert_int_equal(n, ELEMENTS(expected));
}

/* --- what happens ---------------------------------------------------------------------------- */

static void test_changes_of_properties(void **state)
{
	bool motion = false, on = false, alert = false;
	const char *summary;
	uint64_t off_at = 0, cleared_ns;
	double value = NAN;

	(void)state;
	start();
	pull(PIR_HALL, true);
	client_expect_change(&it.client, MOTION, "Motion", 'b', &motion);
	assert_true(motion);
	client_expect_change(&it.client, LIGHT, "On", 'b', &on);
	assert_true(on);
	client_expect_change(&it.client, LOCK, "Alert", 'b', &alert);
	assert_true(alert);
	process_wait(&it.room->roomd, "lock_alert", NULL);
	pull(PIR_HALL, false);
	cleared_ns = process_wait(&it.room->roomd, "motion_cleared", "hall")->monotonic_ns;
	client_expect_change(&it.client, LIGHT, "OffAt", 't', &off_at);
	assert_in_range(off_at, cleared_ns / 1000 + 120000000, cleared_ns / 1000 + 120000001);
	client_expect_change(&it.client, LIGHT, "Summary", 's', &summary);
	assert_string_equal(summary, "off");
	thermometer_set(29.5);
	client_expect_change(&it.client, THERMOMETER, "Value", 'd', &value);
	assert_float_equal(value, 29.5, 0.001);
	thermometer_set(25);
}

/* A reading that is as the one before is no news. */
static void test_only_changes_are_told(void **state)
{
	size_t values = 0;

	(void)state;
	start();
	process_let_pass_ms(&it.room->roomd, 60000);
	client_process(&it.client);
	for (size_t i = 0; i < it.client.signals_n; i++) {
		sd_bus_message *signal = it.client.signals[i];

		if (strcmp(sd_bus_message_get_member(signal), "PropertiesChanged") != 0)
			continue;
		assert_string_equal(sd_bus_message_get_path(signal), THERMOMETER); /* ReadAt */
		assert_return_code(sd_bus_message_skip(signal, "s"), 0);
		assert_return_code(sd_bus_message_enter_container(signal, 'a', "{sv}"), 0);
		while (sd_bus_message_skip(signal, "{sv}") > 0)
			values++;
	}
	assert_in_range(values, 5, 7);
}

/* The text that belongs to a key of the data; NULL: it is not there. */
static const char *data_text(sd_bus_message *signal, const char *key)
{
	const char *text = NULL, *name, *contents;
	char type;

	sd_bus_message_rewind(signal, true);
	assert_return_code(sd_bus_message_skip(signal, "tt"), 0);
	assert_return_code(sd_bus_message_enter_container(signal, 'a', "{sv}"), 0);
	while (sd_bus_message_enter_container(signal, 'e', "sv") > 0) {
		assert_return_code(sd_bus_message_read(signal, "s", &name), 0);
		assert_return_code(sd_bus_message_peek_type(signal, &type, &contents), 0);
		if (strcmp(name, key) == 0)
			assert_return_code(sd_bus_message_read(signal, "v", "s", &text), 0);
		else
			assert_return_code(sd_bus_message_skip(signal, "v"), 0);
		assert_return_code(sd_bus_message_exit_container(signal), 0);
	}
	return text;
}

/* A number of the data, as a double; NAN: it is not there. */
static double data_number(sd_bus_message *signal, const char *key, char type)
{
	const char *name;
	const char contents[] = { type, '\0' };
	double d = NAN;
	uint64_t t;

	sd_bus_message_rewind(signal, true);
	assert_return_code(sd_bus_message_skip(signal, "tt"), 0);
	assert_return_code(sd_bus_message_enter_container(signal, 'a', "{sv}"), 0);
	while (sd_bus_message_enter_container(signal, 'e', "sv") > 0) {
		assert_return_code(sd_bus_message_read(signal, "s", &name), 0);
		if (strcmp(name, key) != 0) {
			assert_return_code(sd_bus_message_skip(signal, "v"), 0);
		} else if (type == 'd') {
			assert_return_code(sd_bus_message_read(signal, "v", contents, &d), 0);
		} else {
			assert_return_code(sd_bus_message_read(signal, "v", contents, &t), 0);
			d = (double)t;
		}
		assert_return_code(sd_bus_message_exit_container(signal), 0);
	}
	return d;
}

static sd_bus_message *signal_of(uint64_t serial)
{
	for (size_t i = 0; i < it.client.signals_n; i++) {
		sd_bus_message *signal = it.client.signals[i];
		uint64_t found;

		sd_bus_message_rewind(signal, true);
		if (strcmp(sd_bus_message_get_signature(signal, true), "tta{sv}") == 0 &&
		    sd_bus_message_read(signal, "t", &found) > 0 && found == serial)
			return signal;
	}
	return NULL;
}

static void expect_same(const char *on_bus, const char *in_json)
{
	assert_string_equal(on_bus ? on_bus : "", in_json);
}

/* As --print-events has it. */
static void expect_signal(const struct process_event *event)
{
	sd_bus_message *signal = signal_of(event->serial);
	const char *cause;
	uint64_t monotonic_ns;
	char interface[64];

	if (!signal)
		fail_msg("no signal of %s %s, %llu", event->event, event->source,
		         (unsigned long long)event->serial);
	snprintf(interface, sizeof interface, "org.roomd1.%s", event->kind);
	assert_string_equal(sd_bus_message_get_interface(signal), interface);
	assert_string_equal(sd_bus_message_get_member(signal), event->event);
	sd_bus_message_rewind(signal, true);
	assert_return_code(sd_bus_message_read(signal, "tt", NULL, &monotonic_ns), 0);
	assert_int_equal(monotonic_ns, event->monotonic_ns);
	expect_same(data_text(signal, "location"), event->location);
	expect_same(data_text(signal, "by"), event->by);
	cause = data_text(signal, "cause");
	expect_same(cause ? cause : data_text(signal, "reason"), event->text);
	if (!isnan(event->value))
		assert_float_equal(data_number(signal, "value", 'd'), event->value, 0.0006);
	if (event->count > 0)
		assert_float_equal(data_number(signal, "count", 't'), (double)event->count, 0);
	assert_true(data_number(signal, "realtime_usec", 't') > 1767225600e6);
}

/* What the tables say that its kind emits. */
static bool is_in_table(const struct process_event *event)
{
	for (size_t i = 0; component_classes[i]; i++)
		for (const struct event_type *const *type = component_classes[i]->events; *type; type++)
			if (strcmp(component_classes[i]->kind, event->kind) == 0 &&
			    strcmp((*type)->name, event->event) == 0)
				return true;
	return false;
}

/* Motion right after the light has gone off, until that is said to be no chance. */
static void make_light_loop(struct process *roomd)
{
	process_reload(roomd, ROOM("5s"));
	for (int i = 0; i <= LIGHT_LOOP_TIMES; i++) {
		pull(PIR_HALL, true);
		process_wait(roomd, "light_on", "hall");
		pull(PIR_HALL, false);
		process_wait(roomd, "light_off", "hall");
		client_process(&it.client);
	}
}

/* One that is open, and is to be locked. */
static void make_door_events(struct process *roomd)
{
	pull(PIR_DOOR, true);
	process_reload(roomd, ROOM_WITH_A_DOOR);
	process_wait(roomd, "lock_jammed", NULL);
	process_wait(roomd, "door_open_too_long", NULL);
	pull(PIR_DOOR, false);
	process_wait(roomd, "contact_closed", NULL);
}

static void make_every_event(void)
{
	struct process *roomd = &it.room->roomd;

	pull(PIR_HALL, true);
	process_wait(roomd, "lock_alert", NULL);
	for (int i = 0; i < 3; i++) { /* acknowledges, unlocks, locks */
		pull(LOCK_BUTTON, true);
		process_let_pass_ms(roomd, 100);
		pull(LOCK_BUTTON, false);
		process_let_pass_ms(roomd, 100);
	}
	kill(roomd->pid, SIGSTOP);
	for (int i = 0; i < 601; i++) {
		pull(PIR_HALL, i % 2);
		let_pass_ms(10);
	}
	kill(roomd->pid, SIGCONT);
	process_wait(roomd, "edges_lost", "hall");
	process_wait(roomd, "light_off", "hall");
	thermometer_set(30);
	process_wait(roomd, "temperature_high", "hall");
	thermometer_set(20);
	process_wait(roomd, "temperature_normal", "hall");
	thermometer_set(2);
	process_wait(roomd, "temperature_low", "hall");
	thermometer_set(25);
	make_door_events(roomd);
	make_light_loop(roomd);
	sim_chip_unplug(&it.room->chip);
	process_wait(roomd, "output_unavailable", "hall");
	process_let_pass_ms(roomd, 1000);
	sim_chip_plug(&it.room->chip);
	process_wait(roomd, "output_available", "hall");
	process_let_pass_ms(roomd, 20000);
}

/* Of this kind, or (NULL) of this name. */
static bool was_there(const struct process *roomd, const char *kind, const char *event)
{
	for (size_t i = 0; i < roomd->events_n; i++)
		if ((!kind || strcmp(roomd->events[i].kind, kind) == 0) &&
		    (!event || strcmp(roomd->events[i].event, event) == 0))
			return true;
	return false;
}

/* All that this kind, which is in the room, can say; of those of several kinds one will do. */
static void expect_every_event(const struct process *roomd, const struct component_class *class)
{
	for (const struct event_type *const *type = class->events; *type; type++)
		if (!was_there(roomd, NULL, (*type)->name))
			fail_msg("there was no %s of a %s", (*type)->name, class->kind);
}

static void test_every_event_is_a_signal(void **state)
{
	struct process *roomd = &it.room->roomd;
	size_t first;

	(void)state;
	start();
	first = roomd->events_n;
	make_every_event();
	for (int i = 0; i < 1000 && !signal_of(roomd->events[roomd->events_n - 1].serial); i++) {
		client_process(&it.client);
		let_pass_ms(10);
	}
	for (size_t i = first; i < roomd->events_n; i++) {
		expect_signal(&roomd->events[i]);
		assert_true(is_in_table(&roomd->events[i]));
	}
	for (size_t i = 0; component_classes[i]; i++)
		if (was_there(roomd, component_classes[i]->kind, NULL))
			expect_every_event(roomd, component_classes[i]);
}

/* --- what is asked for ----------------------------------------------------------------------- */

static void call(const char *path, const char *kind, const char *method)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	if (client_call(&it.client, path, kind, method, &error, NULL) < 0)
		fail_msg("%s of %s: %s", method, path, error.message);
}

static void set_on(bool on)
{
	assert_int_equal(client_call(&it.client, LIGHT, "LightController", "SetOn", NULL, "b", on), 0);
}

static void test_light(void **state)
{
	const uint64_t usec = 90 * USEC_PER_SEC + 123457;
	struct trace_record sets[RECORDS];
	_cleanup_(cleanup_free) char *mode = NULL;

	(void)state;
	start();
	set_on(true);
	assert_true(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	set_on(false);
	assert_false(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	pull(PIR_HALL, true);
	process_wait(&it.room->roomd, "motion_detected", "hall");
	assert_false(sim_chip_level(&it.room->chip, LIGHT_RELAY)); /* by hand it is off */
	call(LIGHT, "LightController", "SetAutomatic");
	assert_true(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	pull(PIR_HALL, false);
	process_wait(&it.room->roomd, "light_off", "hall");

	trace_clear();
	assert_int_equal(
		client_call(&it.client, LIGHT, "LightController", "SetOnFor", NULL, "bt", true, usec), 0);
	mode = client_get_text(&it.client, LIGHT, "LightController", "Mode");
	assert_string_equal(mode, "manual");
	process_wait(&it.room->roomd, "light_off", "hall");
	assert_int_equal(room_sets(it.room, LIGHT_RELAY, sets, RECORDS), 2);
	assert_int_equal(sets[0].value, 1);
	assert_int_equal(sets[1].value, 0);
	assert_in_range(sets[1].monotonic_us - sets[0].monotonic_us, usec, usec + 2);
}

static void switch_on_and_off(void)
{
	set_on(true);
	process_wait(&it.room->roomd, "light_on", "hall");
	set_on(false);
	process_wait(&it.room->roomd, "light_off", "hall");
	call(LIGHT, "LightController", "SetAutomatic");
}

/* Motion that was ignored is not taken for new by a light that is made anew, though it began before the last
 * switch. */
static void test_ignored_motion_over_a_reload(void **state)
{
	struct process *roomd = &it.room->roomd;

	(void)state;
	start();
	process_reload(roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                      "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=10\n"
	                      "IgnoreMotionAfterSwitchSec=5s\n");
	switch_on_and_off();
	pull(PIR_HALL, true);
	process_wait(roomd, "motion_detected", "hall");
	switch_on_and_off();
	process_reload(roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                      "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=11\n"
	                      "IgnoreMotionAfterSwitchSec=5s\n");
	process_let_pass_ms(roomd, 10 * 1000);
	assert_int_equal(process_count(roomd, "light_on", "hall"), 2);
	assert_false(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	pull(PIR_HALL, false);
	process_wait(roomd, "motion_cleared", "hall");
	pull(PIR_HALL, true);
	process_wait(roomd, "light_on", "hall");
}

static void test_lock(void **state)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	(void)state;
	start();
	call(LOCK, "DoorLock", "Unlock");
	assert_false(sim_chip_level(&it.room->chip, LOCK_LED));
	call(LOCK, "DoorLock", "Lock");
	assert_true(sim_chip_level(&it.room->chip, LOCK_LED));
	assert_int_equal(client_call(&it.client, LOCK, "DoorLock", "Acknowledge", &error, NULL), -1);
	assert_string_equal(error.name, "org.roomd1.Error.NothingToDo");
	pull(PIR_HALL, true);
	process_wait(&it.room->roomd, "lock_alert", NULL);
	call(LOCK, "DoorLock", "Acknowledge");
	process_wait(&it.room->roomd, "lock_acknowledged", NULL);
}

static void expect_error(const char *path, const char *kind, const char *method, const char *name,
                         const char *types, bool on, uint64_t usec)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

	assert_int_equal(client_call(&it.client, path, kind, method, &error, types, on, usec), -1);
	assert_string_equal(error.name, name);
	assert_true(strlen(error.message) > 0);
}

static void test_errors(void **state)
{
	(void)state;
	start();
	expect_error(LIGHT, "LightController", "SetOnFor", "org.roomd1.Error.InvalidArgument", "bt", true, 0);
	expect_error(LIGHT, "LightController", "SetOnFor", "org.roomd1.Error.InvalidArgument", "bt", true,
	             UINT64_MAX);
	expect_error(LIGHT, "LightController", "Explode", SD_BUS_ERROR_UNKNOWN_METHOD, NULL, false, 0);
	expect_error(LIGHT, "LightController", "SetOn", SD_BUS_ERROR_INVALID_ARGS, "bt", true, 1);
	expect_error(ROOMD_PATH "/light_controller/none", "LightController", "SetOn",
	             SD_BUS_ERROR_UNKNOWN_OBJECT, "b", true, 0);
}

/* --- who may --------------------------------------------------------------------------------- */

/* Exit statuses of a child that calls. */
enum outcome {
	DONE,
	NOT_AUTHORIZED,
	BUSY,
	ANOTHER_ERROR,
};

static enum outcome outcome_of(const sd_bus_error *error)
{
	if (strcmp(error->name, "org.roomd1.Error.NotAuthorized") == 0)
		return NOT_AUTHORIZED;
	return strcmp(error->name, "org.roomd1.Error.Busy") == 0 ? BUSY : ANOTHER_ERROR;
}

/* In a process of another user, which then does `run`. */
static pid_t fork_as(uid_t uid, int (*run)(sd_bus *bus))
{
	pid_t pid = fork();
	sd_bus *bus;

	if (pid != 0)
		return pid;
	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ||
	    sd_bus_open_system(&bus) < 0)
		_exit(100);
	_exit(run(bus));
}

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run_call(sd_bus *bus, const char *path, const char *interface, const char *method)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	return sd_bus_call_method(bus, ROOMD_NAME, path, interface, method, &error, NULL, NULL) < 0
	               ? (int)outcome_of(&error)
	               : DONE;
}

static int run_unlock(sd_bus *bus)
{
	return run_call(bus, LOCK, "org.roomd1.DoorLock", "Unlock");
}

static int run_lock(sd_bus *bus)
{
	return run_call(bus, LOCK, "org.roomd1.DoorLock", "Lock");
}

static int run_interactive_lock(sd_bus *bus)
{
	sd_bus_set_allow_interactive_authorization(bus, true);
	return run_lock(bus);
}

static int run_reload(sd_bus *bus)
{
	return run_call(bus, ROOMD_PATH, "org.roomd1.Manager", "Reload");
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_return_code(chmod(path, 0644), errno);
}

static void test_without_polkit(void **state)
{
	(void)state;
	start();
	assert_int_equal(wait_for(fork_as(NOBODY, run_lock)), NOT_AUTHORIZED);
	assert_int_equal(wait_for(fork_as(NOBODY, run_unlock)), NOT_AUTHORIZED);
	assert_int_equal(wait_for(fork_as(NOBODY, run_reload)), NOT_AUTHORIZED);
	assert_int_equal(process_count(&it.room->roomd, "unlocked", NULL), 0);
	assert_non_null(
		strstr(process_messages(&it.room->roomd),
	               "DoorLock front-door: Unlock(): refused, for user nobody (uid 65534): there is no "
	               "polkit"));
	assert_int_equal(wait_for(fork_as(0, run_unlock)), DONE);
	process_wait(&it.room->roomd, "unlocked", NULL);
	assert_non_null(strstr(process_messages(&it.room->roomd),
	                       "DoorLock front-door: Unlock(): done, for user root (uid 0)"));
}

static void test_group_without_polkit(void **state)
{
	static const struct {
		const char *line;
		int outcome;
	} groups[] = {
		{ "root:x:0:\nroomd:x:999:alice,nobody\n", DONE },
		{ "root:x:0:\nroomd:x:999:alice,nobody2\n", NOT_AUTHORIZED },
		{ "root:x:0:\nroomd2:x:999:nobody\n", NOT_AUTHORIZED },
		{ "root:x:0:\nroomd:x:65534:\n", DONE }, /* the group of the user's own */
		{ "root:x:0:\n", NOT_AUTHORIZED },
	};

	(void)state;
	start();
	/* Looked up at each call: nothing has to be restarted. */
	write_text("/tmp/group", groups[0].line);
	assert_return_code(mount("/tmp/group", "/etc/group", NULL, MS_BIND, NULL), errno);
	for (size_t i = 0; i < ELEMENTS(groups); i++) {
		write_text("/tmp/group", groups[i].line);
		assert_int_equal(wait_for(fork_as(NOBODY, run_unlock)), groups[i].outcome);
	}
	assert_return_code(umount("/etc/group"), errno);
}

/* That nobody could look is not the same as not being in it, and is what is said. */
static void test_group_that_cannot_be_read(void **state)
{
	static const char said[] =
		"refused, for user nobody (uid 65534): there is no polkit here, and who is "
		"in the group roomd cannot be told: /etc/group cannot be read: ";

	(void)state;
	start();
	mkdir("/tmp/other-etc", 0755);
	write_text("/tmp/other-etc/passwd", "nobody:x:65534:65534::/:/bin/sh\n");
	assert_return_code(symlink("nowhere", "/tmp/other-etc/group"), errno);
	assert_return_code(mount("/tmp/other-etc", "/etc", NULL, MS_BIND, NULL), errno);
	assert_int_equal(wait_for(fork_as(NOBODY, run_unlock)), NOT_AUTHORIZED);
	assert_return_code(umount("/etc"), errno);
	assert_non_null(strstr(process_messages(&it.room->roomd), said));
}

/* However long the entries before it are. */
static void test_long_entries(void **state)
{
	static char text[200000];
	size_t n;

	(void)state;
	start();
	n = (size_t)sprintf(text, "everybody:x:5000:");
	while (n < sizeof text - 100)
		n += (size_t)sprintf(text + n, "somebody%zu,", n);
	strcpy(text + n, "nobody\nroomd:x:999:nobody\n");
	write_text("/tmp/group", text);
	assert_return_code(mount("/tmp/group", "/etc/group", NULL, MS_BIND, NULL), errno);
	assert_int_equal(wait_for(fork_as(NOBODY, run_unlock)), DONE);
	assert_return_code(umount("/etc/group"), errno);
}

/* A stand-in for polkit, which answers when and what the test wants. */
static struct {
	sd_bus *bus;
	sd_bus_slot *slot;
	sd_bus_message *asked[256];
	size_t asked_n, cancelled_n;
} polkit;

static int on_check(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	polkit.asked[polkit.asked_n++] = sd_bus_message_ref(message);
	return 1;
}

static int on_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	(void)userdata, (void)error;
	polkit.cancelled_n++;
	return sd_bus_reply_method_return(message, NULL);
}

static const sd_bus_vtable polkit_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})", on_check,
	              SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("CancelCheckAuthorization", "s", NULL, on_cancel, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static void polkit_start(void)
{
	memset(&polkit, 0, sizeof polkit);
	assert_return_code(sd_bus_open_system(&polkit.bus), 0);
	assert_return_code(sd_bus_add_object_vtable(polkit.bus, NULL, "/org/freedesktop/PolicyKit1/Authority",
	                                            "org.freedesktop.PolicyKit1.Authority", polkit_vtable,
	                                            NULL),
	                   0);
	assert_return_code(sd_bus_request_name(polkit.bus, "org.freedesktop.PolicyKit1", 0), 0);
}

static void polkit_stop(void)
{
	for (size_t i = 0; i < polkit.asked_n; i++)
		sd_bus_message_unref(polkit.asked[i]);
	sd_bus_flush_close_unref(polkit.bus);
}

/* Until it was asked so often. */
static void polkit_wait(size_t asked)
{
	while (polkit.asked_n < asked)
		if (sd_bus_process(polkit.bus, NULL) == 0)
			assert_true(sd_bus_wait(polkit.bus, 60 * USEC_PER_SEC) > 0);
}

static void polkit_answer(size_t i, bool authorized, bool challenge)
{
	sd_bus_reply_method_return(polkit.asked[i], "(bba{ss})", authorized, challenge, 0);
	sd_bus_flush(polkit.bus);
}

static void expect_question(size_t i, const char *action, const char *component, uint32_t flags)
{
	const char *kind, *key, *name, *id, *detail, *value;
	uint32_t asked_flags;

	assert_return_code(sd_bus_message_read(polkit.asked[i], "(sa{sv})sa{ss}us", &kind, 1, &key, "s",
	                                       &name, &id, 1, &detail, &value, &asked_flags, NULL),
	                   0);
	assert_string_equal(kind, "system-bus-name");
	assert_string_equal(key, "name");
	assert_int_equal(name[0], ':');
	assert_string_equal(id, action);
	assert_string_equal(detail, "component");
	assert_string_equal(value, component);
	assert_int_equal(asked_flags, flags);
}

static void test_polkit_decides(void **state)
{
	pid_t pid;

	(void)state;
	start();
	polkit_start();
	pid = fork_as(NOBODY, run_unlock);
	polkit_wait(1);
	expect_question(0, "org.roomd1.unlock", "DoorLock front-door", 0);
	assert_int_equal(process_count(&it.room->roomd, "unlocked", NULL), 0);
	polkit_answer(0, true, false);
	assert_int_equal(wait_for(pid), DONE);
	process_wait(&it.room->roomd, "unlocked", NULL);

	pid = fork_as(NOBODY, run_interactive_lock);
	polkit_wait(2);
	expect_question(1, "org.roomd1.control", "DoorLock front-door", 1);
	polkit_answer(1, false, true);
	assert_int_equal(wait_for(pid), NOT_AUTHORIZED);

	pid = fork_as(NOBODY, run_reload);
	polkit_wait(3);
	expect_question(2, "org.roomd1.manage", "the room", 0);
	sd_bus_reply_method_errorf(polkit.asked[2], "org.freedesktop.PolicyKit1.Error.Failed", "no");
	sd_bus_flush(polkit.bus);
	assert_int_equal(wait_for(pid), NOT_AUTHORIZED);
	process_let_pass_ms(&it.room->roomd, 100);
	assert_int_equal(process_count(&it.room->roomd, "locked", NULL), 0);
	polkit_stop();
}

/* It is not let off because it does not answer, and neither is anybody else held up. */
static void test_polkit_does_not_answer(void **state)
{
	pid_t pid;

	(void)state;
	start();
	polkit_start();
	pid = fork_as(NOBODY, run_unlock);
	polkit_wait(1);
	call(LOCK, "DoorLock", "Lock");
	pull(PIR_HALL, true);
	process_wait(&it.room->roomd, "light_on", "hall");
	assert_int_equal(wait_for(pid), NOT_AUTHORIZED);
	assert_int_equal(process_count(&it.room->roomd, "unlocked", NULL), 0);
	polkit_stop();
}

/* --- whoever misbehaves ---------------------------------------------------------------------- */

#define FLOOD 5000 /* more than twice as many as may wait (docs/decisions.md) */

static long memory_kb(void)
{
	char status[4096];
	const char *line;

	file_read(status, sizeof status, "/proc/%d/status", (int)it.room->roomd.pid);
	line = strstr(status, "VmRSS:");
	return line ? strtol(line + strlen("VmRSS:"), NULL, 10) : 0;
}

/* Never reads an answer; stays until it is killed. */
static int run_flood(sd_bus *bus)
{
	for (int i = 0; i < FLOOD; i++) {
		sd_bus_message *message = NULL;
		uint64_t cookie;

		if (sd_bus_message_new_method_call(bus, &message, ROOMD_NAME, LOCK, "org.roomd1.DoorLock",
		                                   "Unlock") < 0 ||
		    sd_bus_send(bus, message, &cookie) < 0) /* with it an answer is expected */
			return 1;
		sd_bus_message_unref(message);
		if (i % 100 == 0)
			sd_bus_flush(bus);
	}
	sd_bus_flush(bus);
	pause();
	return 0;
}

static void expect_light_answers(void)
{
	pull(PIR_HALL, true);
	room_expect_level(it.room, LIGHT_RELAY, true);
	pull(PIR_HALL, false);
	process_wait(&it.room->roomd, "light_off", "hall");
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void flood(uid_t uid)
{
	long before_kb;
	pid_t pid;

	before_kb = memory_kb();
	pid = fork_as(uid, run_flood);
	pull(PIR_HALL, true);
	room_expect_level(it.room, LIGHT_RELAY, true);
	process_let_pass_ms(&it.room->roomd, 10000);
	call(LIGHT, "LightController", "SetAutomatic");
	print_message("# memory %ld kB, before %ld kB\n", memory_kb(), before_kb);
	if (!PROCESS_IS_INSTRUMENTED)
		assert_true(memory_kb() < before_kb + 4096);
	end_child(pid);
	pull(PIR_HALL, false);
	process_wait(&it.room->roomd, "light_off", "hall");
}

static void test_flood(void **state)
{
	(void)state;
	start();
	flood(NOBODY);
	/* Refused each time; listed up to a limit, which is said. */
	assert_in_range(count(process_messages(&it.room->roomd), "Unlock(): refused"), 20, 300);
	assert_true(count(process_messages(&it.room->roomd), "makes very many calls") > 0);
	flood(0);
	assert_int_equal(process_count(&it.room->roomd, "unlocked", NULL), 1);
}

/* So many of one client wait, and not more. */
static int run_many(sd_bus *bus)
{
	sd_bus_message *answer = NULL;
	int busy = 0;

	for (int i = 0; i < 20; i++) {
		sd_bus_message *message = NULL;
		uint64_t cookie;

		if (sd_bus_message_new_method_call(bus, &message, ROOMD_NAME, LOCK, "org.roomd1.DoorLock",
		                                   "Unlock") < 0 ||
		    sd_bus_send(bus, message, &cookie) < 0)
			return 101;
		sd_bus_message_unref(message);
	}
	while (busy < 4 && sd_bus_wait(bus, 60 * USEC_PER_SEC) > 0)
		while (sd_bus_process(bus, &answer) > 0) {
			if (answer && sd_bus_message_is_method_error(answer, "org.roomd1.Error.Busy"))
				busy++;
			answer = sd_bus_message_unref(answer);
		}
	return busy;
}

static void test_leaving_before_the_answer(void **state)
{
	(void)state;
	start();
	polkit_start();
	assert_int_equal(wait_for(fork_as(NOBODY, run_many)), 4);
	polkit_wait(16);
	/* They have ended with the caller: what polkit says now is nobody's. */
	while (polkit.cancelled_n < 16)
		if (sd_bus_process(polkit.bus, NULL) == 0)
			assert_true(sd_bus_wait(polkit.bus, 60 * USEC_PER_SEC) > 0);
	for (size_t i = 0; i < 16; i++)
		polkit_answer(i, true, false);
	process_let_pass_ms(&it.room->roomd, 1000);
	assert_int_equal(process_count(&it.room->roomd, "unlocked", NULL), 0);
	polkit_stop();
	expect_light_answers();
	call(LOCK, "DoorLock", "Unlock");
}

/* As many calls as are let wait, of as many connections; stays until it is killed. */
static int run_crowd(sd_bus *bus)
{
	for (int connection = 0; connection < 8; connection++) {
		for (int i = 0; i < 16; i++) {
			sd_bus_message *message = NULL;
			uint64_t cookie;

			if (sd_bus_message_new_method_call(bus, &message, ROOMD_NAME, LOCK,
			                                   "org.roomd1.DoorLock", "Lock") < 0 ||
			    sd_bus_message_set_allow_interactive_authorization(message, true) < 0 ||
			    sd_bus_send(bus, message, &cookie) < 0)
				return 1;
			sd_bus_message_unref(message);
		}
		sd_bus_flush(bus);
		if (sd_bus_open_system(&bus) < 0)
			return 1;
	}
	pause();
	return 0;
}

/* One user has so much room, all have more, and root needs none. */
static void test_no_user_locks_others_out(void **state)
{
	pid_t crowds[4], pid;

	(void)state;
	start();
	polkit_start();
	crowds[0] = fork_as(NOBODY, run_crowd);
	polkit_wait(32);
	process_let_pass_ms(&it.room->roomd, 1000);
	call(LOCK, "DoorLock", "Lock");
	assert_int_equal(wait_for(fork_as(NOBODY, run_interactive_lock)), BUSY);
	pid = fork_as(OTHERS, run_interactive_lock);
	polkit_wait(33);
	polkit_answer(32, true, false);
	assert_int_equal(wait_for(pid), DONE);

	for (size_t i = 1; i < ELEMENTS(crowds); i++) {
		crowds[i] = fork_as(OTHERS + (uid_t)i - 1, run_crowd);
		polkit_wait(33 + 32 * i);
	}
	process_let_pass_ms(&it.room->roomd, 1000);
	assert_int_equal(wait_for(fork_as(OTHERS + 3, run_interactive_lock)), BUSY);
	call(LOCK, "DoorLock", "Unlock");
	for (size_t i = 0; i < ELEMENTS(crowds); i++)
		end_child(crowds[i]);
	while (polkit.cancelled_n < 128)
		if (sd_bus_process(polkit.bus, NULL) == 0)
			assert_true(sd_bus_wait(polkit.bus, 60 * USEC_PER_SEC) > 0);
	assert_int_equal(polkit.asked_n, 129);
	polkit_stop();
}

/* The bus has stopped reading: the room goes on, what waits is bounded, and in the end everybody knows what
 * is. */
static void test_bus_that_does_not_read(void **state)
{
	static struct trace_record sets[RECORDS];
	long before_kb;
	bool on = false;

	(void)state;
	start();
	set_on(false);
	call(LIGHT, "LightController", "SetAutomatic");
	before_kb = memory_kb();
	kill(it.bus.pid, SIGSTOP);
	trace_clear();
	/* The socket alone takes 16 MB. */
	for (int i = 0; i < 3000; i++) {
		pull(PIR_HALL, true);
		process_let_pass_ms(&it.room->roomd, 20);
		pull(PIR_HALL, false);
		process_let_pass_ms(&it.room->roomd, 20);
	}
	assert_true(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	print_message("# memory %ld kB, before %ld kB\n", memory_kb(), before_kb);
	if (!PROCESS_IS_INSTRUMENTED)
		assert_true(memory_kb() < before_kb + 2048);
	assert_int_equal(room_sets(it.room, LIGHT_RELAY, sets, RECORDS), 1);
	process_let_pass_ms(&it.room->roomd, 130000);
	assert_false(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	kill(it.bus.pid, SIGCONT);
	client_expect_change(&it.client, LIGHT, "On", 'b', &on);
	while (on)
		client_expect_change(&it.client, LIGHT, "On", 'b', &on);
	pull(PIR_HALL, true);
	client_expect(&it.client, LIGHT, "light_on");
	client_get(&it.client, LIGHT, "LightController", "On", 'b', &on);
	assert_true(on);
}

/* Its end of the connection to the bus. */
static int take_bus_socket(void)
{
	int process = (int)syscall(SYS_pidfd_open, it.room->roomd.pid, 0);

	assert_return_code(process, errno);
	for (int theirs = 3; theirs < 64; theirs++) {
		struct sockaddr_un address = { 0 };
		socklen_t length = sizeof address - 1;
		int ours = (int)syscall(SYS_pidfd_getfd, process, theirs, 0);

		if (ours >= 0 && getpeername(ours, (struct sockaddr *)&address, &length) == 0 &&
		    strstr(address.sun_path, "message-bus")) {
			close(process);
			return ours;
		}
		if (ours >= 0)
			close(ours);
	}
	fail_msg("roomd is not connected");
	return -1;
}

/* It does not read, and more waits for it than the socket takes. */
static void stop_reading(void)
{
	int fd = take_bus_socket(), size = 4096, full = 0;

	assert_return_code(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size), errno);
	kill(it.bus.pid, SIGSTOP);
	for (int i = 0; i < 100; i++) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

		pull(PIR_HALL, i % 2 == 0);
		process_let_pass_ms(&it.room->roomd, 20);
		full = poll(&poll_fd, 1, 0) == 0;
	}
	assert_true(full);
	close(fd);
}

/* The service ends at once, whatever the bus has not answered. */
static void test_end_without_an_answer(void **state)
{
	(void)state;
	kill(it.bus.pid, SIGSTOP);
	process_start(&it.room->roomd, config);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	process_stop_at_once(&it.room->roomd);
	process_clean_up(&it.room->roomd);

	kill(it.bus.pid, SIGCONT);
	start();
	kill(it.bus.pid, SIGSTOP);
	process_stop_at_once(&it.room->roomd);
}

/* Nor does the question whether it is a stop wait for long: without an answer it is one. */
static void test_stop_value_without_an_answer(void **state)
{
	uint64_t start_ns;

	(void)state;
	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	process_start(&it.room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\n"
	                               "[LightController hall]\nLine=LIGHT_RELAY\nStopValue=off\n");
	unsetenv("NOTIFY_SOCKET");
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	pull(PIR_HALL, true);
	process_wait(&it.room->roomd, "light_on", "hall");
	kill(it.bus.pid, SIGSTOP);
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	process_stop(&it.room->roomd);
	assert_in_range(clock_now_ns(CLOCK_MONOTONIC) - start_ns, 0, NSEC_PER_SEC);
	assert_false(sim_chip_level(&it.room->chip, LIGHT_RELAY));
}

/* Or not read. */
static void test_end_with_full_queue(void **state)
{
	(void)state;
	start();
	stop_reading();
	process_stop_at_once(&it.room->roomd);
}

static void test_bus_is_restarted(void **state)
{
	bool motion = false;

	(void)state;
	start();
	client_stop(&it.client);
	message_bus_stop(&it.bus);
	expect_light_answers();
	process_let_pass_ms(&it.room->roomd, 600000);
	pull(PIR_HALL, true);
	room_expect_level(it.room, LIGHT_RELAY, true);
	message_bus_start(&it.bus);
	client_start(&it.client); /* waits for the name */
	client_get(&it.client, MOTION, "MotionSensor", "Motion", 'b', &motion);
	assert_true(motion);
	set_on(false);
	assert_false(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	assert_int_equal(count(process_messages(&it.room->roomd), "not on the system bus"), 1);
	assert_int_equal(count(process_messages(&it.room->roomd), "on the system bus again"), 1);
}

static void test_bus_comes_late(void **state)
{
	(void)state;
	message_bus_stop(&it.bus);
	process_start(&it.room->roomd, config);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	expect_light_answers();
	message_bus_start(&it.bus);
	client_start(&it.client);
	set_on(true);
	assert_true(sim_chip_level(&it.room->chip, LIGHT_RELAY));
}

/* Nothing wakes up by itself, so that an hour without a bus shows what waiting for one costs. */
static const char quiet_config[] = "[MotionSensor hall]\nLine=PIR_HALL\n"
				   "[LightController hall]\nLine=LIGHT_RELAY\nOffDelaySec=2min\n";

static void start_without_bus(void)
{
	process_start(&it.room->roomd, quiet_config);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
}

/* After a while to settle. */
static void expect_an_hour_without_wake_ups(void)
{
	unsigned long before;

	process_let_pass_ms(&it.room->roomd, 300000);
	before = process_count_switches(&it.room->roomd);
	process_let_pass_ms(&it.room->roomd, 3600000);
	assert_int_equal(process_count_switches(&it.room->roomd) - before, 0);
}

/* The bus comes, and roomd is on it soon. */
static void expect_on_bus_at_once(void)
{
	uint64_t start_ns = clock_now_ns(CLOCK_MONOTONIC);

	message_bus_start(&it.bus);
	client_start(&it.client);
	assert_in_range(clock_now_ns(CLOCK_MONOTONIC) - start_ns, 0, NSEC_PER_SEC / 5);
	set_on(true);
	assert_true(sim_chip_level(&it.room->chip, LIGHT_RELAY));
	set_on(false);
}

static void expect_said(size_t gone, size_t back)
{
	assert_int_equal(count(process_messages(&it.room->roomd), "not on the system bus"), gone);
	assert_int_equal(count(process_messages(&it.room->roomd), "on the system bus again"), back);
}

static void test_waiting_costs_nothing(void **state)
{
	(void)state;
	message_bus_stop(&it.bus);
	start_without_bus();
	expect_an_hour_without_wake_ups();
	expect_on_bus_at_once();
	expect_said(1, 1);
	client_stop(&it.client);
	message_bus_stop(&it.bus);
	expect_an_hour_without_wake_ups();
	expect_on_bus_at_once();
	expect_said(2, 2);
	client_stop(&it.client);
	message_bus_stop(&it.bus);
	process_let_pass_ms(&it.room->roomd, 60000);
	process_stop_at_once(&it.room->roomd);
}

/* It comes with the bus: /run/dbus, where there was no D-Bus before. */
static void test_folder_of_bus_comes_late(void **state)
{
	(void)state;
	message_bus_stop(&it.bus);
	assert_return_code(rmdir(MESSAGE_BUS_FOLDER), errno);
	start_without_bus();
	expect_an_hour_without_wake_ups();
	expect_on_bus_at_once();
	expect_said(1, 1);
}

static void test_folder_of_bus_is_replaced(void **state)
{
	(void)state;
	message_bus_stop(&it.bus);
	start_without_bus();
	process_let_pass_ms(&it.room->roomd, 300000);
	assert_return_code(rename(MESSAGE_BUS_FOLDER, MESSAGE_BUS_FOLDER ".old"), errno);
	process_let_pass_ms(&it.room->roomd, 1000);
	assert_return_code(mkdir(MESSAGE_BUS_FOLDER ".new", 0755), errno);
	assert_return_code(rename(MESSAGE_BUS_FOLDER ".new", MESSAGE_BUS_FOLDER), errno);
	assert_return_code(rmdir(MESSAGE_BUS_FOLDER ".old"), errno);
	expect_an_hour_without_wake_ups();
	expect_on_bus_at_once();
	expect_said(1, 1);
}

/* What a bus that crashed leaves behind: a file that nobody listens at. */
static void test_stale_socket(void **state)
{
	(void)state;
	message_bus_kill(&it.bus);
	start_without_bus();
	expect_an_hour_without_wake_ups();
	expect_on_bus_at_once();
	expect_said(1, 1);
}

/* Of several addresses each may be the one: they are looked at once a minute. */
static void test_address_that_cannot_be_watched(void **state)
{
	(void)state;
	message_bus_stop(&it.bus);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:abstract=roomd-test-nobody;" MESSAGE_BUS_ADDRESS, 1);
	start_without_bus();
	process_let_pass_ms(&it.room->roomd, 3600000);
	message_bus_start(&it.bus);
	process_let_pass_ms(&it.room->roomd, 61000);
	expect_said(1, 1);
	client_start(&it.client);
}

/* A file in the way of the folder: what can be watched comes to an end, and begins again. */
static void test_file_in_the_way(void **state)
{
	(void)state;
	message_bus_stop(&it.bus);
	start_without_bus();
	process_let_pass_ms(&it.room->roomd, 60000);
	assert_return_code(rmdir(MESSAGE_BUS_FOLDER), errno);
	run_program("touch", MESSAGE_BUS_FOLDER, NULL);
	process_let_pass_ms(&it.room->roomd, 600000);
	assert_return_code(unlink(MESSAGE_BUS_FOLDER), errno);
	expect_an_hour_without_wake_ups();
	expect_on_bus_at_once();
	expect_said(1, 1);
}

/* What is on the bus is the room as it is then. */
static void test_reload_without_bus(void **state)
{
	bool on = false;

	(void)state;
	message_bus_stop(&it.bus);
	start_without_bus();
	process_let_pass_ms(&it.room->roomd, 60000);
	process_reload(&it.room->roomd,
	               "[MotionSensor hall]\nLine=PIR_HALL\n[LightController porch]\nLine=PORCH_RELAY\n");
	pull(PIR_HALL, true);
	process_wait(&it.room->roomd, "light_on", "porch");
	message_bus_start(&it.bus);
	client_start(&it.client);
	client_get(&it.client, ROOMD_PATH "/light_controller/porch", "LightController", "On", 'b', &on);
	assert_true(on);
	assert_int_equal(client_call(&it.client, LIGHT, "LightController", "SetAutomatic", NULL, NULL), -1);
}

/* What the service manager is told, and when: the next message that has these words. */
static uint64_t expect_notification(int fd, const char *words)
{
	char message[1024];
	ssize_t n;

	do {
		n = recv(fd, message, sizeof message - 1, 0);
		assert_true(n > 0);
		message[n] = '\0';
	} while (!strstr(message, words));
	return clock_now_ns(CLOCK_MONOTONIC);
}

static int open_notify_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/notify" };
	struct timeval timeout = { .tv_sec = 10 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	unlink(address.sun_path);
	assert_return_code(bind(fd, (struct sockaddr *)&address, sizeof address), errno);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	return fd;
}

/* Ready is who can be called; but a bus that does not answer is not waited for, and a room without one is
 * ready. */
static void test_ready(void **state)
{
	int fd = open_notify_socket(), owned = 0;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	uint64_t start_ns;
	sd_bus *bus;

	(void)state;
	assert_return_code(sd_bus_open_system(&bus), 0);
	process_start(&it.room->roomd, config);
	expect_notification(fd, "STATUS=4 components; light hall off; door front-door locked");
	expect_notification(fd, "READY=1");
	assert_return_code(sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
	                                      "org.freedesktop.DBus", "NameHasOwner", NULL, &reply, "s",
	                                      ROOMD_NAME),
	                   0);
	assert_return_code(sd_bus_message_read(reply, "b", &owned), 0);
	assert_true(owned);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	pull(PIR_HALL, true);
	expect_notification(fd, "STATUS=4 components; light hall on; door front-door locked, ALERT");
	/* A configuration that is not taken is what is said first, until one is. */
	process_reload(&it.room->roomd, "[MotionSensor hall]\nLine=\n[Lamp x]\n");
	expect_notification(fd, "STATUS=NEW CONFIGURATION NOT TAKEN, 2 errors: /");
	process_reload(&it.room->roomd, config);
	expect_notification(fd, "STATUS=4 components; light hall on");
	sd_bus_close_unref(bus);
	process_stop(&it.room->roomd);
	process_clean_up(&it.room->roomd);

	/* Of one that does not start because of it, too. */
	process_start(&it.room->roomd, "[Lamp x]\n");
	expect_notification(fd, "STATUS=Not started, the configuration is wrong, 1 error: /");
	waitpid(it.room->roomd.pid, NULL, 0);
	process_has_ended(&it.room->roomd);
	process_clean_up(&it.room->roomd);

	kill(it.bus.pid, SIGSTOP);
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	process_start(&it.room->roomd, config);
	room_expect_level(it.room, LIGHT_RELAY, true);
	assert_in_range(expect_notification(fd, "READY=1"), start_ns + 2 * NSEC_PER_SEC,
	                start_ns + 2 * NSEC_PER_SEC + NSEC_PER_SEC / 10);
	process_stop(&it.room->roomd);
	process_clean_up(&it.room->roomd);

	message_bus_stop(&it.bus);
	start_ns = clock_now_ns(CLOCK_MONOTONIC);
	process_start(&it.room->roomd, config);
	assert_in_range(expect_notification(fd, "READY=1"), start_ns, start_ns + NSEC_PER_SEC / 10);
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static void test_name_is_taken(void **state)
{
	sd_bus *other;

	(void)state;
	assert_return_code(sd_bus_open_system(&other), 0);
	assert_return_code(sd_bus_request_name(other, ROOMD_NAME, 0), 0);
	process_start(&it.room->roomd, config);
	process_wait(&it.room->roomd, "motion_cleared", "hall");
	while (!strstr(process_messages(&it.room->roomd),
	               "not on the system bus: somebody else has the name"))
		process_let_pass_ms(&it.room->roomd, 10);
	sd_bus_flush_close_unref(other);
	client_start(&it.client);
	set_on(true);
}

/* --- coming and going ------------------------------------------------------------------------ */

static void expect_device(const char *path, const char *signal)
{
	const char *found = NULL, *interface = NULL;

	while (!found || strcmp(found, path) != 0) {
		sd_bus_message *message = client_expect(&it.client, ROOMD_PATH, signal);

		assert_return_code(sd_bus_message_read(message, "o", &found), 0);
		assert_return_code(strcmp(signal, "InterfacesAdded") == 0
		                           ? (sd_bus_message_enter_container(message, 'a', "{sa{sv}}") |
		                              sd_bus_message_enter_container(message, 'e', "sa{sv}"))
		                           : sd_bus_message_enter_container(message, 'a', "s"),
		                   0);
		assert_return_code(sd_bus_message_read(message, "s", &interface), 0);
		assert_string_equal(interface, "org.roomd1.Device");
	}
}

static void test_hot_plug(void **state)
{
	_cleanup_(cleanup_free) char *reason = NULL;
	bool available = true;
	uint64_t since = 0;

	(void)state;
	start();
	client_get(&it.client, LIGHT, "Device", "Since", 't', &since);
	assert_in_range(since, 1, clock_now_ns(CLOCK_MONOTONIC) / 1000);
	sim_chip_unplug(&it.room->chip);
	expect_device(MOTION, "InterfacesRemoved");
	client_get(&it.client, MOTION, "MotionSensor", "Available", 'b', &available);
	assert_false(available);
	reason = client_get_text(&it.client, MOTION, "MotionSensor", "Reason");
	assert_non_null(strstr(reason, "PIR_HALL"));
	assert_int_equal(sd_bus_get_property_trivial(it.client.bus, ROOMD_NAME, MOTION, "org.roomd1.Device",
	                                             "Since", NULL, 't', &since) < 0,
	                 true);
	sim_chip_plug(&it.room->chip);
	expect_device(MOTION, "InterfacesAdded");
	client_get(&it.client, MOTION, "Device", "Since", 't', &since);
	assert_in_range(since, process_wait(&it.room->roomd, "sensor_available", "hall")->monotonic_ns / 1000,
	                clock_now_ns(CLOCK_MONOTONIC) / 1000);
}

/* A wrong configuration is answered with all that is wrong, and nothing changes; a right one is in force when
 * the answer comes, and objects come and go with their components. */
static void test_reload(void **state)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	char *name;
	bool on;

	(void)state;
	start();
	process_configure(&it.room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\nBias=up\n[Lamp x]\n");
	assert_int_equal(client_call(&it.client, ROOMD_PATH, "Manager", "Reload", &error, NULL), -1);
	assert_string_equal(error.name, "org.roomd1.Error.ConfigInvalid");
	expect_words(error.message, "roomd.conf:3: [MotionSensor hall] Bias=up: expected");
	expect_words(error.message, "\n");
	expect_words(error.message, "roomd.conf:4: [Lamp x]: unknown kind");
	call(LIGHT, "LightController", "SetAutomatic");

	process_configure(&it.room->roomd, "[MotionSensor hall]\nLine=PIR_HALL\nLocation=Corridor\n"
	                                   "[LightController porch]\nLine=PORCH_RELAY\n");
	call(ROOMD_PATH, "Manager", "Reload");
	client_expect(&it.client, ROOMD_PATH, "InterfacesRemoved");
	client_expect(&it.client, ROOMD_PATH, "InterfacesAdded");
	name = client_get_text(&it.client, MOTION, "MotionSensor", "Location");
	assert_string_equal(name, "Corridor");
	free(name);
	assert_int_equal(client_call(&it.client, LIGHT, "LightController", "SetAutomatic", &error, NULL), -1);
	call(ROOMD_PATH "/light_controller/porch", "LightController", "SetAutomatic");
	client_get(&it.client, ROOMD_PATH "/light_controller/porch", "LightController", "On", 'b', &on);
	assert_false(on);
	pull(PIR_HALL, true);
	client_expect(&it.client, ROOMD_PATH "/light_controller/porch", "light_on");
}

/* Names of files are any bytes, and a text may be cut within a letter: there is an answer all the same. */
static void test_answers_are_utf_8(void **state)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	char path[128], letters[200] = "";
	pid_t pid;

	(void)state;
	start();
	snprintf(path, sizeof path, "%s/roomd.conf.d", it.room->roomd.folder);
	assert_return_code(mkdir(path, 0755), errno);
	strcat(path, "/K\xfc"
	             "che.conf");
	write_text(path, "[Lamp x]\n");
	assert_int_equal(client_call(&it.client, ROOMD_PATH, "Manager", "Reload", &error, NULL), -1);
	assert_string_equal(error.name, "org.roomd1.Error.ConfigInvalid");
	expect_words(error.message, "/K?che.conf:1: [Lamp x]: unknown kind");

	polkit_start();
	pid = fork_as(NOBODY, run_unlock);
	polkit_wait(1);
	while (strlen(letters) + 4 < sizeof letters)
		strcat(letters, "€");
	sd_bus_reply_method_errorf(polkit.asked[0], "org.freedesktop.PolicyKit1.Error.Failed", "%s", letters);
	sd_bus_flush(polkit.bus);
	assert_int_equal(wait_for(pid), NOT_AUTHORIZED);
	polkit_stop();
}

static void set_real_time(pid_t pid, int policy)
{
	struct sched_param parameter = { .sched_priority = policy == SCHED_FIFO };

	assert_return_code(sched_setscheduler(pid, policy, &parameter), errno);
}

/* Whoever was told "done" does not find it undone. The bus and the caller go before roomd, which is killed
 * before it does anything after the answer. */
static void test_killed_after_the_answer(void **state)
{
	struct service_manager manager;
	bool locked = true;

	(void)state;
	service_manager_start(&manager);
	process_start_with(&it.room->roomd, config, &(struct process_options){ .manager = &manager });
	process_wait(&it.room->roomd, "temperature_update", "hall");
	client_start(&it.client);
	process_let_pass_ms(&it.room->roomd, 1000);
	set_real_time(it.bus.pid, SCHED_FIFO);
	set_real_time(0, SCHED_FIFO);
	call(LOCK, "DoorLock", "Unlock");
	kill(it.room->roomd.pid, SIGKILL);
	set_real_time(it.bus.pid, SCHED_OTHER);
	set_real_time(0, SCHED_OTHER);
	process_kill(&it.room->roomd);
	client_stop(&it.client);
	process_start_successor(&it.room->roomd, NULL);
	client_start(&it.client);
	client_get(&it.client, LOCK, "DoorLock", "Locked", 'b', &locked);
	assert_false(locked);
	process_stop(&it.room->roomd);
	service_manager_stop(&manager);
}

#define BUS_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define BUS_BOARD_TEST(test) BOARD_TEST_WITH(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	BUS_BOARD_TEST(test_introspection_is_the_tables),
	BUS_TEST(test_properties_of_every_kind),
	BUS_TEST(test_text_that_is_not_utf_8),
	BUS_BOARD_TEST(test_manager),
	BUS_TEST(test_changes_of_properties),
	BUS_TEST(test_only_changes_are_told),
	BUS_TEST(test_every_event_is_a_signal),
	BUS_TEST(test_light),
	BUS_TEST(test_ignored_motion_over_a_reload),
	BUS_TEST(test_lock),
	BUS_TEST(test_errors),
	BUS_TEST(test_without_polkit),
	BUS_TEST(test_group_without_polkit),
	BUS_TEST(test_group_that_cannot_be_read),
	BUS_TEST(test_long_entries),
	BUS_TEST(test_polkit_decides),
	BUS_TEST(test_polkit_does_not_answer),
	BUS_TEST(test_flood),
	BUS_TEST(test_leaving_before_the_answer),
	BUS_TEST(test_no_user_locks_others_out),
	BUS_TEST(test_bus_that_does_not_read),
	BUS_TEST(test_end_without_an_answer),
	BUS_TEST(test_stop_value_without_an_answer),
	BUS_TEST(test_end_with_full_queue),
	BUS_TEST(test_bus_is_restarted),
	BUS_TEST(test_bus_comes_late),
	BUS_TEST(test_waiting_costs_nothing),
	BUS_TEST(test_folder_of_bus_comes_late),
	BUS_TEST(test_folder_of_bus_is_replaced),
	BUS_TEST(test_stale_socket),
	BUS_TEST(test_address_that_cannot_be_watched),
	BUS_TEST(test_file_in_the_way),
	BUS_TEST(test_reload_without_bus),
	BUS_TEST(test_ready),
	BUS_TEST(test_name_is_taken),
	BUS_TEST(test_hot_plug),
	BUS_TEST(test_reload),
	BUS_TEST(test_answers_are_utf_8),
	BUS_TEST(test_killed_after_the_answer),
};

static int make_thermometer(void **state)
{
	(void)state;
	thermometer_make();
	return 0;
}

RUN_TESTS_WITH_SETUP(tests, make_thermometer)
