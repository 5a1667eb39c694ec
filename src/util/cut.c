#include "util/cut.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MARK "…"
#define SEPARATOR ", "

/* The last place up to `most` between two entries, or, if that would leave out too much, two letters. */
static size_t find_end(const char *text, size_t most)
{
	size_t least = most / 2, length = most;

	while (length > least &&
	       strncmp(text + length - strlen(SEPARATOR), SEPARATOR, strlen(SEPARATOR)) != 0)
		length--;
	if (length > least)
		return length;
	for (length = most; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
		length--;
	return length;
}

void cut_end(char *buffer, size_t size)
{
	size_t length = find_end(buffer, size - sizeof MARK);

	memcpy(buffer + length, MARK, sizeof MARK);
}

void cut_copy(char *buffer, size_t size, const char *text)
{
	size_t length = strnlen(text, size);

	if (length < size) {
		memcpy(buffer, text, length + 1);
		return;
	}
	memcpy(buffer, text, size - 1);
	buffer[size - 1] = '\0';
	cut_end(buffer, size);
}

static bool ends_with_mark(const char *buffer, size_t length)
{
	return length >= strlen(MARK) && strcmp(buffer + length - strlen(MARK), MARK) == 0;
}

/* There is always room left for the mark. */
bool cut_add(char *buffer, size_t size, const char *format, ...)
{
	size_t length = strlen(buffer), room = size - length;
	const char *separator = length > 0 ? SEPARATOR : "";
	va_list arguments;
	int n;

	if (ends_with_mark(buffer, length))
		return false;
	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (n < 0 || strlen(separator) + (size_t)n + strlen(SEPARATOR) + sizeof MARK > room) {
		snprintf(buffer + length, room, "%s" MARK, separator);
		return false;
	}
	length += (size_t)snprintf(buffer + length, room, "%s", separator);
	va_start(arguments, format);
	vsnprintf(buffer + length, size - length, format, arguments);
	va_end(arguments);
	return true;
}
