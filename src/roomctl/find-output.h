/* One line goes up and down, so that somebody hears which relay is on it. */
#pragma once

#include <stdbool.h>

#include "roomctl/say.h"

/* Asks first, unless `yes`; refuses a line that somebody holds or that the board uses. `text` is a line as
 * Line= has it. Afterwards the line is what it was. Says what is wrong. */
enum status find_output(const char *text, bool yes);
