#include "bus/text.h"

#include <stdlib.h>
#include <string.h>

/* The length of the letter that begins here, 0 if there is none; RFC 3629, section 4. */
static size_t letter_length(const unsigned char *s)
{
	unsigned low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0; /* a shorter form exists */
	else if (s[0] == 0xed)
		high = 0x9f; /* surrogates */
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f; /* beyond Unicode */
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

char *text_to_utf8(const char *text, char *buffer, size_t size)
{
	size_t length = 0;

	while (*text) {
		size_t n = letter_length((const unsigned char *)text);

		if (length + (n ? n : 1) >= size)
			break;
		if (n)
			memcpy(buffer + length, text, n);
		else
			buffer[length] = '?';
		length += n ? n : 1;
		text += n ? n : 1;
	}
	buffer[length] = '\0';
	return buffer;
}

char *text_dup_utf8(const char *text)
{
	size_t size = strnlen(text, TEXT_LENGTH_MAX) + 1;
	char *buffer = malloc(size);

	return buffer ? text_to_utf8(text, buffer, size) : NULL;
}

uint64_t text_fingerprint(const char *text)
{
	uint64_t print = UINT64_C(14695981039346656037);

	for (; *text; text++)
		print = (print ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return print;
}
