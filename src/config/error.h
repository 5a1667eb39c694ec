/* The errors of a configuration, collected so that all are reported at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"

/* A place in a configuration. Unknown parts are NULL or 0. */
struct config_place {
	const char *file;
	unsigned line;
	const char *section; /* "MotionSensor hall" */
	const char *key;
	const char *value;
	unsigned column; /* in characters, from 1 */
};

/* All zero: no errors. */
struct config_errors {
	char **texts; /* "FILE:LINE: [SECTION] KEY=VALUE: what was expected" */
	size_t n;
	bool out_of_memory; /* at least one more error could not be stored */
	int machines;       /* one of them is not the configuration's, but the machine's, and may pass: a negative errno; or 0 */
};

/* Adds an error. If it has several lines, all but the first begin with a space. */
void config_error(struct config_errors *errors, const struct config_place *place, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* The errno with which a file could not be read: whether it is the machine's. */
void config_error_of_reading(struct config_errors *errors, int error);

/* All of them, one a line; NULL if there is no memory. The caller frees it. */
char *config_errors_join(const struct config_errors *errors);

/* The first errors in one line, as many as fit into `size` bytes (at least 256): "2 errors: FILE:LINE: ...;
 * FILE:LINE: ...", "5 errors: ...; and 3 more". A single error that does not fit is cut (util/cut.h). Returns
 * `buffer`. */
char *config_errors_summarize(const struct config_errors *errors, char *buffer, size_t size);

void config_errors_free(struct config_errors *errors);
