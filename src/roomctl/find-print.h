/* Prints what was found, for people and as JSON. */
#pragma once

#include "client/json.h"
#include "roomctl/find-lines.h"
#include "roomctl/find-sensors.h"
#include "client/terminal.h"

/* Print a table of the sensors, and of the lines that have changed; nothing if there are none. 0 or -ENOMEM. */
int find_print_sensors(const struct find_sensors *sensors, const struct terminal *terminal);
int find_print_lines(const struct find_lines *lines, const struct terminal *terminal);

/* Prints a section to paste for each of them, after comments about what was seen. 0 or -ENOMEM. */
int find_print_sections(const struct find_lines *lines, const struct find_sensors *sensors);

/* Prints how many lines were watched and how many were not, and why. */
void find_print_summary(const struct find_lines *lines);

/* {"sensors": [...], "lines": [...]}, as in roomctl(1); NULL: no memory. */
struct json_object *find_to_json(const struct find_lines *lines, const struct find_sensors *sensors);
