#include "daemon/stop-reason.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define ASK_USEC (USEC_PER_SEC / 2)
#define SYSTEMD "org.freedesktop.systemd1"

static sd_bus_message *free_message(sd_bus_message *message)
{
	return sd_bus_message_unref(message);
}
DEFINE_CLEANUP(sd_bus_message *, free_message);

static sd_bus *free_bus(sd_bus *bus)
{
	return sd_bus_flush_close_unref(bus);
}
DEFINE_CLEANUP(sd_bus *, free_bus);

/* The path of the unit that this process is the main one of. */
static int find_unit(sd_bus *bus, sd_bus_message **ret_reply, const char **ret_path)
{
	int r;

	r = sd_bus_call_method(bus, SYSTEMD, "/org/freedesktop/systemd1", SYSTEMD ".Manager", "GetUnitByPID",
	                       NULL, ret_reply, "u", (uint32_t)getpid());
	return r < 0 ? r : sd_bus_message_read(*ret_reply, "o", ret_path);
}

static int find_job(sd_bus *bus, const char *unit, sd_bus_message **ret_reply, const char **ret_path)
{
	uint32_t id;
	int r;

	r = sd_bus_get_property(bus, SYSTEMD, unit, SYSTEMD ".Unit", "Job", NULL, ret_reply, "(uo)");
	return r < 0 ? r : sd_bus_message_read(*ret_reply, "(uo)", &id, ret_path);
}

bool stop_is_restart(void)
{
	static const char *const followed[] = { "restart", "try-restart", "start" };
	_cleanup_(free_messagep) sd_bus_message *unit_reply = NULL, *job_reply = NULL;
	_cleanup_(cleanup_free) char *type = NULL;
	_cleanup_(free_busp) sd_bus *bus = NULL;
	const char *unit, *job;

	if (!getenv("NOTIFY_SOCKET") || sd_bus_open_system(&bus) < 0)
		return false;
	sd_bus_set_method_call_timeout(bus, ASK_USEC);
	if (find_unit(bus, &unit_reply, &unit) < 0 || find_job(bus, unit, &job_reply, &job) < 0 ||
	    sd_bus_get_property_string(bus, SYSTEMD, job, SYSTEMD ".Job", "JobType", NULL, &type) < 0)
		return false;
	for (size_t i = 0; i < ELEMENTS(followed); i++)
		if (strcmp(type, followed[i]) == 0)
			return true;
	return false;
}
