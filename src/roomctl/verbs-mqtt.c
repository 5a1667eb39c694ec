/* The verb about the bridge to the MQTT broker: what it is at, as it says itself, and whether a configuration
 * works. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"
#include "mqtt/config.h"
#include "mqtt/view.h"
#include "roomctl/client.h"
#include "roomctl/print.h"
#include "roomctl/table.h"
#include "roomctl/times.h"
#include "roomctl/verbs.h"
#include "util/problem.h"
#include "util/snake.h"

#define UNIT "roomd-mqtt"
#define KEY_SIZE 512

/* --- reading --------------------------------------------------------------------------------- */

/* The rows of an array of structures, with names for their members. */
static struct json_object *name_members(const struct json_object *rows, const char *const *names)
{
	size_t n = json_object_is_type(rows, json_type_array) ? json_object_array_length(rows) : 0;
	struct json_object *named = json_object_new_array();

	for (size_t i = 0; named && i < n; i++) {
		const struct json_object *row = json_object_array_get_idx(rows, i);
		struct json_object *object = json_object_new_object();

		for (size_t j = 0; object && names[j] && json_object_is_type(row, json_type_array); j++)
			json_add(object, names[j], json_object_get(json_object_array_get_idx(row, j)));
		json_object_array_add(named, object);
	}
	return named;
}

static struct json_object *make_bridge(struct json_object *properties)
{
	static const char *const remote[] = { "sensor", "available", "reason", NULL };
	static const char *const message[] = { "time", "sent", "topic", "payload", NULL };
	struct json_object *bridge = json_object_new_object();

	if (!bridge)
		return NULL;
	json_object_object_foreach(properties, name, value)
	{
		char key[KEY_SIZE];

		json_add(bridge, snake_case(name, key, sizeof key), json_object_get(value));
	}
	json_add(bridge, "remotes", name_members(member_of(properties, "Remotes"), remote));
	json_add(bridge, "last", name_members(member_of(properties, "Last"), message));
	return bridge;
}

/* Whether there is a configuration of it, or a part of one. What cannot be looked at may be there. */
static bool is_configured(void)
{
	static const char *const endings[] = { "", ".d" };

	for (size_t i = 0; config_folders[i]; i++)
		for (size_t j = 0; j < ELEMENTS(endings); j++) {
			char path[128];

			snprintf(path, sizeof path, "%s/" MQTT_CONFIG_FILE "%s", config_folders[i],
			         endings[j]);
			if (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
				return true;
		}
	return false;
}

static bool is_installed(void)
{
	return access(ROOMD_MQTT_PROGRAM, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static enum status not_installed(enum status status)
{
	return say(status, UNIT " is not installed (no " ROOMD_MQTT_PROGRAM "); the package " UNIT " has it");
}

static enum status not_running(const struct command_line *line)
{
	if (line->address)
		return say(STATUS_NOT_RUNNING,
		           UNIT " does not run on %s (no " VIEW_NAME
		                " on the bus); start it there with: systemctl start " UNIT
		                "; why it has ended: journalctl -u " UNIT,
		           line->address);
	if (!is_installed())
		return not_installed(STATUS_NOT_RUNNING);
	if (!is_configured())
		return say(
			STATUS_NOT_RUNNING, UNIT
			" does not run: there is no /etc/" MQTT_CONFIG_FILE "; write one, which " UNIT
			".conf(5) describes, try it with: roomctl mqtt --check, and start it with: systemctl start " UNIT);
	return say(STATUS_NOT_RUNNING,
	           UNIT " does not run (no " VIEW_NAME " on the bus); start it with: systemctl start " UNIT
	                "; why it has ended: journalctl -u " UNIT);
}

static enum status read_bridge(const struct command_line *line, struct json_object **ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_(json_freep) struct json_object *properties = NULL;
	_cleanup_(client_close) struct client client = { 0 };
	enum status status = client_open(&client, line);
	int r;

	if (status != STATUS_DONE)
		return status;
	r = sd_bus_call_method(client.bus, VIEW_NAME, VIEW_PATH, "org.freedesktop.DBus.Properties", "GetAll",
	                       &error, &reply, "s", VIEW_INTERFACE);
	if (r < 0)
		return client_fail_beside(&client, UNIT, not_running, &error, r);
	r = json_from_answer(reply, "a{sv}", &properties);
	if (r < 0)
		return say(STATUS_FAILED, "the answer of " UNIT " cannot be read: %s", problem_errno(r));
	*ret = make_bridge(properties);
	return *ret ? STATUS_DONE : say_no_memory();
}

/* --- in words -------------------------------------------------------------------------------- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* "● roomd-mqtt 0.1.0: connected to broker.example.org, port 8883, with TLS (MQTT 5)" */
static void print_head(const struct json_object *bridge, const struct terminal *terminal)
{
	bool good = member_bool(bridge, "connected") && member_bool(bridge, "room");
	_cleanup_(cleanup_free) char *text = NULL;

	if (asprintf(&text, UNIT " %s: %s", member_text(bridge, "version"), member_text(bridge, "state")) < 0)
		text = NULL;
	terminal_print(terminal, stdout, good ? TERMINAL_GOOD : TERMINAL_WARNING, "●");
	fputs(" ", stdout);
	print_escaped(text ? text : "", 2, terminal);
}

/* Why there is no connection, or was none before this one, unless the state has said it. */
static void print_reason(const struct field_format *format, const struct json_object *bridge)
{
	const char *reason = member_text(bridge, "reason");

	if (*reason && !strstr(member_text(bridge, "state"), reason))
		print_field(format, member_bool(bridge, "connected") ? "Before" : "Reason", reason);
}

static void print_connection(const struct field_format *format, const struct json_object *bridge)
{
	uint64_t since = member_number(bridge, "since");
	_cleanup_(cleanup_free) char *text =
		since > 0 ? time_to_text(since, VALUE_CLOCK_REALTIME) : strdup("no");

	print_field(format, "Broker", member_text(bridge, "broker"));
	print_field(format, since > 0 ? "Since" : "Connected", text ? text : "");
	print_reason(format, bridge);
}

static void print_room(const struct field_format *format, const struct json_object *bridge)
{
	print_field(format, "Hub", member_text(bridge, "hub"));
	print_field(format, "Room",
	            member_bool(bridge, "room")
	                    ? "there"
	                    : "not there: roomd does not run, or is starting; see: systemctl status roomd");
}

static void print_queue(const struct field_format *format, const struct json_object *bridge)
{
	uint64_t n = member_number(bridge, "queue"), bytes = member_number(bridge, "queue_bytes");
	char text[96] = "empty";

	if (n > 0)
		snprintf(text, sizeof text, "%" PRIu64 " event%s, %" PRIu64 " byte%s", n, plural(n), bytes,
		         plural(bytes));
	print_field(format, "Queue", text);
}

/* Events that nobody at the broker will see. */
static void print_lost(const struct field_format *format, const struct json_object *bridge)
{
	uint64_t dropped = member_number(bridge, "dropped"), missed = member_number(bridge, "missed");
	char text[128];

	snprintf(text, sizeof text, "%" PRIu64 " event%s dropped because the queue was full", dropped,
	         plural(dropped));
	if (dropped > 0)
		print_field(format, "Lost", text);
	snprintf(text, sizeof text, "%" PRIu64 " event%s missed that roomd no longer had", missed,
	         plural(missed));
	if (missed > 0)
		print_field(format, dropped > 0 ? "" : "Lost", text);
	if (dropped == 0 && missed == 0)
		print_field(format, "Lost", "nothing");
}

static void print_messages(const struct field_format *format, const struct json_object *bridge)
{
	char text[96];

	snprintf(text, sizeof text, "%" PRIu64 " sent, %" PRIu64 " received", member_number(bridge, "sent"),
	         member_number(bridge, "received"));
	print_field(format, "Messages", text);
}

static int add_remote(struct table *table, const struct json_object *remote)
{
	const char *reason = member_text(remote, "reason");
	bool available = member_bool(remote, "available");
	_cleanup_(cleanup_free) char *state = NULL;

	if (asprintf(&state, "%s%s%s", available ? "available" : "unavailable", *reason ? ": " : "", reason) <
	    0)
		return -ENOMEM;
	return table_add(table, (const char *const[]){ member_text(remote, "sensor"), state },
	                 available ? TERMINAL_PLAIN : TERMINAL_BAD);
}

static int add_message(struct table *table, const struct json_object *message)
{
	char time[TIME_SHORT_SIZE];
	const char *const texts[] = { time_to_short(member_number(message, "time"), time),
		                      member_bool(message, "sent") ? "sent" : "received",
		                      member_text(message, "topic"), member_text(message, "payload") };

	return table_add(table, texts, TERMINAL_PLAIN);
}

/* A table of the rows, after an empty line; nothing if there is none. */
static int print_rows(const struct json_object *rows, const char *const *titles,
                      const struct terminal *terminal, bool legend,
                      int (*add)(struct table *table, const struct json_object *row))
{
	_cleanup_(table_freep) struct table *table = NULL;
	size_t n = json_object_is_type(rows, json_type_array) ? json_object_array_length(rows) : 0;
	int r = n > 0 ? table_new(titles, &table) : 0;

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = add(table, json_object_array_get_idx(rows, i));
	if (r < 0 || n == 0)
		return r;
	fputc('\n', stdout);
	return table_print(table, stdout, terminal, legend);
}

static enum status print_bridge(const struct command_line *line, const struct json_object *bridge)
{
	static const char *const remotes[] = { "REMOTE SENSOR", "STATE", NULL };
	static const char *const messages[] = { "TIME", "WAY", "TOPIC", "PAYLOAD", NULL };
	struct terminal terminal = print_look(line);
	struct field_format format = { &terminal, strlen("Connected") + 4 };
	int r;

	print_head(bridge, &terminal);
	print_connection(&format, bridge);
	print_room(&format, bridge);
	print_queue(&format, bridge);
	print_lost(&format, bridge);
	print_messages(&format, bridge);
	r = print_rows(member_of(bridge, "remotes"), remotes, &terminal, !line->no_legend, add_remote);
	if (r >= 0)
		r = print_rows(member_of(bridge, "last"), messages, &terminal, !line->no_legend, add_message);
	return r < 0 ? say_no_memory() : STATUS_DONE;
}

/* --- trying a configuration ------------------------------------------------------------------ */

/* Becomes roomd-mqtt, whose output, exit status and Ctrl-C are then the user's at once. Returns if that
 * fails. */
static enum status check(const struct command_line *line)
{
	const char *const argv[] = { UNIT, "--check", line->config ? "--config" : NULL, line->config, NULL };

	if (line->transport != TRANSPORT_LOCAL)
		return say(STATUS_USAGE, "--check connects from here; --host and --machine are not for it");
	if (line->json != JSON_OFF)
		return say(STATUS_USAGE, "--check has no JSON; its exit status is the result");
	execv(ROOMD_MQTT_PROGRAM, (char *const *)argv);
	if (errno == ENOENT || errno == ENOTDIR)
		return not_installed(STATUS_FAILED);
	return say(STATUS_FAILED, ROOMD_MQTT_PROGRAM " cannot be run: %s", problem_errno(errno));
}

enum status verb_mqtt(const struct command_line *line)
{
	_cleanup_(json_freep) struct json_object *bridge = NULL;
	enum status status;

	if (line->check)
		return check(line);
	status = read_bridge(line, &bridge);
	if (status != STATUS_DONE)
		return status;
	return line->json != JSON_OFF ? json_print(bridge, line->json) : print_bridge(line, bridge);
}
