/* What to do next: the end of messages about things that are missing, refused, or absent. */
#pragma once

#include <stdbool.h>

/* How to begin without any component: a sentence without a full stop. */
#define NEXT_BEGIN "'sudo roomctl find' shows what is wired here, 'sudo roomctl init' writes a first configuration"

/* True if the configuration in the standard places of this machine has no component, as far as the user may
 * read it. */
bool next_is_unconfigured(void);

/* What to do about a component that is unavailable for this reason, which the service gives and which may be
 * "": a sentence with a full stop. A constant, never NULL. Pure. */
const char *next_for_reason(const char *reason);
