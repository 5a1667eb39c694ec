/* A first configuration, step by step: asks at the terminal what is to be in it, of what find sees. */
#pragma once

#include "roomctl/command-line.h"

/* STATUS_DONE and the text, to be freed; STATUS_NOTHING_TO_DO, which was said: nobody wanted anything in it;
 * or what else is wrong, said. */
enum status init_ask(const struct command_line *line, char **ret);
