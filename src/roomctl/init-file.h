/* The file of a first configuration: looks at an existing one, and writes the new one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "config/error.h"
#include "util/problem.h"

/* The suffix of the former file's name: FILE.old. */
#define INIT_OLD ".old"

/* How many sections the file has; 0 if it is not there, or has only comments. A negative errno, with a
 * problem: it cannot be read. */
int init_file_sections(const char *path, struct problem *problem);

/* Writes `text` to a file beside `path`, checks it as "roomctl check-config" does, and only then renames it
 * to `path`, with mode 0644, synced. A former file with sections is renamed to FILE.old; a missing folder is
 * made. 0; -EBADMSG: the text is wrong, and `errors` has its errors, under the name `path`; another negative
 * errno: a problem says what failed. On failure nothing has changed. */
int init_file_write(const char *path, const char *text, struct config_errors *errors,
                    struct problem *problem);

/* --- pure ----------------------------------------------------------------------------------------- */

/* How many sections the text has. */
int init_count_sections(const char *text);
