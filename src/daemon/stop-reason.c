#include "daemon/stop-reason.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

/* systemd answers in milliseconds. A bus that does not answer must not hold up the end: all of it, connecting
 * too, is asynchronous. */
#define AT_MOST_USEC (USEC_PER_SEC / 2)

#define SYSTEMD "org.freedesktop.systemd1"

struct question {
	sd_event *event; /* of its own: the service's loop has ended */
	sd_bus *bus;
	bool is_restart;
};

/* Without flushing, which would wait. */
static void question_end(struct question *question)
{
	sd_bus_close_unref(question->bus);
	sd_event_unref(question->event);
}

static int give_up(struct question *question)
{
	return sd_event_exit(question->event, 0);
}

static int ask_for_property(struct question *question, const char *path, const char *interface,
                            const char *property, sd_bus_message_handler_t handler)
{
	int r = sd_bus_call_method_async(question->bus, NULL, SYSTEMD, path,
	                                 "org.freedesktop.DBus.Properties", "Get", handler, question, "ss",
	                                 interface, property);

	return r < 0 ? give_up(question) : r;
}

static int on_job_type(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	static const char *const followed[] = { "restart", "try-restart", "start" };
	struct question *question = userdata;
	const char *type;

	(void)ret_error;
	if (!sd_bus_message_is_method_error(message, NULL) &&
	    sd_bus_message_read(message, "v", "s", &type) > 0)
		for (size_t i = 0; i < ELEMENTS(followed); i++)
			question->is_restart |= strcmp(type, followed[i]) == 0;
	return give_up(question);
}

static int on_job(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	struct question *question = userdata;
	const char *job;
	uint32_t id;

	(void)ret_error;
	if (sd_bus_message_is_method_error(message, NULL) ||
	    sd_bus_message_read(message, "v", "(uo)", &id, &job) <= 0 || id == 0)
		return give_up(question);
	return ask_for_property(question, job, SYSTEMD ".Job", "JobType", on_job_type);
}

static int on_unit(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	struct question *question = userdata;
	const char *unit;

	(void)ret_error;
	if (sd_bus_message_is_method_error(message, NULL) || sd_bus_message_read(message, "o", &unit) <= 0)
		return give_up(question);
	return ask_for_property(question, unit, SYSTEMD ".Unit", "Job", on_job);
}

static int ask(struct question *question)
{
	int r;

	r = sd_event_new(&question->event);
	if (r >= 0)
		r = sd_bus_open_system(&question->bus);
	if (r >= 0)
		r = sd_bus_set_close_on_exit(question->bus, false);
	if (r >= 0)
		r = sd_bus_attach_event(question->bus, question->event, SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0) /* without a handler it ends the loop */
		r = sd_event_add_time_relative(question->event, NULL, CLOCK_MONOTONIC, AT_MOST_USEC, 0, NULL,
		                               NULL);
	if (r >= 0)
		r = sd_bus_call_method_async(question->bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
		                             SYSTEMD ".Manager", "GetUnitByPID", on_unit, question, "u",
		                             (uint32_t)getpid());
	return r < 0 ? r : sd_event_loop(question->event);
}

bool stop_is_restart(void)
{
	_cleanup_(question_end) struct question question = { 0 };

	if (!getenv("NOTIFY_SOCKET") || ask(&question) < 0)
		return false;
	return question.is_restart;
}
