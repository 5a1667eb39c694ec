#include "paragraph.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "roomd/about.h"

void paragraph_add(struct paragraph *paragraph, const char *format, ...)
{
	size_t room = sizeof paragraph->text - paragraph->length;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(paragraph->text + paragraph->length, room, format, arguments);
	va_end(arguments);
	assert(n >= 0 && (size_t)n < room);
	paragraph->length += (size_t)n;
}

/* Of UTF-8, no letter of which is wide here. */
static size_t columns(const char *text, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		if (text[i] == '\t')
			n += 8;
		else
			n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* Up to the next space before which a line may end. */
static size_t word_length(const char *word)
{
	size_t length = strcspn(word, " ");

	while (word[length] && word[length + 1] && strchr("-#;|.!<]", word[length + 1]))
		length += 1 + strcspn(word + length + 1, " ");
	return length;
}

void paragraph_write(const struct paragraph *paragraph, const char *indent, FILE *stream)
{
	size_t used = 0, length;

	for (const char *word = paragraph->text; *word; word += length + (word[length] == ' ')) {
		length = word_length(word);
		if (used > 0 && used + 1 + columns(word, length) > PARAGRAPH_WIDTH) {
			fputc('\n', stream);
			used = 0;
		}
		fprintf(stream, "%s%.*s", used == 0 ? indent : " ", (int)length, word);
		used += (used == 0 ? columns(indent, strlen(indent)) : 1) + columns(word, length);
	}
	fputc('\n', stream);
}

/* scdoc takes an underscore within a word for itself. */
static bool is_markup(const char *text, const char *c)
{
	if (*c == '_')
		return c == text || !isalnum((unsigned char)c[-1]) || !isalnum((unsigned char)c[1]);
	return *c == '*';
}

void paragraph_make_plain(struct paragraph *paragraph)
{
	struct paragraph plain = { 0 };

	for (const char *c = paragraph->text; *c; c++) {
		if (*c == '\\' && c[1])
			plain.text[plain.length++] = *++c;
		else if (!is_markup(paragraph->text, c))
			plain.text[plain.length++] = *c;
	}
	*paragraph = plain;
}

void paragraph_cut_to_sentence(struct paragraph *paragraph)
{
	char *end = strstr(paragraph->text, ". ");

	if (!end)
		return;
	end[1] = '\0';
	paragraph->length = strlen(paragraph->text);
}

const char *about_text(const struct about *about)
{
	return about && about->text ? about->text : "";
}

const char *about_example(const struct about *about)
{
	return about ? about->example : NULL;
}

const char *about_unset(const struct about *about)
{
	return about ? about->unset : NULL;
}

const char *about_title(const struct about *about)
{
	return about && about->title ? about->title : "";
}

const char *about_advice(const struct about *about)
{
	return about && about->advice ? about->advice : "";
}

bool about_is_same(const struct about *a, const struct about *b)
{
	return strcmp(about_text(a), about_text(b)) == 0;
}
