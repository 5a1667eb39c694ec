/* Which files a configuration is read from. */
#pragma once

#include "config/text.h"

/* Where configuration is installed, the strongest first, ended by NULL: systemd's folders (/etc, /run,
 * /usr/local/lib, /usr/lib). */
extern const char *const config_folders[];

/* The service's file, below the first of these folders that has one. Its drop-ins are read from all folders. */
#define CONFIG_FILE "roomd/roomd.conf"

/* Reads `path` and its drop-ins, `path`.d/NAME.conf. If `path` is NULL, reads the file `name`
 * ("roomd/roomd.conf") and its drop-ins in the folders. Drop-ins are read in the order of their names. If
 * several folders have a drop-in with the same name, only that in the strongest folder counts; if it is empty
 * or a link to /dev/null, none does. A file given as `path` must exist. A file counts as absent only if its
 * folder does not contain it: a link to nowhere, or a file that may not be looked at, is an error. Errors are
 * added to `errors`. 0 or -ENOMEM. */
int config_files_read(const char *path, const char *name, struct config_text *text, struct config_errors *errors);
