#define _GNU_SOURCE
#include "client/program.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

#include "util/descriptors.h"
#include "util/log.h"

int program_begin(const struct program *program, int argc, char **argv, struct program_arguments *ret)
{
	int r;

	descriptors_occupy_standard();
	r = program_parse(program, argc, argv, ret);
	if (r < 0)
		return r;
	log_set_name(program->name);
	log_open(ret->log_level);
	signal(SIGPIPE, SIG_IGN); /* somebody who has gone is an error of the write */
	return 0;
}

int program_end(int result)
{
	if (result < 0)
		log_drain();
	return result >= 0 ? EXIT_SUCCESS : result == -EBADMSG ? EX_CONFIG : EXIT_FAILURE;
}

const char *program_state_directory(const struct program_arguments *arguments)
{
	return arguments->state_directory ? arguments->state_directory : secure_getenv("STATE_DIRECTORY");
}

int program_say_errors(int result, const struct config_errors *errors)
{
	for (size_t i = 0; i < errors->n; i++)
		log_error("%s", errors->texts[i]);
	if (result == -ENOMEM)
		log_error("no memory");
	return result;
}

/* --- the service ----------------------------------------------------------------------------- */

struct running {
	const struct program_callbacks *callbacks;
	void *userdata;
};

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	const struct running *running = userdata;

	(void)info;
	sd_notify(false, "STOPPING=1");
	if (!running->callbacks->stop)
		return sd_event_exit(sd_event_source_get_event(source), 0);
	running->callbacks->stop(running->userdata);
	return 0;
}

static int open_bus(const struct program *program, sd_event *event, sd_bus **ret)
{
	int r;

	r = sd_bus_open_system_with_description(ret, program->name);
	if (r >= 0)
		r = sd_bus_set_close_on_exit(*ret, false);
	/* Without the bus there is nothing to do: systemd starts us again. */
	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(*ret, true);
	if (r >= 0)
		r = sd_bus_attach_event(*ret, event, SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		log_error("the system bus cannot be reached: %s", problem_errno(r));
	return r;
}

static int handle_signals(sd_event *event, struct running *running)
{
	int r;

	r = sd_event_add_signal(event, NULL, SIGTERM | SD_EVENT_SIGNAL_PROCMASK, on_signal, running);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT | SD_EVENT_SIGNAL_PROCMASK, on_signal, running);
	return r < 0 ? r : sd_event_set_watchdog(event, true);
}

static int serve(sd_event *event, sd_bus *bus, struct running *running)
{
	struct problem problem = { "no memory" };
	int r = running->callbacks->start(event, bus, running->userdata, &problem);

	if (r < 0) {
		log_error("%s", problem.text);
		return r;
	}
	r = handle_signals(event, running);
	if (r < 0)
		return r;
	sd_notify(false, "READY=1");
	return sd_event_loop(event) == 0 ? 0 : -EIO;
}

int program_run(const struct program *program, const struct program_callbacks *callbacks, void *userdata)
{
	struct running running = { callbacks, userdata };
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
	int r;

	r = sd_event_default(&event);
	if (r >= 0)
		r = open_bus(program, event, &bus);
	if (r < 0)
		return r;
	r = serve(event, bus, &running);
	callbacks->end(userdata);
	return r;
}
