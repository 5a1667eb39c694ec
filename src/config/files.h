/* Which files a configuration is read from. */
#pragma once

#include "config/text.h"

/* Where configuration is installed, the strongest first, ended by NULL: systemd's folders (/etc, /run,
 * /usr/local/lib, /usr/lib). */
extern const char *const config_folders[];

/* The files of the service, and of those programs beside it that have some, below the first of them that has it; their
 * drop-ins are read from all. */
#define CONFIG_FILE "roomd/roomd.conf"

/* Reads `path` and `path`.d/NAME.conf, or, if NULL, what the folders have under `name` ("roomd/roomd.conf"); drop-ins in
 * the order of their names, of the same name only that in the strongest folder, none if that is empty or /dev/null. A
 * named file must be there. Only what its folder does not have is not there: a link to nowhere, or what may not be
 * looked at, is an error. What cannot be read or understood is added to `errors`. -ENOMEM. */
int config_files_read(const char *path, const char *name, struct config_text *text, struct config_errors *errors);
