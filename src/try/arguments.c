#include "try/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/usage.h"

#define PROGRAM "roomd-try"

static const char help[] =
	"Usage: roomd-try [--test FILE]... CONFIG\n"
	"       roomd-try --play FILE CONFIG\n"
	"\n"
	"Runs the room of a configuration on simulated lines and sensors. Needs root.\n"
	"Does not touch the machine's own lines.\n"
	"\n"
	"      --test FILE   Run the room test FILE (roomd-test(5)), and print TAP; exit status 1 if\n"
	"                    an expectation fails. May be given several times\n"
	"      --play FILE   Run the room test FILE and show the room meanwhile, as a picture on a terminal\n"
	"  -h, --help        Show this help\n"
	"      --version     Show the version\n"
	"\n"
	"Without a test, you play with the room on a terminal: keys move its sensors. Without a terminal,\n"
	"the room is started, shown as roomctl shows it, and ended.\n";

static void print_and_exit(struct try_arguments *arguments, const char *text)
{
	arguments->exits = true;
	fputs(text, stdout);
}

static int parse_rest(int argc, char **argv, struct try_arguments *arguments)
{
	if (arguments->exits)
		return 0;
	if (arguments->plays && arguments->tests_n > 1) {
		fputs(PROGRAM ": expected --play once, and no --test with it\n", stderr);
		return usage_error(PROGRAM);
	}
	if (argc - optind > 1)
		return usage_unexpected(PROGRAM, argv[optind + 1]);
	if (argc - optind < 1) {
		fputs(PROGRAM ": expected the path of a configuration\n", stderr);
		return usage_error(PROGRAM);
	}
	arguments->config = argv[optind];
	return 0;
}

int try_arguments_parse(int argc, char **argv, struct try_arguments *ret)
{
	enum { TEST = 256, PLAY, VERSION };
	static const struct option options[] = {
		{ "test", required_argument, NULL, TEST },
		{ "play", required_argument, NULL, PLAY },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, VERSION },
		{ 0 },
	};
	struct try_arguments arguments = { .tests = calloc((size_t)argc, sizeof *arguments.tests) };
	int r = arguments.tests ? 0 : -ENOMEM, c;

	while (r >= 0 && (c = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		arguments.plays = arguments.plays || c == PLAY;
		if (c == TEST || c == PLAY)
			arguments.tests[arguments.tests_n++] = optarg;
		else if (c == 'h')
			print_and_exit(&arguments, help);
		else if (c == VERSION)
			print_and_exit(&arguments, PROGRAM " " ROOMD_VERSION "\n");
		else /* getopt has said what is wrong */
			r = usage_error(PROGRAM);
	}
	if (r >= 0)
		r = parse_rest(argc, argv, &arguments);
	if (r >= 0)
		*ret = arguments;
	else
		free(arguments.tests);
	return r;
}
