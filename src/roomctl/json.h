/* JSON as roomctl shows it. */
#pragma once

#include "client/json.h"
#include "roomctl/command-line.h"

/* A value as text for people: yes or no, 21.5, the text itself; what has parts as JSON; null as "-". To be
 * freed; NULL: no memory. */
char *json_to_text(struct json_object *value);

/* Writes it and a newline to standard output. */
enum status json_print(struct json_object *object, enum json_mode mode);
