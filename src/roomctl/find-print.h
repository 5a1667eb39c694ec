/* What was found, for people and as JSON. */
#pragma once

#include "client/json.h"
#include "roomctl/find-lines.h"
#include "roomctl/find-sensors.h"
#include "client/terminal.h"

/* Tables of the sensors, and of the lines that have changed; nothing where there is none. -ENOMEM. */
int find_print_sensors(const struct find_sensors *sensors, const struct terminal *terminal);
int find_print_lines(const struct find_lines *lines, const struct terminal *terminal);

/* The sections to paste for all of them, each below what was seen, as comments. -ENOMEM. */
int find_print_sections(const struct find_lines *lines, const struct find_sensors *sensors);

/* How many lines were watched and how many were not, and why. */
void find_print_summary(const struct find_lines *lines);

/* {"sensors": [...], "lines": [...]}, as roomctl(1) says; NULL: no memory. */
struct json_object *find_to_json(const struct find_lines *lines, const struct find_sensors *sensors);
