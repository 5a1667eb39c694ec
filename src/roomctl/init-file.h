/* The file of a first configuration: what there is already, and how the new one gets there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "config/error.h"
#include "util/problem.h"

/* What is behind a name for the one that was there before: FILE.old. */
#define INIT_OLD ".old"

/* How many sections the file has; 0 if it is not there, or has only comments. A negative errno, with a
 * problem: it cannot be read. */
int init_file_sections(const char *path, struct problem *problem);

/* Writes `text` to a file beside `path`, checks that as "roomctl check-config" does, and only then gives it
 * the name, with mode 0644, synced. A file that was there is FILE.old from then on if it has sections; the
 * folder is made if it is missing. 0; -EBADMSG: it is wrong, `errors` has what, under `path`'s name; else a
 * problem says what failed. Nothing has changed then. */
int init_file_write(const char *path, const char *text, struct config_errors *errors,
                    struct problem *problem);

/* --- pure ----------------------------------------------------------------------------------------- */

/* How many lines of the text are the header of a section. */
int init_count_sections(const char *text);
