#include "bus/text.h"

#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

char *text_dup_utf8(const char *text)
{
	size_t size = strnlen(text, TEXT_LENGTH_MAX) + 1;
	char *buffer = malloc(size);

	return buffer ? utf8_copy(text, buffer, size) : NULL;
}

uint64_t text_fingerprint(const char *text)
{
	uint64_t print = UINT64_C(14695981039346656037);

	for (; *text; text++)
		print = (print ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return print;
}
