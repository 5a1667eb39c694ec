/* Shows JSON. */
#pragma once

#include "client/json.h"
#include "roomctl/command-line.h"

/* A value as text for people: yes or no, 21.5, the text itself; arrays and objects as JSON; null as "-". To
 * be freed; NULL: no memory. */
char *json_to_text(struct json_object *value);

/* Writes the object and a newline to standard output. */
enum status json_print(struct json_object *object, enum json_mode mode);
