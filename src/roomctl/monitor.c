/* The verb monitor: the room's events as they come. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "roomctl/resolve.h"
#include "roomctl/select.h"
#include "client/terminal.h"
#include "client/text.h"
#include "roomctl/times.h"
#include "roomctl/verbs.h"
#include "util/clock.h"
#include "util/problem.h"

#define INTERFACE_PREFIX "org.roomd1."

struct monitor {
	const struct command_line *line;
	struct client client;
	struct terminal terminal;
	sd_event *event;
	struct json_object *selected; /* components; NULL: all */
};

static void monitor_deinit(struct monitor *monitor)
{
	client_close(&monitor->client);
	monitor->event = sd_event_unref(monitor->event);
	monitor->selected = json_free(monitor->selected);
}

/* --- one event ------------------------------------------------------------------------------- */

/* "cause=motion", or "cause="no motion"" */
static void print_datum(FILE *stream, const char *key, struct json_object *value)
{
	_cleanup_(cleanup_free) char *text = json_to_text(value);
	const char *quote = text && strchr(text, ' ') ? "\"" : "";

	fprintf(stream, " %s=%s%s%s", key, quote, text ? text : "", quote);
}

static char *event_to_text(const struct json_object *event, struct json_object *data)
{
	char time[TIME_SHORT_SIZE];
	size_t size;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fprintf(stream, "%s %s/%s %s", time_to_short(member_number(data, "realtime_usec"), time),
	        member_text(event, "kind"), member_text(event, "source"), member_text(event, "event"));
	json_object_object_foreach(data, key, value)
	{
		if (strcmp(key, "realtime_usec") != 0)
			print_datum(stream, key, value);
	}
	return fclose(stream) == 0 ? text : NULL;
}

static void print_text(const struct monitor *monitor, const struct json_object *event,
                       struct json_object *data)
{
	_cleanup_(cleanup_free) char *text = event_to_text(event, data);
	_cleanup_(cleanup_free) char *escaped = text ? text_escape(text) : NULL;
	_cleanup_(cleanup_free) char *cut = escaped ? text_ellipsize(escaped, monitor->terminal.width) : NULL;

	if (cut)
		puts(cut);
}

/* The members are those of roomd --print-events. */
static void print_json(const struct monitor *monitor, struct json_object *event, struct json_object *data)
{
	char realtime[CLOCK_RFC3339_SIZE];

	json_object_object_foreach(data, key, value)
	{
		if (strcmp(key, "realtime_usec") != 0)
			json_add(event, key, json_object_get(value));
	}
	clock_format_rfc3339(member_number(data, "realtime_usec") * NSEC_PER_USEC, realtime);
	json_add_text(event, "realtime", realtime);
	json_print(event, monitor->line->json);
}

/* Whoever read has gone, or the disk is full: there is nobody to go on for. */
static void flush(struct monitor *monitor)
{
	if (fflush(stdout) == 0)
		return;
	if (errno != EPIPE)
		say(STATUS_FAILED, "events cannot be written: %s", problem_errno(errno));
	sd_event_exit(monitor->event, errno == EPIPE ? STATUS_DONE : STATUS_FAILED);
}

static bool is_selected(const struct monitor *monitor, const char *kind, const char *name)
{
	if (!monitor->selected)
		return true;
	for (size_t i = 0; i < json_object_array_length(monitor->selected); i++) {
		const struct json_object *component = json_object_array_get_idx(monitor->selected, i);

		if (strcmp(member_text(component, "kind"), kind) == 0 &&
		    strcmp(member_text(component, "name"), name) == 0)
			return true;
	}
	return false;
}

/* Serial, time and data of a signal "tta{sv}". */
static int read_event(sd_bus_message *message, struct json_object *event, struct json_object **ret_data)
{
	struct json_object *serial = NULL, *monotonic_ns = NULL;
	int r;

	r = json_from_message(message, &serial);
	json_add(event, "serial", serial);
	if (r >= 0)
		r = json_from_message(message, &monotonic_ns);
	json_add(event, "monotonic_ns", monotonic_ns);
	return r < 0 ? r : json_from_message(message, ret_data);
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	_cleanup_(json_freep) struct json_object *event = json_object_new_object(), *data = NULL;
	_cleanup_(cleanup_free) char *name = NULL;
	const char *interface = sd_bus_message_get_interface(message), *kind;
	struct monitor *monitor = userdata;

	(void)error;
	if (!event || !interface || strncmp(interface, INTERFACE_PREFIX, strlen(INTERFACE_PREFIX)) != 0 ||
	    !sd_bus_message_has_signature(message, "tta{sv}") ||
	    sd_bus_path_decode_many(sd_bus_message_get_path(message), CLIENT_PATH "/%/%", NULL, &name) <= 0)
		return 0;
	kind = interface + strlen(INTERFACE_PREFIX);
	if (!is_selected(monitor, kind, name))
		return 0;
	json_add_text(event, "event", sd_bus_message_get_member(message));
	json_add_text(event, "source", name);
	json_add_text(event, "kind", kind);
	if (read_event(message, event, &data) < 0)
		return 0;
	if (monitor->line->json != JSON_OFF)
		print_json(monitor, event, data);
	else
		print_text(monitor, event, data);
	flush(monitor);
	return 0;
}

/* --- what happens around it ------------------------------------------------------------------ */

/* With --json a line of its own, as what reads that does not read standard error. */
static void say_service(struct monitor *monitor, bool there)
{
	_cleanup_(json_freep) struct json_object *event = NULL;
	char realtime[CLOCK_RFC3339_SIZE];

	if (monitor->line->json == JSON_OFF) {
		if (!monitor->line->quiet)
			say(STATUS_DONE,
			    there ? "roomd is back" : "roomd has gone; waiting until it is back");
		return;
	}
	event = json_object_new_object();
	if (!event)
		return;
	clock_format_rfc3339(clock_now_ns(CLOCK_REALTIME), realtime);
	json_add_text(event, "event", there ? "service_available" : "service_unavailable");
	json_add_text(event, "realtime", realtime);
	json_print(event, monitor->line->json);
	flush(monitor);
}

static int on_owner(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	const char *name, *before, *now;

	(void)error;
	if (sd_bus_message_read(message, "sss", &name, &before, &now) >= 0 && !*before != !*now)
		say_service(userdata, *now);
	return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct monitor *monitor = userdata;

	(void)message, (void)error;
	say(STATUS_NOT_RUNNING, "the connection to the system bus has ended");
	return sd_event_exit(monitor->event, STATUS_NOT_RUNNING);
}

/* The reader of a pipe has gone, or the terminal. */
static int on_hangup(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct monitor *monitor = userdata;

	(void)source, (void)fd, (void)events;
	return sd_event_exit(monitor->event, STATUS_DONE);
}

static int end_on_signals(sd_event *event)
{
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	return r < 0 ? r : sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
}

static int subscribe(struct monitor *monitor)
{
	sd_bus *bus = monitor->client.bus;
	int r;

	r = sd_bus_add_match(bus, NULL,
	                     "type='signal',sender='" CLIENT_NAME "',path_namespace='" CLIENT_PATH "'",
	                     on_signal, monitor);
	if (r >= 0)
		r = sd_bus_add_match(bus, NULL,
		                     "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
		                     "arg0='" CLIENT_NAME "'",
		                     on_owner, monitor);
	if (r >= 0)
		r = sd_bus_match_signal(bus, NULL, "org.freedesktop.DBus.Local", NULL,
		                        "org.freedesktop.DBus.Local", "Disconnected", on_disconnected,
		                        monitor);
	return r;
}

static enum status set_up(struct monitor *monitor)
{
	int r;

	r = sd_event_new(&monitor->event);
	if (r >= 0)
		r = end_on_signals(monitor->event);
	if (r >= 0)
		r = sd_event_add_io(monitor->event, NULL, STDOUT_FILENO, 0, on_hangup, monitor);
	if (r == -EPERM) /* a file cannot hang up */
		r = 0;
	if (r >= 0)
		r = subscribe(monitor);
	if (r >= 0)
		r = sd_bus_attach_event(monitor->client.bus, monitor->event, SD_EVENT_PRIORITY_NORMAL);
	return r < 0 ? client_fail(&monitor->client, NULL, r) : STATUS_DONE;
}

/* Names are looked up once: who is not there now is a typing error. */
static enum status select_components(struct monitor *monitor)
{
	_cleanup_(json_freep) struct json_object *room = NULL;
	enum status status;

	if (monitor->line->arguments_n == 0)
		return client_expect_service(&monitor->client);
	status = client_read_room(&monitor->client, &room);
	return status == STATUS_DONE ? select_named(member_of(room, "components"), monitor->line->arguments,
	                                            &monitor->selected)
	                             : status;
}

enum status verb_monitor(const struct command_line *line)
{
	_cleanup_(monitor_deinit) struct monitor monitor = { .line = line, .terminal = terminal_look() };
	enum status status;
	int r;

	if (line->full)
		monitor.terminal.width = 0;
	status = client_open(&monitor.client, line);
	if (status == STATUS_DONE)
		status = set_up(&monitor);
	if (status == STATUS_DONE)
		status = select_components(&monitor);
	if (status != STATUS_DONE)
		return status;
	r = sd_event_loop(monitor.event);
	return r < 0 ? say(STATUS_FAILED, "the event loop failed: %s", problem_errno(r)) : (enum status)r;
}
