/* What is wrong with a room test, with its place. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/characters.h"
#include "try/statement.h"
#include "try/words.h"
#include "util/utf8.h"

/* So much of a line is shown, in characters, and so much of it before the place that is marked. */
#define SHOWN 150u
#define BEFORE 60u

/* The line of this number, or its end; without its own end. */
static const char *find_line(const char *text, unsigned number, size_t *ret_length)
{
	while (--number > 0 && *text) {
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	*ret_length = strcspn(text, "\r\n");
	return text;
}

/* Behind so many characters. */
static const char *skip_characters(const char *text, const char *end, unsigned n)
{
	for (; n > 0 && text < end; n--)
		text += utf8_length(text);
	return text;
}

/* "  TEXT\n  ^~~~", of a part of the line; tabs stay what they are, so that the mark is where it should be. */
static void draw(const char *line, const char *end, unsigned column, unsigned length, FILE *stream)
{
	unsigned skipped = column > SHOWN - 30 ? column - 1 - BEFORE : 0;
	const char *begin = skip_characters(line, end, skipped);
	const char *mark = skip_characters(line, end, column - 1);
	const char *shown_end = skip_characters(begin, end, SHOWN);

	fprintf(stream, "\n  %.*s\n  ", (int)(shown_end - begin), begin);
	for (const char *s = begin; s < mark; s += utf8_length(s))
		fputc(*s == '\t' ? '\t' : ' ', stream);
	fputc('^', stream);
	for (ptrdiff_t i = 1; i < (ptrdiff_t)length && i < shown_end - mark; i++)
		fputc('~', stream);
}

/* What cannot be shown is not. */
static void write_drawing(const struct roomtest *test, unsigned number, unsigned column, unsigned length, FILE *stream)
{
	size_t bytes;
	const char *line = find_line(test->text, number, &bytes);
	struct problem problem;

	if (column > 0 && config_check_text(line, bytes, &problem) >= 0)
		draw(line, line + bytes, column, length, stream);
}

PRINTF_LIKE(5, 0)
static char *write_message(const struct roomtest *test, unsigned line, unsigned column, unsigned length, const char *format,
                           va_list arguments)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	vfprintf(stream, format, arguments);
	write_drawing(test, line, column, length, stream);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

void roomtest_error(const struct roomtest *test, unsigned line, unsigned column, unsigned length,
                    struct config_errors *errors, const char *format, ...)
{
	struct config_place place = { .file = test->path, .line = line, .column = column };
	_cleanup_(cleanup_free) char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = write_message(test, line, column, length, format, arguments);
	va_end(arguments);
	if (message)
		config_error(errors, &place, "%s", message);
	else
		errors->out_of_memory = true;
}
