/* roomd-mqtt: arguments in, exit status out. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

#include "mqtt/arguments.h"
#include "mqtt/bridge.h"
#include "mqtt/client.h"
#include "util/descriptors.h"
#include "util/log.h"
#include "util/ranks.h"

static int load(const struct mqtt_arguments *arguments, struct mqtt_config **ret)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	int r = mqtt_config_load(arguments->config, ret, &errors);

	for (size_t i = 0; i < errors.n; i++)
		log_error("%s", errors.texts[i]);
	if (r == -ENOMEM)
		log_error("no memory");
	return r;
}

/* --- the service ----------------------------------------------------------------------------- */

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source, (void)info;
	sd_notify(false, "STOPPING=1");
	bridge_stop(userdata);
	return 0;
}

static int open_bus(sd_event *event, sd_bus **ret)
{
	int r;

	r = sd_bus_open_system_with_description(ret, "roomd-mqtt");
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

static int handle_signals(sd_event *event, struct bridge *bridge)
{
	int r;

	r = sd_event_add_signal(event, NULL, SIGTERM | SD_EVENT_SIGNAL_PROCMASK, on_signal, bridge);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT | SD_EVENT_SIGNAL_PROCMASK, on_signal, bridge);
	return r < 0 ? r : sd_event_set_watchdog(event, true);
}

static const char *queue_folder(const struct mqtt_arguments *arguments)
{
	return arguments->state_directory ? arguments->state_directory : secure_getenv("STATE_DIRECTORY");
}

static int run(const struct mqtt_arguments *arguments, const struct mqtt_config *config)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
	_cleanup_(bridge_freep) struct bridge *bridge = NULL;
	struct problem problem;
	int r;

	r = sd_event_default(&event);
	if (r >= 0)
		r = open_bus(event, &bus);
	if (r < 0)
		return r;
	r = bridge_new(event, bus, config, queue_folder(arguments), &bridge, &problem);
	if (r < 0) {
		log_error("%s", problem.text);
		return r;
	}
	r = handle_signals(event, bridge);
	if (r < 0)
		return r;
	sd_notify(false, "READY=1");
	return sd_event_loop(event) == 0 ? 0 : -EIO;
}

/* --- what else can be asked ------------------------------------------------------------------ */

static int serve(const struct mqtt_arguments *arguments)
{
	_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
	int r = load(arguments, &config);

	if (r < 0)
		return r;
	switch (arguments->mode) {
	case MQTT_CHECK_CONFIG:
		mqtt_config_print(config, stdout);
		return 0;
	case MQTT_CHECK:
		return mqtt_client_check(config);
	case MQTT_FORGET:
		return mqtt_client_forget(config);
	default:
		return run(arguments, config);
	}
}

static int exit_status(int r)
{
	return r >= 0 ? EXIT_SUCCESS : r == -EBADMSG ? EX_CONFIG : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct mqtt_arguments arguments;
	int r;

	descriptors_occupy_standard();
	if (mqtt_arguments_parse(argc, argv, &arguments) < 0)
		return EX_USAGE;
	log_set_name("roomd-mqtt");
	log_open(arguments.log_level);
	signal(SIGPIPE, SIG_IGN); /* a broker that has gone is an error of TLS's */
	if (arguments.mode == MQTT_EXIT)
		return EXIT_SUCCESS;
	r = serve(&arguments);
	if (r < 0)
		log_drain();
	return exit_status(r);
}
