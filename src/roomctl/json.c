#define _GNU_SOURCE
#include "roomctl/json.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"

/* --- output ---------------------------------------------------------------------------------- */

char *json_to_text(struct json_object *value)
{
	if (json_object_is_type(value, json_type_boolean))
		return strdup(json_object_get_boolean(value) ? "yes" : "no");
	if (!value)
		return strdup("-");
	return strdup(json_object_is_type(value, json_type_string)
	                      ? json_object_get_string(value)
	                      : json_object_to_json_string_ext(
					value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

enum status json_print(struct json_object *object, enum json_mode mode)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
	            (mode == JSON_PRETTY ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
	                                 : JSON_C_TO_STRING_PLAIN);
	const char *json = json_object_to_json_string_ext(object, flags);
	_cleanup_(cleanup_free) char *escaped = json ? text_escape_json(json) : NULL;

	if (!escaped)
		return say_no_memory();
	puts(escaped);
	return STATUS_DONE;
}
