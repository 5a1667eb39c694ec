/* Ties the room to what is around it: configuration, signals, reporters, the service manager. */
#define _GNU_SOURCE
#include "daemon/daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "bus/bus.h"
#include "daemon/clock-watch.h"
#include "daemon/components.h"
#include "daemon/config-check.h"
#include "daemon/config.h"
#include "daemon/handover.h"
#include "daemon/ready.h"
#include "daemon/room.h"
#include "daemon/service-view.h"
#include "daemon/state.h"
#include "daemon/status.h"
#include "daemon/stop-reason.h"
#include "report/report.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/problem.h"

/* systemd answers in milliseconds; one that is busy with a boot may take longer. */
#define LET_GO_USEC (5 * USEC_PER_SEC)
/* On the loop nobody is held up for long; a line that systemd still has by then is tried again like any that
 * is busy. */
#define LET_GO_ON_LOOP_USEC (USEC_PER_SEC / 10)

struct daemon {
	const struct arguments *arguments;
	struct handover handover;
	sd_event *event;
	struct config *config;
	struct room *room;
	struct clock_watch *clock;
	struct state *state;
	struct journal_report *journal;
	struct json_report *json;
	struct status *status;
	struct bus *bus;
	struct room_watch watch;
	struct ready *ready;
	bool runs; /* its loop */
};

/* Lines first: whoever waits for them need not wait for what there is still to say, nor for a disk. */
static void daemon_deinit(struct daemon *daemon)
{
	state_end(daemon->state);
	if (daemon->room)
		room_end(daemon->room);
	handover_close_lines(&daemon->handover);
	daemon->ready = ready_free(daemon->ready);
	daemon->bus = bus_free(daemon->bus);
	daemon->status = status_free(daemon->status);
	daemon->json = json_report_free(daemon->json);
	daemon->journal = journal_report_free(daemon->journal);
	daemon->state = state_free(daemon->state);
	daemon->clock = clock_watch_free(daemon->clock);
	daemon->room = room_free(daemon->room);
	daemon->config = config_free(daemon->config);
	daemon->event = sd_event_unref(daemon->event);
	handover_end(&daemon->handover);
}

/* A message each line: a log has no line breaks in one. */
static void say_lines(const struct log_field *fields, size_t n, const char *text)
{
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		log_fields(LOG_ERR, fields, n, "%.*s", (int)length, text);
	}
}

/* All that is wrong, and what follows from it. */
static void say_errors(const struct config_errors *errors, const char *consequence)
{
	static const struct log_field fields[] = { { "MESSAGE_ID", ROOMD_MESSAGE_CONFIG_INVALID } };

	for (size_t i = 0; i < errors->n; i++)
		say_lines(fields, ELEMENTS(fields), errors->texts[i]);
	log_error("the configuration has %zu error%s; %s", errors->n, errors->n == 1 ? "" : "s", consequence);
}

/* Says what is wrong. The errors are the caller's. */
static int load_config(const char *path, const char *consequence, struct config **ret,
                       struct config_errors *errors)
{
	int r;

	r = config_load(path, ret, errors);
	if (r < 0 && errors->n > 0)
		say_errors(errors, consequence);
	else if (r < 0)
		log_error("the configuration cannot be read: %s; %s", problem_errno(r), consequence);
	return r;
}

int daemon_check_config(const char *path)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_errors_free) struct config_errors errors = { 0 }, warnings = { 0 };
	int r;

	r = load_config(path, "nothing was started", &config, &errors);
	if (r < 0)
		return r;
	service_view_check(config, path, &warnings);
	for (size_t i = 0; i < warnings.n; i++)
		log_warning("%s", warnings.texts[i]);
	config_print(config, stdout);
	if (fflush(stdout) != 0) {
		r = -errno;
		log_error("the effective configuration cannot be printed: %s", problem_errno(r));
		return r;
	}
	return 0;
}

static int set_up_reports(struct daemon *daemon, const struct arguments *arguments, struct problem *problem)
{
	int r;

	r = journal_report_new(daemon->event, room_hub(daemon->room), &daemon->journal);
	if (r >= 0 && arguments->print_events)
		r = json_report_new(daemon->event, room_hub(daemon->room), STDOUT_FILENO, &daemon->json);
	return r < 0 ? problem_set(problem, r, "the reports cannot be set up: %s", problem_errno(r)) : 0;
}

static int start_room(struct daemon *daemon, struct problem *problem)
{
	int r;

	handover_release_left(&daemon->handover, daemon->runs ? LET_GO_ON_LOOP_USEC : LET_GO_USEC);
	r = room_start(daemon->room, problem);
	handover_say_refusals(&daemon->handover);
	return r;
}

/* The room goes over to `next`, or the service ends and is started again: nothing of the room is lost by
 * that. */
static int change_room(struct daemon *daemon, struct config *next)
{
	struct problem problem;
	int r;

	r = room_reload(daemon->room, next, &problem);
	config_free(room_config(daemon->room) == next ? daemon->config : next);
	daemon->config = room_config(daemon->room);
	if (r >= 0)
		r = start_room(daemon, &problem);
	if (r < 0) {
		log_error("the configuration could not be changed: %s; the service starts again",
		          problem.text);
		sd_event_exit(daemon->event, r);
		return r;
	}
	bus_components_changed(daemon->bus);
	status_room_changed(daemon->status);
	state_room_changed(daemon->state);
	log_notice("the configuration was read again: %zu component%s", next->n, next->n == 1 ? "" : "s");
	return 0;
}

/* Reads the configuration again. With an error in it nothing changes: -EBADMSG, and `errors` has what is
 * wrong. */
static int reload(struct daemon *daemon, struct config_errors *errors)
{
	static const char consequence[] = "the one before stays in force";
	struct config *next = NULL;
	char reloading[64];
	int r;

	snprintf(reloading, sizeof reloading, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	         clock_now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC);
	sd_notify(false, reloading);
	r = load_config(daemon->arguments->config, consequence, &next, errors);
	if (r >= 0 && daemon->config->n > 0 && config_check_emptied(next, errors) < 0) {
		say_errors(errors, consequence);
		next = config_free(next);
		r = -EBADMSG;
	}
	if (r >= 0)
		r = change_room(daemon, next);
	else if (r == -EBADMSG) {
		status_refused(daemon->status, errors);
		bus_status_changed(daemon->bus);
	}
	ready_after_reload(daemon->ready);
	return r;
}

static int reload_for_bus(void *userdata, char **ret_text)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	int r = reload(userdata, &errors);

	*ret_text = r == -EBADMSG ? config_errors_join(&errors) : r < 0 ? strdup(problem_errno(r)) : NULL;
	return r;
}

static int on_reload_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };

	(void)source, (void)info;
	reload(userdata, &errors); /* who sent the signal gets no answer but the journal's */
	return 0;
}

/* Blocked before any thread exists, so that all of them inherit it and only the loop's signalfd sees them. A
 * pipe whose reader has gone, or a file that may not grow any more, is an error of the write, not the end of
 * the service. */
static int set_up_signals(struct daemon *daemon)
{
	sd_event *event = daemon->event;
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return -errno;
	/* Without a handler of ours sd-event ends the loop. */
	r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	return r < 0 ? r : sd_event_add_signal(event, NULL, SIGHUP, on_reload_signal, daemon);
}

static int set_up_loop(struct daemon *daemon, struct problem *problem)
{
	int r;

	r = sd_event_new(&daemon->event);
	if (r >= 0)
		r = set_up_signals(daemon);
	if (r >= 0) /* from the loop itself, so that a loop that is stuck is noticed; nothing without
	               WatchdogSec= */
		r = sd_event_set_watchdog(daemon->event, true);
	return r < 0 ? problem_set(problem, r, "the event loop cannot be set up: %s", problem_errno(r)) : 0;
}

/* --- D-Bus ----------------------------------------------------------------------------------- */

static void on_settled(void *userdata)
{
	ready_bus_has_settled(((struct daemon *)userdata)->ready);
}

static const char *get_status(void *userdata)
{
	return status_text(((struct daemon *)userdata)->status);
}

static const struct bus_callbacks bus_callbacks = {
	.kinds = component_classes,
	.status = get_status,
	.reload = reload_for_bus,
	.settled = on_settled,
};

static void on_added(struct component *component, void *userdata)
{
	int r = bus_component_added(((struct daemon *)userdata)->bus, component);

	if (r < 0)
		log_warning("%s %s is not on D-Bus: %s; it works without, until the service is started again",
		            component->class->kind, component_name(component), problem_errno(r));
}

static void on_removed(struct component *component, void *userdata)
{
	bus_component_removed(((struct daemon *)userdata)->bus, component);
}

static int set_up_bus(struct daemon *daemon, struct problem *problem)
{
	struct component_room *room = room_shared(daemon->room);
	int r;

	r = status_new(room, &daemon->status);
	if (r >= 0)
		r = bus_new(room, &bus_callbacks, daemon, &daemon->bus);
	if (r >= 0)
		r = ready_new(daemon->event, daemon->handover.store, &daemon->ready);
	if (r < 0)
		return problem_set(problem, r, "D-Bus cannot be set up: %s", problem_errno(r));
	room_watch(room, &daemon->watch, NULL, daemon);
	daemon->watch.added = on_added;
	daemon->watch.removed = on_removed;
	return 0;
}

/* Between the making of the room and its start. What a predecessor knew a moment ago is newer than the file.
 */
static int restore_state(struct daemon *daemon, const struct arguments *arguments, struct problem *problem)
{
	struct component_room *room = room_shared(daemon->room);
	int r;

	r = state_open(daemon->event, arguments->state_directory, &daemon->state);
	if (r < 0)
		return problem_set(problem, r, "the state cannot be kept: %s", problem_errno(r));
	for (size_t i = 0; i < room->components_n; i++)
		if (!room->components[i]->recalled)
			state_restore(daemon->state, room->components[i]);
	return 0;
}

static int watch_clock(struct daemon *daemon, struct problem *problem)
{
	int r = clock_watch_new(room_shared(daemon->room), &daemon->clock);

	return r < 0 ? problem_set(problem, r, "the wall clock cannot be watched: %s", problem_errno(r)) : 0;
}

static int keep_state(struct daemon *daemon, struct problem *problem)
{
	int r;

	r = state_keep(daemon->state, room_shared(daemon->room));
	return r < 0 ? problem_set(problem, r, "the state cannot be kept: %s", problem_errno(r)) : 0;
}

static int run_loop(struct daemon *daemon)
{
	int r;

	log_set_patient(false);
	daemon->runs = true;
	status_start(daemon->status);
	bus_start(daemon->bus);
	r = sd_event_loop(daemon->event);
	sd_notify(false, "STOPPING=1");
	/* A loop that failed is followed by another instance. */
	if (r >= 0 && room_stops(daemon->room) && !stop_is_restart())
		room_stop(daemon->room);
	if (r < 0)
		log_error("the event loop failed: %s", problem_errno(r));
	return r;
}

/* What was found: for whoever looks why something does not happen. */
static void say_components(const struct daemon *daemon)
{
	const struct component_room *room = room_shared(daemon->room);
	char summary[COMPONENT_SUMMARY_SIZE];

	for (size_t i = 0; i < room->components_n; i++) {
		const struct component *component = room->components[i];
		const struct log_field fields[] = { { "ROOMD_COMPONENT", component_name(component) },
			                            { "ROOMD_KIND", component->class->kind } };

		component_summary(component, summary);
		log_fields(LOG_INFO, fields, ELEMENTS(fields), "%s %s: %s", component->class->kind,
		           component_name(component), summary);
	}
}

/* Lines of a predecessor are not released because its configuration is gone for a moment: that is no error of
 * the configuration, so the service is started again, and systemd keeps them until it is back, or gives up.
 */
static int load_first_config(struct daemon *daemon)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	int r;

	r = load_config(daemon->arguments->config, "nothing was started", &daemon->config, &errors);
	if (r == -EBADMSG)
		status_say_not_started(&errors);
	if (r < 0)
		return r;
	if (handover_has_lines(&daemon->handover) && config_check_emptied(daemon->config, &errors) < 0) {
		say_errors(&errors, "the lines of the room are kept for the next start");
		return -ENODATA;
	}
	if (daemon->config->n == 0)
		log_notice(daemon->config->empty_room.file
		                   ? "the room is empty, as its configuration says"
		                   : "no component is configured: there is nothing to do yet; 'sudo roomctl find' shows "
		                     "what is wired here, 'sudo roomctl init' writes a first configuration");
	return 0;
}

int daemon_run(const struct arguments *arguments)
{
	_cleanup_(daemon_deinit) struct daemon daemon = { .arguments = arguments };
	struct problem problem;
	int r;

	r = handover_take(&daemon.handover, &problem);
	if (r < 0) {
		log_error("%s", problem.text);
		return r;
	}
	r = load_first_config(&daemon);
	if (r < 0)
		return r;
	r = set_up_loop(&daemon, &problem);
	if (r >= 0)
		r = room_new(daemon.event, daemon.handover.store, daemon.handover.memory, daemon.config,
		             &daemon.room, &problem);
	if (r >= 0)
		r = set_up_reports(&daemon, arguments, &problem);
	if (r >= 0) /* before anybody looks at it */
		r = watch_clock(&daemon, &problem);
	if (r >= 0)
		r = restore_state(&daemon, arguments, &problem);
	if (r >= 0)
		r = start_room(&daemon, &problem);
	if (r >= 0)
		r = keep_state(&daemon, &problem);
	if (r >= 0)
		say_components(&daemon);
	if (r >= 0)
		r = set_up_bus(&daemon, &problem);
	if (r < 0) {
		log_error("%s", problem.text);
		return r;
	}
	return run_loop(&daemon);
}
