/* Checks what no single value of a configuration shows: missing keys, keys that do not go together, names
 * without a component, lines with two components. */
#pragma once

#include "daemon/config.h"

/* Adds all errors to `errors`. Opens no device; loads the libraries that the kinds in it need. */
void config_check(const struct config *config, struct config_errors *errors);

/* For a room that has components: it is an error if this configuration has none, unless it says that this is
 * intended. 0; or -EBADMSG, and the error is in `errors`. */
int config_check_emptied(const struct config *config, struct config_errors *errors);
