#include "util/snake.h"

#include <stdbool.h>

/* Not tolower(): the locale has no say in this. */
static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

char *snake_case(const char *name, char *buffer, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; name[i] && n + 1 < size; i++) {
		if (is_capital(name[i]) && i > 0)
			buffer[n++] = '_';
		if (n + 1 < size)
			buffer[n++] = is_capital(name[i]) ? (char)(name[i] - 'A' + 'a') : name[i];
	}
	if (size > 0)
		buffer[n] = '\0';
	return buffer;
}
