/* Conditions in a configuration, and the components that they name. */
#pragma once

#include "daemon/config.h"
#include "rules/condition.h"

/* The component that a term names: the one with this name. If several have it: the one of the given kind, or
 * the only one whose kind has such a state of its own. NULL: there is none, or several are possible. */
const struct config_component *config_condition_subject(const struct config *config, const struct condition_term *term);

/* Adds all errors of this key's condition to `errors`: grammar, names, states. */
void config_check_condition(const struct config *config, const struct config_component *component,
                            const struct option *option, struct config_errors *errors);

/* Adds an error for components whose conditions wait for each other. */
void config_check_cycles(const struct config *config, struct config_errors *errors);
