/* The command line of roomd-try. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct try_arguments {
	bool exits;         /* what was asked for was printed */
	const char *config;
	const char **tests; /* of argv; to be freed with free() */
	size_t tests_n;
	bool plays;         /* the test, which is the only one, is to be seen */
	bool is_live;       /* somebody plays with the room: each of its components can be unplugged */
};

/* 0; or -EINVAL, and it was said; -ENOMEM. */
int try_arguments_parse(int argc, char **argv, struct try_arguments *ret);
