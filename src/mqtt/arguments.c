#define _GNU_SOURCE
#include "mqtt/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <syslog.h>

#include "util/usage.h"

#define PROGRAM "roomd-mqtt"

static const char help[] =
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
	"      --version           Show the version\n";

static int print_and_exit(struct mqtt_arguments *arguments, const char *text)
{
	arguments->mode = MQTT_EXIT;
	fputs(text, stdout);
	return 0;
}

static int set_mode(struct mqtt_arguments *arguments, enum mqtt_mode mode)
{
	if (arguments->mode == MQTT_RUN || arguments->mode == mode) {
		arguments->mode = mode;
		return 0;
	}
	fprintf(stderr, "roomd-mqtt: expected one of --check-config, --check, --forget\n");
	return usage_error(PROGRAM);
}

int mqtt_arguments_parse(int argc, char **argv, struct mqtt_arguments *ret)
{
	enum { CHECK_CONFIG = 256, CHECK, FORGET, STATE_DIRECTORY, LOG_LEVEL, VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, CHECK_CONFIG },
		{ "check", no_argument, NULL, CHECK },
		{ "forget", no_argument, NULL, FORGET },
		{ "state-directory", required_argument, NULL, STATE_DIRECTORY },
		{ "log-level", required_argument, NULL, LOG_LEVEL },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, VERSION },
		{ 0 },
	};
	struct mqtt_arguments arguments = { .log_level = LOG_INFO };
	int r = 0, c;

	while (r >= 0 && (c = getopt_long(argc, argv, "c:h", options, NULL)) >= 0) {
		switch (c) {
		case 'c':
			arguments.config = optarg;
			break;
		case CHECK_CONFIG:
			r = set_mode(&arguments, MQTT_CHECK_CONFIG);
			break;
		case CHECK:
			r = set_mode(&arguments, MQTT_CHECK);
			break;
		case FORGET:
			r = set_mode(&arguments, MQTT_FORGET);
			break;
		case STATE_DIRECTORY:
			arguments.state_directory = optarg;
			break;
		case LOG_LEVEL:
			r = usage_log_level(PROGRAM, optarg, &arguments.log_level);
			break;
		case 'h':
			r = print_and_exit(&arguments, help);
			break;
		case VERSION:
			r = print_and_exit(&arguments, "roomd-mqtt " ROOMD_VERSION "\n");
			break;
		default: /* getopt has said what is wrong */
			r = usage_error(PROGRAM);
		}
	}
	if (r >= 0 && optind < argc && arguments.mode != MQTT_EXIT)
		r = usage_unexpected(PROGRAM, argv[optind]);
	if (r >= 0)
		*ret = arguments;
	return r;
}
