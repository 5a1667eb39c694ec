/* Configurations that are wrong, each with everything that is to be said about it. */
#pragma once

#include <stddef.h>

struct bad_config {
	const char *name;
	const char *text; /* of the file */
	/* Each ends in a newline, in the order they are said; the file's path is written FILE. */
	const char *messages;
};

extern const struct bad_config bad_configs[];
extern const size_t bad_configs_n;
