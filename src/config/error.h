/* Everything that is wrong with a configuration, collected, so that it is said all at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"

/* Where something stands. Unknown parts are NULL or 0. */
struct config_place {
	const char *file;
	unsigned line;
	const char *section; /* "MotionSensor hall" */
	const char *key;
	const char *value;
	unsigned column; /* in characters, from 1 */
};

/* All zero: none. */
struct config_errors {
	char **texts; /* "FILE:LINE: [SECTION] KEY=VALUE: what was expected" */
	size_t n;
	bool out_of_memory; /* there was one more, at least */
};

/* Adds one. Lines behind its first one, if there are any, begin with a space. */
void config_error(struct config_errors *errors, const struct config_place *place, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* All of them, one a line; NULL if there is no memory. The caller frees it. */
char *config_errors_join(const struct config_errors *errors);

void config_errors_free(struct config_errors *errors);
