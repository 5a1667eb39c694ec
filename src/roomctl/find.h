/* Reads the sensors and watches the lines, for the verbs find and init. */
#pragma once

#include "roomctl/command-line.h"
#include "roomctl/find-lines.h"
#include "roomctl/find-sensors.h"

#define FIND_USEC UINT64_C(30000000)

/* Reads the info of all lines. If no chip may be opened, prints what to do. */
enum status find_look(struct find_lines *lines);

/* Watches the lines. Prints on standard error (unless --quiet) what it waits for and what changes. */
enum status find_watch(const struct command_line *line, struct find_lines *lines);
