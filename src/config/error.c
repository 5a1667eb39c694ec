#define _GNU_SOURCE
#include "config/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cut.h"
#include "util/problem.h"
#include "util/utf8.h"

/* A value can have several kB, and a message is to be read. */
#define WHERE_SIZE 512

static void write_place(const struct config_place *place, char where[static WHERE_SIZE])
{
	const char *section = place->section, *key = place->key, *value = key ? place->value : NULL;
	const char *before_key = !key ? "" : section ? " " : ": ";
	char line[16], column[16];
	int length;

	snprintf(line, sizeof line, ":%u", place->line);
	snprintf(column, sizeof column, ":%u", place->column);
	length = snprintf(where, WHERE_SIZE, "%s%s%s%s%s%s%s%s%s%s", place->file, place->line ? line : "",
	                  place->column ? column : "", section ? ": [" : "", section ? section : "", section ? "]" : "", before_key,
	                  key ? key : "", key ? "=" : "", value ? value : "");
	utf8_make(utf8_end(where)); /* the name of a file is any bytes */
	if (length >= WHERE_SIZE)
		cut_end(where, WHERE_SIZE);
}

void config_error(struct config_errors *errors, const struct config_place *place, const char *format, ...)
{
	_cleanup_(cleanup_free) char *text = NULL;
	char where[WHERE_SIZE];
	va_list arguments;
	char **grown;

	write_place(place, where);
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

void config_error_of_reading(struct config_errors *errors, int error)
{
	if (problem_passes(error))
		errors->machines = -error;
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

/* Of an error that has several lines, too. */
static void make_one_line(char *text)
{
	for (; *text; text++)
		if (*text == '\n')
			*text = ' ';
}

char *config_errors_summarize(const struct config_errors *errors, char *buffer, size_t size)
{
	static const char more[] = "; and 18446744073709551615 more";
	size_t length = (size_t)snprintf(buffer, size, "%zu error%s", errors->n, errors->n == 1 ? "" : "s"), i;

	for (i = 0; i < errors->n; i++) {
		size_t needed = length + strlen("; ") + sizeof more, left = size > needed ? size - needed : 0;

		if (i > 0 && strlen(errors->texts[i]) >= left)
			break;
		buffer[length++] = i > 0 ? ';' : ':';
		buffer[length++] = ' ';
		cut_copy(buffer + length, left, errors->texts[i]);
		length += strlen(buffer + length);
	}
	if (i < errors->n)
		snprintf(buffer + length, size - length, "; and %zu more", errors->n - i);
	make_one_line(buffer);
	return buffer;
}

void config_errors_free(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->n; i++)
		free(errors->texts[i]);
	free(errors->texts);
	*errors = (struct config_errors){ 0 };
}
