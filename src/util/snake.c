#include "util/snake.h"

#include <stdbool.h>

/* Not tolower(): the locale has no say in this. */
static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

char *kind_snake(const char *kind, char *buffer, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; kind[i] && n + 1 < size; i++) {
		if (is_capital(kind[i]) && i > 0)
			buffer[n++] = '_';
		if (n + 1 < size)
			buffer[n++] = is_capital(kind[i]) ? (char)(kind[i] - 'A' + 'a') : kind[i];
	}
	if (size > 0)
		buffer[n] = '\0';
	return buffer;
}
