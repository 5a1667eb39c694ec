/* What to do next: the end of what roomctl says when something is missing, refused, or not there. */
#pragma once

#include <stdbool.h>

/* How somebody begins who has no component yet: a sentence without a point. */
#define NEXT_BEGIN "'sudo roomctl find' shows what is wired here, 'sudo roomctl init' writes a first configuration"

/* Whether the configuration here, in the standard places, has no component, as far as whoever asks may read
 * it. */
bool next_is_unconfigured(void);

/* For a component that is unavailable, by the reason that the service gives: what to do about it, a sentence
 * with a point. A constant, never NULL; the reason may be "". Pure. */
const char *next_for_reason(const char *reason);
