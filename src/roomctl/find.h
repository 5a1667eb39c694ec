/* Looking at the sensors and watching the lines, for the verbs find and init. */
#pragma once

#include "roomctl/command-line.h"
#include "roomctl/find-lines.h"
#include "roomctl/find-sensors.h"

#define FIND_USEC UINT64_C(30000000)

/* Looks at the lines, and says what is to be done if none may be opened. */
enum status find_look(struct find_lines *lines);

/* Says on standard error (unless --quiet) what is waited for, watches the lines, and says there what changes.
 */
enum status find_watch(const struct command_line *line, struct find_lines *lines);
