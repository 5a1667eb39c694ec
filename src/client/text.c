#define _GNU_SOURCE
#include "client/text.h"

#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "util/cleanup.h"
#include "util/utf8.h"

#define NOT_UTF8 UINT32_MAX

static bool knows_widths;

void text_set_up(void)
{
	knows_widths = setlocale(LC_CTYPE, "C.UTF-8");
}

/* The character at `*text`, which is moved behind it; one byte and NOT_UTF8 if it is none. */
static uint32_t next_character(const char **text)
{
	const unsigned char *bytes = (const unsigned char *)*text;
	size_t length = utf8_length(*text);
	uint32_t character;

	*text += length ? length : 1;
	if (length <= 1)
		return length ? bytes[0] : NOT_UTF8;
	character = bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++)
		character = character << 6 | (bytes[i] & 0x3f);
	return character;
}

/* --- the user's terminal --------------------------------------------------------------------- */

/* As setlocale(3) looks for it; NULL: none is set. */
static const char *locale_of_user(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

/* One that is not installed here, as by ssh, says it in its name. */
bool text_is_utf8(void)
{
	const char *name = locale_of_user();
	locale_t locale;
	bool is;

	if (!name)
		return true;
	locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
	if (!locale)
		return strcasestr(name, "utf-8") || strcasestr(name, "utf8");
	is = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return is;
}

static char ascii_of(uint32_t character)
{
	switch (character) {
	case 0xb0: /* ° */
		return '\0';
	case 0xb5: /* µ */
	case 0x3bc:
		return 'u';
	case 0x2026: /* … */
		return '~';
	default:
		return character < 0x80 ? (char)character : '?';
	}
}

char *text_make_ascii(char *text)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		char character = ascii_of(next_character(&from));

		if (character)
			*to++ = character;
	}
	*to = '\0';
	return text;
}

/* --- what characters are --------------------------------------------------------------------- */

/* Marks that turn the direction of what follows: a text could look like another one. */
static bool is_direction(uint32_t character)
{
	return character == 0x61c || character == 0x200e || character == 0x200f ||
	       (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

static bool is_harmful(uint32_t character)
{
	if (character < 0x20 || (character >= 0x7f && character < 0xa0) || is_direction(character))
		return true;
	return character >= 0xa0 && knows_widths && wcwidth((wchar_t)character) < 0;
}

static size_t character_width(uint32_t character)
{
	int width = character == NOT_UTF8 || !knows_widths ? 1 : wcwidth((wchar_t)character);

	return width > 0 ? (size_t)width : 0;
}

static void write_out(FILE *stream, uint32_t character)
{
	if (character == '\n')
		fputs("\\n", stream);
	else if (character == '\t')
		fputs("\\t", stream);
	else
		fprintf(stream,
		        character < 0x80      ? "\\x%02x"
		        : character < 0x10000 ? "\\u%04x"
		                              : "\\U%08x",
		        character);
}

char *text_escape(const char *text)
{
	size_t size;
	char *escaped = NULL;
	FILE *stream = open_memstream(&escaped, &size);

	if (!stream)
		return NULL;
	while (*text) {
		const char *start = text;
		uint32_t character = next_character(&text);

		if (character == NOT_UTF8)
			fprintf(stream, "\\x%02x", (unsigned char)*start);
		else if (is_harmful(character))
			write_out(stream, character);
		else
			fwrite(start, 1, (size_t)(text - start), stream);
	}
	return fclose(stream) == 0 ? escaped : NULL;
}

char *text_escape_json(const char *json)
{
	size_t size;
	char *escaped = NULL;
	FILE *stream = open_memstream(&escaped, &size);

	if (!stream)
		return NULL;
	while (*json) {
		const char *start = json;
		uint32_t character = next_character(&json);

		/* What is below 0x20 stands between the members, and in strings json-c has written it out. */
		if (character < 0x7f || character == NOT_UTF8 || !is_harmful(character))
			fwrite(start, 1, (size_t)(json - start), stream);
		else if (character < 0x10000)
			fprintf(stream, "\\u%04x", character);
		else
			fprintf(stream, "\\u%04x\\u%04x", 0xd800 + ((character - 0x10000) >> 10),
			        0xdc00 + (character & 0x3ff));
	}
	return fclose(stream) == 0 ? escaped : NULL;
}

size_t text_width(const char *text)
{
	size_t width = 0;

	while (*text)
		width += character_width(next_character(&text));
	return width;
}

/* The bytes of as much of it as has room. */
static size_t bytes_within(const char *text, size_t width)
{
	const char *end = text, *next = text;

	while (*end) {
		size_t columns = character_width(next_character(&next));

		if (columns > width)
			break;
		width -= columns;
		end = next;
	}
	return (size_t)(end - text);
}

char *text_ellipsize(const char *text, size_t width)
{
	char *cut;

	if (width == 0 || text_width(text) <= width)
		return strdup(text);
	if (asprintf(&cut, "%.*s…", (int)bytes_within(text, width - 1), text) < 0)
		return NULL;
	return cut;
}

/* The bytes of the next line of `text`. */
static size_t line_length(const char *text, size_t width)
{
	size_t length = bytes_within(text, width), end = length;

	if (!text[length])
		return length;
	while (end > 0 && text[end] != ' ')
		end--;
	if (end > 0)
		return end;
	return length > 0 ? length : bytes_within(text, 2); /* one character at least, however narrow it is */
}

void text_print_wrapped(FILE *stream, const char *text, size_t indent, size_t width)
{
	size_t room = width > indent ? width - indent : 1;

	for (;;) {
		size_t length = width ? line_length(text, room) : strlen(text);

		fprintf(stream, "%.*s\n", (int)length, text);
		text += length;
		text += strspn(text, " ");
		if (!*text)
			return;
		fprintf(stream, "%*s", (int)indent, "");
	}
}
