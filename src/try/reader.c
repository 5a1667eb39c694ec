#include "try/reader.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "util/nearest.h"
#include "util/number.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define NUMBER_MAX 1e12
#define NUMBER_SIZE 64

const struct word *reader_ahead(const struct reader *reader, size_t i)
{
	for (size_t at = reader->at; at < reader->n && !reader->words[at].separator; at++)
		if (i-- == 0)
			return &reader->words[at];
	return NULL;
}

const struct word *reader_word(const struct reader *reader)
{
	return reader_ahead(reader, 0);
}

size_t reader_left(const struct reader *reader)
{
	size_t at = reader->at;

	while (at < reader->n && !reader->words[at].separator)
		at++;
	return at - reader->at;
}

bool reader_takes(struct reader *reader, const char *text)
{
	const struct word *word = reader_word(reader);

	if (!word || strcmp(word->text, text) != 0)
		return false;
	reader->at++;
	return true;
}

/* --- what is wrong --------------------------------------------------------------------------- */

/* Where a statement ends: at the separator, or behind the last word. */
static struct word end_of(const struct reader *reader)
{
	const struct word *last;

	if (reader->at < reader->n)
		return reader->words[reader->at];
	last = reader->n > 0 ? &reader->words[reader->n - 1] : NULL;
	return (struct word){ .text = "", .column = last ? last->column + last->length : 1, .length = 1 };
}

int reader_fail_near(struct reader *reader, const char *expected, const char *const *words, size_t n)
{
	const struct word *word = reader_word(reader);
	const char *nearest = word ? nearest_word(word->text, words, n) : NULL;

	reader->bad = word ? *word : end_of(reader);
	if (!word)
		return problem_set(&reader->problem, -EINVAL, "%s; the statement ends here", expected);
	return problem_set(&reader->problem, -EINVAL, "%s, not '%.100s'%s%s%s", expected, word->text,
	                   nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

int reader_fail(struct reader *reader, const char *expected)
{
	return reader_fail_near(reader, expected, NULL, 0);
}

int reader_fail_at(struct reader *reader, const struct word *word, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reader->problem.text, sizeof reader->problem.text, format, arguments);
	va_end(arguments);
	reader->bad = *word;
	return -EINVAL;
}

/* --- texts ----------------------------------------------------------------------------------- */

int reader_take_text(struct reader *reader, char **ret, unsigned *ret_column)
{
	const struct word *word = reader_word(reader);
	char *text = strdup(word->text);

	if (!text)
		return -ENOMEM;
	*ret = text;
	*ret_column = word->column;
	reader->at++;
	return 0;
}

static bool is_kind(const char *text, size_t length)
{
	return length > 0 && strspn(text, LETTERS "_") >= length;
}

/* `slash`: behind the kind that stands before it; NULL: there is none. */
static int take_bare_name(struct reader *reader, const char *slash, struct statement *statement)
{
	const struct word *word = reader_word(reader);
	const char *name = slash ? slash + 1 : word->text;

	if (!option_name_is_valid(name))
		return reader_fail(reader, "expected a component's name, or Kind/name");
	if (slash && !(statement->component_kind = strndup(word->text, (size_t)(slash - word->text))))
		return -ENOMEM;
	statement->name = strdup(name);
	reader->at++;
	return statement->name ? 0 : -ENOMEM;
}

static int take_kind_word(struct reader *reader, struct statement *statement)
{
	const char *text = reader_word(reader)->text;
	unsigned column;

	if (!is_kind(text, strlen(text)))
		return reader_fail(reader, "expected a word for a kind before a name, such as light or LightController");
	return reader_take_text(reader, &statement->component_kind, &column);
}

int reader_take_name(struct reader *reader, size_t words, struct statement *statement)
{
	const struct word *word = reader_word(reader);
	const char *slash;
	int r;

	if (!word)
		return reader_fail(reader, "expected a component's name");
	statement->name_column = word->column;
	r = words > 1 ? take_kind_word(reader, statement) : 0;
	if (r < 0)
		return r;
	word = reader_word(reader);
	slash = strchr(word->text, '/');
	if (slash && (words > 1 || !is_kind(word->text, (size_t)(slash - word->text))))
		return reader_fail(reader, words > 1 ? "expected a name without its kind, which stands before it"
		                                     : "expected a component's name, or Kind/name");
	return take_bare_name(reader, slash, statement);
}

/* --- numbers --------------------------------------------------------------------------------- */

/* The number that the text begins with; how many bytes that is, or 0: it does not. */
static size_t parse_number(const char *text, double *ret)
{
	size_t length = strspn(text, "+-." DIGITS);
	char number[NUMBER_SIZE];

	if (length == 0 || length >= sizeof number)
		return 0;
	memcpy(number, text, length);
	number[length] = '\0';
	return number_parse(number, ret) < 0 || fabs(*ret) > NUMBER_MAX ? 0 : length;
}

bool reader_is_number(const struct word *word, bool with_unit)
{
	double number;
	size_t length = word ? parse_number(word->text, &number) : 0;

	return length > 0 && (with_unit ? !strpbrk(word->text + length, DIGITS) : word->text[length] == '\0');
}

static int take_unit(struct reader *reader, const struct word *word, const char *behind, struct statement *statement)
{
	if (*behind) {
		statement->unit_column =
			word->column + words_count_characters(word->text, behind);
		statement->unit = strdup(behind);
		return statement->unit ? 0 : -ENOMEM;
	}
	return reader_word(reader) ? reader_take_text(reader, &statement->unit, &statement->unit_column) : 0;
}

int reader_take_number(struct reader *reader, struct statement *statement)
{
	const struct word *word = reader_word(reader);
	size_t length = word ? parse_number(word->text, &statement->number) : 0;

	if (length == 0)
		return reader_fail(reader, "expected a number, such as 20000 or -4.5");
	statement->number += 0.0; /* no -0 */
	statement->number_column = word->column;
	reader->at++;
	return take_unit(reader, word, word->text + length, statement);
}
