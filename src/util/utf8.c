#include "util/utf8.h"

#include <string.h>

#define LETTER_MAX 4

size_t utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
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

char *utf8_make(char *text)
{
	for (char *letter = text; *letter;) {
		size_t n = utf8_length(letter);

		if (!n)
			*letter = '?';
		letter += n ? n : 1;
	}
	return text;
}

char *utf8_copy(const char *text, char *buffer, size_t size)
{
	size_t length = 0;

	while (*text) {
		size_t n = utf8_length(text);

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

char *utf8_end(char *text)
{
	char *end = text + strlen(text), *letter = end;

	while (letter > text && (letter[-1] & 0xc0) == 0x80 && end - letter < LETTER_MAX - 1)
		letter--;
	if (letter > text && (letter[-1] & 0xc0) == 0xc0 && !utf8_length(letter - 1))
		letter[-1] = '\0';
	return text;
}

uint32_t utf8_decode(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = utf8_length(text);
	uint32_t character = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		character = character << 6 | (s[i] & 0x3f);
	return character;
}
