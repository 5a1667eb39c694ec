#define _GNU_SOURCE
#include "mqtt/arguments.h"

#include <stddef.h>

static const struct program_option options[] = {
	{ "check", MQTT_CHECK },
	{ "forget", MQTT_FORGET },
	{ 0 },
};

const struct program mqtt_program = {
	.name = "roomd-mqtt",
	.options = options,
	.modes = "--check-config, --check, --forget",
	.has_config = true,
	.has_state = true,
	.help =
		"Usage: roomd-mqtt [OPTIONS]\n"
		"       roomd-mqtt --check-config | --check | --forget [OPTIONS]\n"
		"\n"
		"Tells an MQTT broker what happens in the room, takes commands from it, and brings in\n"
		"sensors of other rooms.\n"
		"\n"
		"  -c, --config FILE       Read FILE and FILE.d/*.conf instead of /etc/roomd/mqtt.conf\n"
		"                          and its drop-ins\n"
		"      --check-config      Report all errors in the configuration (exit status 78), or print\n"
		"                          the effective one\n"
		"      --check             Connect to the broker once, and report the result\n"
		"      --forget            Remove everything that the broker still has of this room, so that\n"
		"                          Home Assistant forgets it; stop the service first\n"
		"      --state-directory DIR\n"
		"                          Keep events that wait for the broker in DIR, instead of\n"
		"                          /var/lib/roomd-mqtt\n"
		"      --log-level LEVEL   Log up to err, warning, notice, info (default) or debug\n"
		"  -h, --help              Show this help\n"
		"      --version           Show the version\n",
};
