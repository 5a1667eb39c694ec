#include "bus/units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"

#define REASON_SIZE 256

static void unlink_start(struct units *units, struct unit_start *start)
{
	for (struct unit_start **s = &units->starts; *s; s = &(*s)->next)
		if (*s == start) {
			*s = start->next;
			break;
		}
	start->slot = sd_bus_slot_unref(start->slot);
	start->starter = NULL;
	start->job[0] = '\0';
}

static void end(struct units *units, struct unit_start *start, const char *reason)
{
	unlink_start(units, start);
	start->ended(reason, start->userdata);
}

/* --- jobs ------------------------------------------------------------------------------------ */

static struct unit_start *find_job(struct units *units, const char *job)
{
	struct unit_start *start = units->starts;

	while (start && strcmp(start->job, job) != 0)
		start = start->next;
	return start;
}

static int on_job_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct units *units = userdata;
	const char *job, *unit, *result;
	struct unit_start *start;
	char reason[REASON_SIZE];
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) < 0)
		return 0;
	/* Who asks for a unit whose start is under way gets the same job. */
	while ((start = find_job(units, job))) {
		snprintf(reason, sizeof reason, "the unit %s ended as '%s': systemctl status %s", start->unit, result,
		         start->unit);
		end(units, start, strcmp(result, "done") == 0 ? NULL : reason);
	}
	return 0;
}

/* Without Subscribe, systemd tells nobody of its jobs. */
static int listen_to_jobs(struct units *units)
{
	int r;

	if (units->jobs)
		return 0;
	r = sd_bus_match_signal_async(units->connection, &units->jobs, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
	                              "JobRemoved", on_job_removed, NULL, units);
	return r < 0 ? r
	             : sd_bus_call_method_async(units->connection, NULL, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
	                                        "Subscribe", NULL, NULL, NULL);
}

/* --- starts ---------------------------------------------------------------------------------- */

static struct units *units_of(const struct unit_start *start)
{
	return (struct units *)start->starter;
}

static int on_started(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct unit_start *start = userdata;
	const sd_bus_error *failed = sd_bus_message_get_error(reply);
	char reason[REASON_SIZE];
	const char *job;

	(void)error;
	if (failed) {
		snprintf(reason, sizeof reason, "the unit %s cannot be started: %s", start->unit, failed->message);
		end(units_of(start), start, reason);
	} else if (sd_bus_message_read(reply, "o", &job) < 0 || strlen(job) >= sizeof start->job) {
		end(units_of(start), start, "systemd's answer was not understood");
	} else {
		start->slot = sd_bus_slot_unref(start->slot);
		strcpy(start->job, job);
	}
	return 0;
}

static int send(struct units *units, struct unit_start *start)
{
	sd_bus_slot *slot;
	int r = listen_to_jobs(units);

	if (r >= 0)
		r = sd_bus_call_method_async(units->connection, &slot, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER, "StartUnit",
		                             on_started, start, "ss", start->unit, "replace");
	if (r >= 0)
		start->slot = slot;
	return r;
}

/* What is to be started before the first attempt to connect has come to an end waits for that. */
static int start_unit(struct unit_starter *starter, struct unit_start *start)
{
	struct units *units = (struct units *)starter;
	int r = 0;

	if (units->connection)
		r = send(units, start);
	else if (!units->expected)
		r = -ENOTCONN;
	if (r < 0)
		return r;
	start->next = units->starts;
	units->starts = start;
	return 0;
}

static void forget(struct unit_starter *starter, struct unit_start *start)
{
	unlink_start((struct units *)starter, start);
}

static struct unit_start *find_waiting(const struct units *units)
{
	struct unit_start *start = units->starts;

	while (start && (start->slot || *start->job))
		start = start->next;
	return start;
}

void units_init(struct units *units)
{
	*units = (struct units){ .starter = { .start = start_unit, .forget = forget }, .expected = true };
}

void units_connect(struct units *units, sd_bus *connection)
{
	struct unit_start *start;

	units->connection = connection;
	units->expected = false;
	while ((start = find_waiting(units)))
		if (send(units, start) < 0)
			end(units, start, "systemd cannot be asked for it");
}

void units_disconnect(struct units *units)
{
	const char *reason = units->connection ? "the connection to the system bus was closed" : "roomd is not on the system bus";

	units->connection = NULL;
	units->expected = false;
	units->jobs = sd_bus_slot_unref(units->jobs);
	while (units->starts)
		end(units, units->starts, reason);
}

void units_deinit(struct units *units)
{
	while (units->starts)
		unlink_start(units, units->starts);
	units_disconnect(units);
}
