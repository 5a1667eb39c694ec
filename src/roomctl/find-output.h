/* Switches one line up and down, so that a person hears which relay is on it. */
#pragma once

#include <stdbool.h>

#include "roomctl/say.h"

/* Asks first, unless `yes`. Refuses a line that is held or that the board uses. `text` is a line as in Line=.
 * Afterwards the line is as it was before. Prints errors. */
enum status find_output(const char *text, bool yes);
