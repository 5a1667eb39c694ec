/* A first configuration, step by step: watches the lines as find does, and asks at the terminal what to put
 * into the configuration. */
#pragma once

#include "roomctl/command-line.h"

/* STATUS_DONE and the text, to be freed; STATUS_NOTHING_TO_DO, with a message: nothing was chosen; or another
 * status, with a message. */
enum status init_ask(const struct command_line *line, char **ret);
