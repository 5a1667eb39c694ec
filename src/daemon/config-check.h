/* What no single value of a configuration can tell: what is missing, what does not go together, names that
 * nobody has, lines that two have. */
#pragma once

#include "daemon/config.h"

/* Adds to `errors` all that is wrong. Opens nothing; loads the libraries that the kinds in it need. */
void config_check(const struct config *config, struct config_errors *errors);

/* For a room that has components: that this configuration has none is an error, unless it says that this is
 * meant. 0; or -EBADMSG, and `errors` has it. */
int config_check_emptied(const struct config *config, struct config_errors *errors);
