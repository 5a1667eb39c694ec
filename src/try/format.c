/* Statements as text, in one form. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "try/forms.h"
#include "util/clock.h"
#include "util/timespan.h"

/* A word that has something in it that would end it, or begin a comment. */
static void put_word(const char *word, FILE *stream)
{
	bool quotes = !*word || strpbrk(word, " \t;#");

	fprintf(stream, quotes ? " \"%s\"" : " %s", word);
}

/* Of several words. */
static void put_words(const char *words, FILE *stream)
{
	bool plain = !strpbrk(words, "\t;#") && !strstr(words, "  ") && *words != ' ' && words[strlen(words) - 1] != ' ';

	fprintf(stream, plain ? " %s" : " \"%s\"", words);
}

static void put_time(const struct statement_time *time, FILE *stream)
{
	unsigned s = time->second_of_day;

	if (time->has_date)
		fprintf(stream, " %04u-%02u-%02u", time->year, time->month, time->day);
	fprintf(stream, " %02u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

static void put_span(uint64_t ns, FILE *stream)
{
	char text[TIMESPAN_TEXT_SIZE];

	fprintf(stream, " %s", timespan_format(ns / NSEC_PER_USEC, text));
}

static void put_name(const struct statement *statement, FILE *stream)
{
	const char *kind = statement->component_kind;

	if (statement->name)
		fprintf(stream, " %s%s%s", kind ? kind : "", kind ? "/" : "", statement->name);
}

/* Without an exponent, which no number of a file has. */
static void put_number(const struct statement *statement, FILE *stream)
{
	char text[64];
	char *end;

	snprintf(text, sizeof text, "%.15g", statement->number);
	if (strchr(text, 'e')) {
		end = text + snprintf(text, sizeof text, "%.15f", statement->number);
		while (end[-1] == '0')
			*--end = '\0';
		if (end[-1] == '.')
			end[-1] = '\0';
	}
	fprintf(stream, " %s", strcmp(text, "-0") == 0 ? "0" : text);
	if (statement->unit)
		put_word(statement->unit, stream);
}

static void put_pairs(const struct statement *statement, FILE *stream)
{
	for (size_t i = 0; i < statement->pairs_n; i++) {
		const char *value = statement->pairs[i].value;

		fprintf(stream, strpbrk(value, " \t;") ? " %s=\"%s\"" : " %s=%s", statement->pairs[i].key, value);
	}
}

static void put_expectation(const struct statement *statement, FILE *stream)
{
	static const char *const compares[] = { [COMPARE_EQUAL] = "", [COMPARE_ABOVE] = " above", [COMPARE_BELOW] = " below" };

	if (statement->has_within) {
		fputs(" within", stream);
		put_span(statement->within_ns, stream);
	}
	if (statement->kind == STATEMENT_EXPECT_EVENT || statement->kind == STATEMENT_EXPECT_NO_EVENT) {
		fprintf(stream, "%s event %s", statement->kind == STATEMENT_EXPECT_EVENT ? "" : " no", statement->word);
		put_name(statement, stream);
		put_pairs(statement, stream);
		return;
	}
	put_name(statement, stream);
	if (statement->kind == STATEMENT_EXPECT) {
		fprintf(stream, " %s", statement->word);
		return;
	}
	fputs(compares[statement->compare], stream);
	put_number(statement, stream);
}

static void put_arguments(const struct statement *statement, FILE *stream)
{
	for (size_t i = 0; i < statement->arguments_n; i++)
		put_word(statement->arguments[i], stream);
}

static void put_moment(const struct statement *statement, FILE *stream)
{
	put_time(&statement->time, stream);
}

static void put_duration(const struct statement *statement, FILE *stream)
{
	put_span(statement->duration_ns, stream);
}

static void put_for(const struct statement *statement, FILE *stream)
{
	if (statement->duration_ns == 0)
		return;
	fputs(" for", stream);
	put_span(statement->duration_ns, stream);
}

static void put_count(const struct statement *statement, FILE *stream)
{
	fprintf(stream, " %u times", statement->count);
}

static void put_title(const struct statement *statement, FILE *stream)
{
	put_words(statement->word, stream);
}

static void put_value(const struct statement *statement, FILE *stream)
{
	put_name(statement, stream);
	put_number(statement, stream);
}

static void put_name_and_word(const struct statement *statement, FILE *stream)
{
	put_name(statement, stream);
	if (statement->word)
		put_word(statement->word, stream);
}

/* What stands behind the words of the form; of all others a name and a word, if there are any. */
static void (*const writers[STATEMENT_KINDS])(const struct statement *statement, FILE *stream) = {
	[STATEMENT_AT] = put_moment,
	[STATEMENT_AFTER] = put_duration,
	[STATEMENT_VALUE] = put_value,
	[STATEMENT_POWER_LOSS] = put_for,
	[STATEMENT_CLOCK] = put_moment,
	[STATEMENT_ROOMCTL] = put_arguments,
	[STATEMENT_EXPECT] = put_expectation,
	[STATEMENT_EXPECT_VALUE] = put_expectation,
	[STATEMENT_EXPECT_EVENT] = put_expectation,
	[STATEMENT_EXPECT_NO_EVENT] = put_expectation,
	[STATEMENT_REPEAT] = put_count,
	[STATEMENT_TEST] = put_title,
	[STATEMENT_START] = put_moment,
};

static void put_rest(const struct statement *statement, FILE *stream)
{
	if (writers[statement->kind])
		writers[statement->kind](statement, stream);
	else
		put_name_and_word(statement, stream);
}

/* The text begins with a space where no word of a form does. */
static void put_statement(const struct statement *statement, FILE *stream)
{
	fputs(statement_form_of(statement->kind)->words, stream);
	put_rest(statement, stream);
}

/* What `write` writes, to be freed; NULL: no memory. A space at its beginning is left out. */
static char *text_of(void (*write)(const void *subject, FILE *stream), const void *subject)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	write(subject, stream);
	if (fclose(stream) != 0) {
		free(text);
		return NULL;
	}
	if (*text == ' ')
		memmove(text, text + 1, size);
	return text;
}

static void write_statement(const void *subject, FILE *stream)
{
	put_statement(subject, stream);
}

char *statement_format(const struct statement *statement)
{
	return text_of(write_statement, statement);
}

static void write_case(const struct roomtest_case *test, FILE *stream)
{
	fputs("test", stream);
	put_words(test->name, stream);
	fprintf(stream, "\nzone %s\nstart", test->zone);
	put_time(&test->start, stream);
	fputc('\n', stream);
	for (size_t i = 0; i < test->n; i++) {
		_cleanup_(cleanup_free) char *text = statement_format(&test->statements[i]);

		fprintf(stream, "%s\n", text ? text : "");
	}
}

static void write_roomtest(const void *subject, FILE *stream)
{
	const struct roomtest *test = subject;

	for (size_t i = 0; i < test->n; i++)
		write_case(&test->cases[i], stream);
}

char *roomtest_format(const struct roomtest *test)
{
	return text_of(write_roomtest, test);
}
