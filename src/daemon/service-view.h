/* Finds files of a configuration that the person who checks it can read, but the service, with its own user
 * and sandbox, cannot. */
#pragma once

#include "daemon/config.h"

/* Adds a sentence to `warnings` for each file and folder of this configuration that roomd.service cannot
 * read: because its user may not, by owners and modes, or because the unit hides the place (ProtectHome=,
 * PrivateTmp=, systemd.exec(5)). `path` is what config_load() was given; files that the service does not read
 * do not matter. Does not warn if it is not certain, as with access control lists. Asks systemd about the
 * unit, for a few seconds at most; without an answer, assumes the unit that ships. Does nothing if systemd
 * does not run, or has no such unit. */
void service_view_check(const struct config *config, const char *path, struct config_errors *warnings);
