/* The command line of a program beside roomd. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <syslog.h>

#include "client/program.h"
#include "util/usage.h"

/* The most options that a program has, its own among them. */
#define OPTIONS_MAX 16

enum { OPTION_STATE_DIRECTORY = 256, OPTION_LOG_LEVEL, OPTION_VERSION, OPTION_MODES };

static void fill_options(const struct program *program, struct option options[static OPTIONS_MAX])
{
	size_t n = 0;

	if (program->has_config) {
		options[n++] = (struct option){ "config", required_argument, NULL, 'c' };
		options[n++] = (struct option){ "check-config", no_argument, NULL, OPTION_MODES + PROGRAM_CHECK_CONFIG };
	}
	if (program->has_state)
		options[n++] = (struct option){ "state-directory", required_argument, NULL, OPTION_STATE_DIRECTORY };
	options[n++] = (struct option){ "log-level", required_argument, NULL, OPTION_LOG_LEVEL };
	options[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	options[n++] = (struct option){ "version", no_argument, NULL, OPTION_VERSION };
	for (const struct program_option *own = program->options; own && own->name && n < OPTIONS_MAX - 1; own++)
		options[n++] = (struct option){ own->name, no_argument, NULL, OPTION_MODES + own->mode };
	options[n] = (struct option){ 0 };
}

static int set_mode(const struct program *program, struct program_arguments *arguments, int mode)
{
	if (arguments->mode == PROGRAM_RUN || arguments->mode == mode) {
		arguments->mode = mode;
		return 0;
	}
	fprintf(stderr, "%s: expected one of %s\n", program->name, program->modes);
	return usage_error(program->name);
}

static int print_help(const struct program *program, struct program_arguments *arguments)
{
	arguments->mode = PROGRAM_EXIT;
	fputs(program->help, stdout);
	return 0;
}

static int print_version(const struct program *program, struct program_arguments *arguments)
{
	arguments->mode = PROGRAM_EXIT;
	printf("%s %s\n", program->name, ROOMD_VERSION);
	return 0;
}

static int take(const struct program *program, int option, struct program_arguments *arguments)
{
	switch (option) {
	case 'c':
		arguments->config = optarg;
		return 0;
	case OPTION_STATE_DIRECTORY:
		arguments->state_directory = optarg;
		return 0;
	case OPTION_LOG_LEVEL:
		return usage_log_level(program->name, optarg, &arguments->log_level);
	case 'h':
		return print_help(program, arguments);
	case OPTION_VERSION:
		return print_version(program, arguments);
	case '?': /* getopt has said what is wrong */
		return usage_error(program->name);
	default:
		return set_mode(program, arguments, option - OPTION_MODES);
	}
}

int program_parse(const struct program *program, int argc, char **argv, struct program_arguments *ret)
{
	struct program_arguments arguments = { .log_level = LOG_INFO };
	struct option options[OPTIONS_MAX];
	int r = 0, c;

	fill_options(program, options);
	while (r >= 0 && (c = getopt_long(argc, argv, program->has_config ? "c:h" : "h", options, NULL)) >= 0)
		r = take(program, c, &arguments);
	if (r >= 0 && optind < argc && arguments.mode != PROGRAM_EXIT)
		r = usage_unexpected(program->name, argv[optind]);
	if (r >= 0)
		*ret = arguments;
	return r;
}
