/* Ties the room to what is around it: configuration, signals, reporters, the service manager. */
#define _GNU_SOURCE
#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "bus/bus.h"
#include "daemon/config.h"
#include "daemon/room.h"
#include "daemon/status.h"
#include "report/report.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/problem.h"

/* Whoever started the service may use D-Bus when it is ready, but does not wait longer than this for it. */
#define READY_USEC (2 * USEC_PER_SEC)

struct daemon {
	sd_event *event;
	struct config *config;
	struct room *room;
	struct journal_report *journal;
	struct json_report *json;
	struct status *status;
	struct bus *bus;
	sd_event_source *ready; /* until the bus has settled */
};

/* Lines first: whoever waits for them need not wait for what there is still to say. */
static void daemon_deinit(struct daemon *daemon)
{
	if (daemon->room)
		room_end(daemon->room);
	sd_event_source_disable_unref(daemon->ready);
	daemon->bus = bus_free(daemon->bus);
	daemon->status = status_free(daemon->status);
	daemon->json = json_report_free(daemon->json);
	daemon->journal = journal_report_free(daemon->journal);
	daemon->room = room_free(daemon->room);
	daemon->config = config_free(daemon->config);
	daemon->event = sd_event_unref(daemon->event);
}

/* Says all that is wrong, one message each. */
static int load_config(const char *path, struct config **ret)
{
	static const struct log_field fields[] = { { "MESSAGE_ID", ROOMD_MESSAGE_CONFIG_INVALID } };
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	int r;

	r = config_load(path, ret, &errors);
	for (size_t i = 0; i < errors.n; i++)
		log_fields(LOG_ERR, fields, ELEMENTS(fields), "%s", errors.texts[i]);
	if (r == -EBADMSG)
		log_error("the configuration has %zu error%s; nothing was started", errors.n,
		          errors.n == 1 ? "" : "s");
	else if (r < 0)
		log_error("the configuration cannot be read: %s", problem_errno(r));
	return r;
}

int daemon_check_config(const char *path)
{
	_cleanup_(config_freep) struct config *config = NULL;
	int r;

	r = load_config(path, &config);
	if (r < 0)
		return r;
	config_print(config, stdout);
	if (fflush(stdout) != 0) {
		r = -errno;
		log_error("the effective configuration cannot be printed: %s", problem_errno(r));
		return r;
	}
	return 0;
}

/* Before everything else: a line that chatters must not keep the service from ending. Without a handler of
 * ours sd-event ends the loop. */
static int add_end_signal(sd_event *event, int number)
{
	sd_event_source *source;
	int r;

	r = sd_event_add_signal(event, &source, number, NULL, NULL);
	if (r < 0)
		return r;
	r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT - 1);
	sd_event_source_set_floating(source, true); /* the loop keeps it */
	sd_event_source_unref(source);
	return r;
}

/* Blocked before any thread exists, so that all of them inherit it and only the loop's signalfd sees them. A
 * pipe whose reader has gone is an error of the write, not the end of the service. */
static int set_up_signals(sd_event *event)
{
	sigset_t signals;
	int r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	r = add_end_signal(event, SIGTERM);
	return r < 0 ? r : add_end_signal(event, SIGINT);
}

static int set_up_loop(struct daemon *daemon, struct problem *problem)
{
	int r;

	r = sd_event_new(&daemon->event);
	if (r >= 0)
		r = set_up_signals(daemon->event);
	if (r >= 0) /* from the loop itself, so that a loop that is stuck is noticed; nothing without
	               WatchdogSec= */
		r = sd_event_set_watchdog(daemon->event, true);
	return r < 0 ? problem_set(problem, r, "the event loop cannot be set up: %s", problem_errno(r)) : 0;
}

static int set_up_reports(struct daemon *daemon, const struct arguments *arguments, struct problem *problem)
{
	int r;

	r = journal_report_new(room_hub(daemon->room), &daemon->journal);
	if (r >= 0 && arguments->print_events)
		r = json_report_new(daemon->event, room_hub(daemon->room), STDOUT_FILENO, &daemon->json);
	return r < 0 ? problem_set(problem, r, "the reports cannot be set up: %s", problem_errno(r)) : 0;
}

/* --- D-Bus ----------------------------------------------------------------------------------- */

static int on_ready(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source, (void)usec;
	if (daemon->ready) {
		daemon->ready = sd_event_source_disable_unref(daemon->ready);
		sd_notify(0, "READY=1");
	}
	return 0;
}

static void on_settled(void *userdata)
{
	on_ready(NULL, 0, userdata);
}

static const char *get_status(void *userdata)
{
	return status_text(((struct daemon *)userdata)->status);
}

static int reload(void *userdata, char **ret_text)
{
	(void)userdata;
	*ret_text = strdup("reloading is not possible yet");
	return -EOPNOTSUPP;
}

static const struct bus_callbacks bus_callbacks = {
	.status = get_status,
	.reload = reload,
	.settled = on_settled,
};

static int set_up_bus(struct daemon *daemon, struct problem *problem)
{
	struct component_room *room = room_shared(daemon->room);
	int r;

	r = status_new(room, &daemon->status);
	if (r >= 0)
		r = bus_new(room, &bus_callbacks, daemon, &daemon->bus);
	if (r >= 0)
		r = sd_event_add_time_relative(daemon->event, &daemon->ready, CLOCK_MONOTONIC, READY_USEC, 1,
		                               on_ready, daemon);
	return r < 0 ? problem_set(problem, r, "D-Bus cannot be set up: %s", problem_errno(r)) : 0;
}

static int run_loop(struct daemon *daemon)
{
	int r;

	log_set_patient(false);
	status_start(daemon->status);
	bus_start(daemon->bus);
	r = sd_event_loop(daemon->event);
	sd_notify(0, "STOPPING=1");
	if (r < 0)
		log_error("the event loop failed: %s", problem_errno(r));
	return r;
}

int daemon_run(const struct arguments *arguments)
{
	_cleanup_(daemon_deinit) struct daemon daemon = { 0 };
	struct problem problem;
	int r;

	r = load_config(arguments->config, &daemon.config);
	if (r < 0)
		return r;
	if (daemon.config->n == 0)
		log_notice(
			"no component is configured: there is nothing to do yet (see /etc/roomd/roomd.conf)");

	r = set_up_loop(&daemon, &problem);
	if (r >= 0)
		r = room_new(daemon.event, daemon.config, &daemon.room, &problem);
	if (r >= 0)
		r = set_up_reports(&daemon, arguments, &problem);
	if (r >= 0)
		r = room_start(daemon.room, &problem);
	if (r >= 0)
		r = set_up_bus(&daemon, &problem);
	if (r < 0) {
		log_error("%s", problem.text);
		return r;
	}
	return run_loop(&daemon);
}
