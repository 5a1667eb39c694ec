/* Conditions in a configuration: whom they name. */
#pragma once

#include "daemon/config.h"
#include "rules/condition.h"

/* The component that a term names: the one of this name; where several have it, the one of the kind that is
 * given, or whose kind alone has such a state of its own. NULL: there is none, or it could be several. */
const struct config_component *config_condition_subject(const struct config *config, const struct condition_term *term);

/* All that is wrong with this key's condition: its grammar, names, states. */
void config_check_condition(const struct config *config, const struct config_component *component,
                            const struct option *option, struct config_errors *errors);

/* Components whose conditions wait for each other. */
void config_check_cycles(const struct config *config, struct config_errors *errors);
