/* The command line of roomd-try. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct try_arguments {
	bool exits;         /* help or version was printed */
	const char *config;
	const char **tests; /* of argv; to be freed with free() */
	size_t tests_n;
	bool plays;         /* --play: shows the only test while it runs */
	bool is_live;       /* a person plays with the room: each of its components can be unplugged */
};

/* 0; -EINVAL after a message; -ENOMEM. */
int try_arguments_parse(int argc, char **argv, struct try_arguments *ret);
