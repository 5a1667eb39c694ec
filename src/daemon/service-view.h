/* What the service, which has a user and a sandbox of its own, cannot see of a configuration that whoever
 * checks it sees. */
#pragma once

#include "daemon/config.h"

/* Adds a sentence to `warnings` for each file and folder of this configuration that roomd.service cannot
 * read: because its user may not, by owners and modes, or because the unit hides the place (ProtectHome=,
 * PrivateTmp=, systemd.exec(5)). `path` is what config_load() was given; files that the service does not read
 * are nobody's concern. What cannot be told for certain, such as lists of access, is not said. Asks systemd
 * what the unit is like, for a few seconds at most, and takes it for the one that ships if nobody answers;
 * does nothing where systemd does not run, or has no such unit. */
void service_view_check(const struct config *config, const char *path, struct config_errors *warnings);
