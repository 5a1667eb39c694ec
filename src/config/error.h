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
	int machines;       /* one of them is not the configuration's, but the machine's, and may pass: a negative errno; or 0 */
};

/* Adds one. Lines behind its first one, if there are any, begin with a space. */
void config_error(struct config_errors *errors, const struct config_place *place, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* The errno with which a file could not be read: whether it is the machine's. */
void config_error_of_reading(struct config_errors *errors, int error);

/* All of them, one a line; NULL if there is no memory. The caller frees it. */
char *config_errors_join(const struct config_errors *errors);

/* The first few of them, in one line, as many as have room in `size` bytes (256 at least): "2 errors: FILE:LINE: ...;
 * FILE:LINE: ...", "5 errors: ...; and 3 more". One that alone has no room is cut (util/cut.h). Returns `buffer`. */
char *config_errors_summarize(const struct config_errors *errors, char *buffer, size_t size);

void config_errors_free(struct config_errors *errors);
