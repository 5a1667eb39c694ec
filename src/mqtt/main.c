/* roomd-mqtt: arguments in, exit status out. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sysexits.h>

#include "mqtt/arguments.h"
#include "mqtt/bridge.h"
#include "mqtt/client.h"

static int load(const struct program_arguments *arguments, struct mqtt_config **ret)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };

	return program_say_errors(mqtt_config_load(arguments->config, ret, &errors), &errors);
}

/* --- the service ----------------------------------------------------------------------------- */

struct service {
	const struct program_arguments *arguments;
	const struct mqtt_config *config;
	struct bridge *bridge;
};

static int start(sd_event *event, sd_bus *bus, void *userdata, struct problem *problem)
{
	struct service *service = userdata;

	return bridge_new(event, bus, service->config, program_state_directory(service->arguments), &service->bridge,
	                  problem);
}

static void stop(void *userdata)
{
	struct service *service = userdata;

	bridge_stop(service->bridge);
}

static void end(void *userdata)
{
	struct service *service = userdata;

	service->bridge = bridge_free(service->bridge);
}

static int run(const struct program_arguments *arguments, const struct mqtt_config *config)
{
	static const struct program_callbacks callbacks = { start, stop, end };
	struct service service = { arguments, config, NULL };

	return program_run(&mqtt_program, &callbacks, &service);
}

/* --- what else can be asked ------------------------------------------------------------------ */

static int serve(const struct program_arguments *arguments)
{
	_cleanup_(mqtt_config_freep) struct mqtt_config *config = NULL;
	int r = load(arguments, &config);

	if (r < 0)
		return r;
	switch (arguments->mode) {
	case PROGRAM_CHECK_CONFIG:
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

int main(int argc, char **argv)
{
	struct program_arguments arguments;

	if (program_begin(&mqtt_program, argc, argv, &arguments) < 0)
		return EX_USAGE;
	return program_end(arguments.mode == PROGRAM_EXIT ? 0 : serve(&arguments));
}
