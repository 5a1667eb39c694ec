#define _GNU_SOURCE
#include "daemon/config-error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

void config_error(struct config_errors *errors, const struct config_place *place, const char *format, ...)
{
	_cleanup_(cleanup_free) char *text = NULL;
	char where[512];
	va_list arguments;
	char **grown;
	size_t length;

	length = (size_t)snprintf(where, sizeof where, "%s", place->file);
	if (place->line && length < sizeof where)
		length += (size_t)snprintf(where + length, sizeof where - length, ":%u", place->line);
	if (place->section && length < sizeof where)
		length += (size_t)snprintf(where + length, sizeof where - length, ": [%s]", place->section);
	if (place->key && length < sizeof where)
		snprintf(where + length, sizeof where - length, "%s%s=%s", place->section ? " " : ": ",
		         place->key, place->value ? place->value : "");
	utf8_make(utf8_end(where)); /* the name of a file is any bytes */
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);

	grown = reallocarray(errors->texts, errors->n + 1, sizeof *grown);
	if (grown)
		errors->texts = grown;
	if (!text || !grown || asprintf(&grown[errors->n], "%s: %s", where, text) < 0)
		errors->out_of_memory = true;
	else
		errors->n++;
}

char *config_errors_join(const struct config_errors *errors)
{
	size_t size = 1;
	char *text, *end;

	for (size_t i = 0; i < errors->n; i++)
		size += strlen(errors->texts[i]) + 1;
	text = malloc(size);
	if (!text)
		return NULL;
	*text = '\0';
	end = text;
	for (size_t i = 0; i < errors->n; i++)
		end += sprintf(end, "%s%s", i ? "\n" : "", errors->texts[i]);
	return text;
}

void config_errors_free(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->n; i++)
		free(errors->texts[i]);
	free(errors->texts);
	*errors = (struct config_errors){ 0 };
}
