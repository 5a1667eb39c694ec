#include "try/statement-read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "try/forms.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define FORMS_MAX 48

typedef int (*read_function)(struct reader *reader, struct statement *statement);

/* --- time ------------------------------------------------------------------------------------ */

static int read_moment(struct reader *reader, struct statement *statement)
{
	return reader_take_moment(reader, &statement->time);
}

static int read_after(struct reader *reader, struct statement *statement)
{
	return reader_take_span(reader, &statement->duration_ns);
}

static int read_power_loss(struct reader *reader, struct statement *statement)
{
	return reader_takes(reader, "for") ? reader_take_span(reader, &statement->duration_ns) : 0;
}

/* --- things that happen ---------------------------------------------------------------------- */

static int read_nothing(struct reader *reader, struct statement *statement)
{
	(void)reader;
	(void)statement;
	return 0;
}

static int read_name(struct reader *reader, struct statement *statement)
{
	return reader_take_name(reader, reader_left(reader) > 1 ? 2 : 1, statement);
}

static const char *const presses[] = { "single", "double", "long" };

static const char *press_of(const struct word *word)
{
	for (size_t i = 0; word && i < ELEMENTS(presses); i++)
		if (strcmp(word->text, presses[i]) == 0)
			return presses[i];
	return NULL;
}

static int read_press(struct reader *reader, struct statement *statement)
{
	size_t left = reader_left(reader);
	bool has_press = left > 2 || (left == 2 && press_of(reader_ahead(reader, 1)));
	int r = reader_take_name(reader, left - has_press > 1 ? 2 : 1, statement);

	if (r < 0)
		return r;
	if (has_press && !press_of(reader_word(reader)))
		return reader_fail_near(reader, "expected single, double or long", presses, ELEMENTS(presses));
	if (has_press)
		return reader_take_text(reader, &statement->word, &statement->word_column);
	statement->word = strdup("single");
	return statement->word ? 0 : -ENOMEM;
}

static int read_roomctl(struct reader *reader, struct statement *statement)
{
	size_t left = reader_left(reader);
	unsigned column;
	int r = 0;

	statement->arguments = calloc(left + 1, sizeof *statement->arguments);
	if (!statement->arguments)
		return -ENOMEM;
	while (r >= 0 && statement->arguments_n < left) {
		r = reader_take_text(reader, &statement->arguments[statement->arguments_n], &column);
		statement->arguments_n += r >= 0;
	}
	return r;
}

static int read_reload(struct reader *reader, struct statement *statement)
{
	return reader_word(reader) ? reader_take_text(reader, &statement->word, &statement->word_column) : 0;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool is_compare(const struct word *word)
{
	return word && (strcmp(word->text, "above") == 0 || strcmp(word->text, "below") == 0);
}

/* How many words stand before the number that follows a name, or KIND and name; 0: there is no number. What has a unit
 * with it is one only where nothing follows, as a name may begin with a digit. */
static size_t words_before_number(const struct reader *reader)
{
	for (size_t i = 1; i <= 2; i++) {
		const struct word *word = reader_ahead(reader, i);

		if (is_compare(word) || reader_is_number(word, word && !reader_ahead(reader, i + 1)))
			return i;
	}
	return 0;
}

static int read_value(struct reader *reader, struct statement *statement)
{
	int r = reader_take_name(reader, words_before_number(reader), statement);

	return r < 0 ? r : reader_take_number(reader, statement);
}

/* --- what is expected ------------------------------------------------------------------------ */

static int read_expect_value(struct reader *reader, struct statement *statement)
{
	int r = reader_take_name(reader, words_before_number(reader), statement);

	statement->kind = STATEMENT_EXPECT_VALUE;
	if (r < 0)
		return r;
	statement->compare = reader_takes(reader, "above") ? COMPARE_ABOVE
	                     : reader_takes(reader, "below") ? COMPARE_BELOW
	                                                     : COMPARE_EQUAL;
	return reader_take_number(reader, statement);
}

static bool is_lower_word(const struct word *word)
{
	return word && *word->text && word->text[strspn(word->text, LETTERS "_-")] == '\0';
}

static int read_expect_state(struct reader *reader, struct statement *statement)
{
	int r = reader_take_name(reader, reader_left(reader) > 2 ? 2 : 1, statement);

	if (r < 0)
		return r;
	if (!is_lower_word(reader_word(reader)))
		return reader_fail(reader, "expected a state, such as on or open, or a number");
	return reader_take_text(reader, &statement->word, &statement->word_column);
}

static bool is_pair(const struct word *word)
{
	return word && strchr(word->text, '=');
}

static int take_pair(struct reader *reader, struct statement_pair *pair)
{
	const struct word *word = reader_word(reader);
	const char *equals = strchr(word->text, '=');

	if (equals == word->text || strspn(word->text, LETTERS "_") != (size_t)(equals - word->text))
		return reader_fail(reader, "expected KEY=VALUE, such as cause=motion");
	pair->key = strndup(word->text, (size_t)(equals - word->text));
	pair->value = strdup(equals + 1);
	pair->column = word->column;
	reader->at++;
	return pair->key && pair->value ? 0 : -ENOMEM;
}

static int take_pairs(struct reader *reader, struct statement *statement)
{
	size_t left = reader_left(reader);
	int r = 0;

	statement->pairs = left > 0 ? calloc(left, sizeof *statement->pairs) : NULL;
	if (left > 0 && !statement->pairs)
		return -ENOMEM;
	while (r >= 0 && statement->pairs_n < left) {
		if (!is_pair(reader_word(reader)))
			return reader_fail(reader, "expected KEY=VALUE, or the end");
		r = take_pair(reader, &statement->pairs[statement->pairs_n++]);
	}
	return r;
}

/* EVENT [[KIND] NAME] [KEY=VALUE]... */
static int read_expect_event(struct reader *reader, struct statement *statement)
{
	size_t words = 0;
	int r;

	if (!is_lower_word(reader_word(reader)))
		return reader_fail(reader, "expected an event, such as light_on");
	r = reader_take_text(reader, &statement->word, &statement->word_column);
	while (words < 2 && reader_ahead(reader, words) && !is_pair(reader_ahead(reader, words)))
		words++;
	if (r >= 0 && (words > 0 || statement->kind == STATEMENT_EXPECT_EVENT))
		r = words > 0 ? reader_take_name(reader, words, statement)
		              : reader_fail(reader, "expected the name of the component whose event it is");
	return r < 0 ? r : take_pairs(reader, statement);
}

static int read_within(struct reader *reader, struct statement *statement)
{
	const struct word *within = reader_word(reader);
	int r;

	if (!reader_takes(reader, "within"))
		return 0;
	r = reader_take_span(reader, &statement->within_ns);
	if (r >= 0 && statement->within_ns == 0)
		return reader_fail_at(reader, within, "expected a time span above 0 after within");
	statement->has_within = true;
	return r;
}

static int read_no_event(struct reader *reader, struct statement *statement)
{
	reader->at++;
	if (!reader_takes(reader, "event"))
		return reader_fail(reader, "expected \"event\" after \"no\", or a component's name");
	if (statement->has_within)
		return reader_fail_at(reader, &reader->words[reader->at - 2],
		                      "expected no \"within\" before \"no event\": let the time pass with \"after\" first");
	statement->kind = STATEMENT_EXPECT_NO_EVENT;
	return read_expect_event(reader, statement);
}

static int read_expect(struct reader *reader, struct statement *statement)
{
	int r = read_within(reader, statement);

	if (r < 0)
		return r;
	if (reader_word(reader) && strcmp(reader_word(reader)->text, "no") == 0)
		return read_no_event(reader, statement);
	if (reader_takes(reader, "event")) {
		statement->kind = STATEMENT_EXPECT_EVENT;
		return read_expect_event(reader, statement);
	}
	return words_before_number(reader) > 0 ? read_expect_value(reader, statement)
	                                       : read_expect_state(reader, statement);
}

/* --- of the test ----------------------------------------------------------------------------- */

static int read_repeat(struct reader *reader, struct statement *statement)
{
	const struct word *word = reader_word(reader);
	unsigned long count = 0;

	if (word && strspn(word->text, "0123456789") == strlen(word->text) && strlen(word->text) < 10)
		count = strtoul(word->text, NULL, 10);
	if (count < 1 || count > ROOMTEST_REPEAT_MAX)
		return reader_fail(reader, "expected a whole number from 1 to 1000000");
	reader->at++;
	if (!reader_takes(reader, "times") && !reader_takes(reader, "time"))
		return reader_fail(reader, "expected \"times\" after the number");
	statement->count = (unsigned)count;
	return 0;
}

/* Its words, with one space between. */
static int read_test(struct reader *reader, struct statement *statement)
{
	char name[ROOMTEST_LINE_MAX + 2];
	size_t length = 0;

	if (!reader_word(reader) || !*reader_word(reader)->text)
		return reader_fail(reader, "expected a name for the test");
	statement->word_column = reader_word(reader)->column;
	for (; reader_word(reader); reader->at++)
		length += (size_t)snprintf(name + length, sizeof name - length, "%s%s", length ? " " : "",
		                           reader_word(reader)->text);
	statement->word = strdup(name);
	return statement->word ? 0 : -ENOMEM;
}

static int read_zone(struct reader *reader, struct statement *statement)
{
	const struct word *word = reader_word(reader);

	if (!word || !strchr(LETTERS, *word->text) || !*word->text ||
	    word->text[strspn(word->text, LETTERS "0123456789/_+-")] != '\0')
		return reader_fail(reader, "expected a time zone, such as Europe/Berlin");
	return reader_take_text(reader, &statement->word, &statement->word_column);
}

/* --- which one it is ------------------------------------------------------------------------- */

static const read_function readers[STATEMENT_KINDS] = {
	[STATEMENT_AT] = read_moment,         [STATEMENT_AFTER] = read_after,
	[STATEMENT_MOTION] = read_name,       [STATEMENT_NO_MOTION] = read_name,
	[STATEMENT_OPEN] = read_name,         [STATEMENT_CLOSE] = read_name,
	[STATEMENT_PRESS] = read_press,       [STATEMENT_VALUE] = read_value,
	[STATEMENT_UNPLUG] = read_name,       [STATEMENT_PLUG] = read_name,
	[STATEMENT_RESTART] = read_nothing,   [STATEMENT_KILL] = read_nothing,
	[STATEMENT_POWER_LOSS] = read_power_loss, [STATEMENT_RELOAD] = read_reload,
	[STATEMENT_CLOCK] = read_moment,      [STATEMENT_BROKER_AWAY] = read_nothing,
	[STATEMENT_BROKER_BACK] = read_nothing, [STATEMENT_ROOMCTL] = read_roomctl,
	[STATEMENT_EXPECT] = read_expect,     [STATEMENT_REPEAT] = read_repeat,
	[STATEMENT_END] = read_nothing,       [STATEMENT_TEST] = read_test,
	[STATEMENT_ZONE] = read_zone,         [STATEMENT_START] = read_moment,
};

/* The form's first word is this one. */
static bool begins_with(const struct statement_form *form, const char *word)
{
	size_t length = strcspn(form->words, " ");

	return length > 0 && strlen(word) == length && strncmp(form->words, word, length) == 0;
}

/* The form's second word; NULL: it has none. */
static const char *second_word(const struct statement_form *form)
{
	const char *space = strchr(form->words, ' ');

	return space ? space + 1 : NULL;
}

static int fail_to_begin(struct reader *reader)
{
	const char *words[FORMS_MAX];
	char copies[FORMS_MAX][16];
	size_t n = 0;

	for (const struct statement_form *form = statement_forms; form->words && n < FORMS_MAX; form++) {
		snprintf(copies[n], sizeof copies[n], "%.*s", (int)strcspn(form->words, " "), form->words);
		words[n] = copies[n];
		n += *copies[n] != '\0';
	}
	return reader_fail_near(reader, "expected a statement, such as motion NAME, or NAME NUMBER", words, n);
}

static int fail_to_go_on(struct reader *reader, const char *first)
{
	const char *words[FORMS_MAX] = { "" };
	char expected[128] = "";
	size_t n = 0;

	for (const struct statement_form *form = statement_forms; form->words && n < FORMS_MAX; form++)
		if (begins_with(form, first) && second_word(form))
			words[n++] = second_word(form);
	snprintf(expected, sizeof expected, "expected \"%s%s%s\" after \"%s\"", words[0], n > 1 ? "\" or \"" : "",
	         n > 1 ? words[1] : "", first);
	return reader_fail_near(reader, expected, words, n);
}

/* Takes the words that the statement begins with. 0 and its form; -EINVAL. */
static int take_form(struct reader *reader, const struct statement_form **ret)
{
	const char *first = reader_word(reader)->text;
	bool is_first = false;

	for (const struct statement_form *form = statement_forms; form->words; form++) {
		const struct word *next = reader_ahead(reader, 1);
		const char *second = second_word(form);

		if (!begins_with(form, first))
			continue;
		is_first = true;
		if (second && (!next || strcmp(second, next->text) != 0))
			continue;
		reader->at += second ? 2 : 1;
		*ret = form;
		return 0;
	}
	reader->at += is_first;
	if (is_first)
		return fail_to_go_on(reader, first);
	*ret = statement_form_of(STATEMENT_VALUE);
	return words_before_number(reader) > 0 ? 0 : fail_to_begin(reader);
}

static int check_end(struct reader *reader, const struct statement *statement)
{
	bool goes_on = statement->kind == STATEMENT_AT || statement->kind == STATEMENT_AFTER;

	return goes_on || !reader_word(reader) ? 0 : reader_fail(reader, "expected the end of the statement, or \";\"");
}

int statement_read(struct reader *reader, struct statement *ret)
{
	const struct statement_form *form = NULL;
	int r;

	*ret = (struct statement){ .column = reader_word(reader)->column, .subject = STATEMENT_NO_SUBJECT };
	r = take_form(reader, &form);
	if (r < 0)
		return r;
	ret->kind = form->kind;
	r = readers[form->kind](reader, ret);
	return r < 0 ? r : check_end(reader, ret);
}

void statement_release(struct statement *statement)
{
	for (size_t i = 0; i < statement->pairs_n; i++) {
		free(statement->pairs[i].key);
		free(statement->pairs[i].value);
	}
	for (size_t i = 0; i < statement->arguments_n; i++)
		free(statement->arguments[i]);
	free(statement->pairs);
	free(statement->arguments);
	free(statement->component_kind);
	free(statement->name);
	free(statement->word);
	free(statement->unit);
	*statement = (struct statement){ 0 };
}
