/* The command line of roomd. */
#pragma once

#include <stdbool.h>

enum mode {
	MODE_RUN,
	MODE_CHECK_CONFIG,
	MODE_EXIT, /* help or version was printed */
};

struct arguments {
	enum mode mode;
	const char *config;          /* NULL: the standard places */
	const char *state_directory; /* NULL: the standard places */
	bool print_events;
	int log_level;
};

/* Reads the command line; prints help and version. -EINVAL: it is wrong, and a message has said why. */
int arguments_parse(int argc, char **argv, struct arguments *ret);
