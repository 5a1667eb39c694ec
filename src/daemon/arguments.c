#define _GNU_SOURCE
#include "daemon/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "util/usage.h"

#define PROGRAM "roomd"

static const char help[] =
	"Usage: roomd [OPTIONS]\n"
	"       roomd --check-config [FILE]\n"
	"\n"
	"Watches motion and temperature, switches lights, guards doors.\n"
	"\n"
	"  -c, --config FILE       Read FILE and FILE.d/*.conf instead of /etc/roomd/roomd.conf\n"
	"                          and its drop-ins\n"
	"      --check-config      Report all errors in the configuration (exit status 78), or print\n"
	"                          the effective one; no device is touched\n"
	"      --print-events      Print every event on standard output, one JSON object on each line\n"
	"      --state-directory DIR\n"
	"                          Keep the state that survives power loss in DIR, not /var/lib/roomd\n"
	"      --log-level LEVEL   Log up to err, warning, notice, info (default) or debug\n"
	"  -h, --help              Show this help\n"
	"      --version           Show the version\n";

static int print_and_exit(struct arguments *arguments, const char *text)
{
	arguments->mode = MODE_EXIT;
	fputs(text, stdout);
	return 0;
}

/* What may follow the options: the FILE of --check-config. */
static int parse_rest(int argc, char **argv, struct arguments *arguments)
{
	int rest = argc - optind;

	if (rest == 1 && arguments->mode == MODE_CHECK_CONFIG && !arguments->config) {
		arguments->config = argv[optind];
		return 0;
	}
	if (rest == 0 || arguments->mode == MODE_EXIT)
		return 0;
	return usage_unexpected(PROGRAM, argv[optind]);
}

int arguments_parse(int argc, char **argv, struct arguments *ret)
{
	enum { CHECK_CONFIG = 256, PRINT_EVENTS, STATE_DIRECTORY, LOG_LEVEL, VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, CHECK_CONFIG },
		{ "print-events", no_argument, NULL, PRINT_EVENTS },
		{ "state-directory", required_argument, NULL, STATE_DIRECTORY },
		{ "log-level", required_argument, NULL, LOG_LEVEL },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, VERSION },
		{ 0 },
	};
	struct arguments arguments = { .log_level = LOG_INFO };
	int r = 0, c;

	while (r >= 0 && (c = getopt_long(argc, argv, "c:h", options, NULL)) >= 0) {
		switch (c) {
		case 'c':
			arguments.config = optarg;
			break;
		case CHECK_CONFIG:
			arguments.mode = MODE_CHECK_CONFIG;
			break;
		case PRINT_EVENTS:
			arguments.print_events = true;
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
			r = print_and_exit(&arguments, "roomd " ROOMD_VERSION "\n");
			break;
		default: /* getopt has said what is wrong */
			r = usage_error(PROGRAM);
		}
	}
	if (r >= 0)
		r = parse_rest(argc, argv, &arguments);
	if (r >= 0)
		*ret = arguments;
	return r;
}
