/* Conditions as text: reading and writing. */
#include "rules/condition.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "util/cleanup.h"
#include "util/number.h"
#include "util/timespan.h"

#define BLANKS " \t"
#define NUMBER_MAX 1e12

struct reader {
	const char *text;
	struct condition_place word; /* the one in hand; of length 0 at the end */
	struct condition *condition;
	struct problem *problem;
	unsigned depth;
};

/* --- words ----------------------------------------------------------------------------------- */

static void next(struct reader *reader)
{
	size_t offset = reader->word.offset + reader->word.length;
	const char *word;

	offset += strspn(reader->text + offset, BLANKS);
	word = reader->text + offset;
	reader->word = (struct condition_place){ offset, *word == '(' || *word == ')' ? 1 : strcspn(word, BLANKS "()") };
}

static bool is_word(const struct reader *reader, const char *word)
{
	return strlen(word) == reader->word.length && strncmp(reader->text + reader->word.offset, word, reader->word.length) == 0;
}

static bool takes(struct reader *reader, const char *word)
{
	if (!is_word(reader, word))
		return false;
	next(reader);
	return true;
}

static bool is_one_of(const struct reader *reader, const char *const *words)
{
	while (*words && !is_word(reader, *words))
		words++;
	return *words;
}

static const char *const keywords[] = { "and", "or", "not", "for", "above", "below", "(", ")", NULL };
static const char *const ends_of_time[] = { "and", "or", "not", ")", "(", "", NULL };

/* What was expected, and what is there. */
static int fail(const struct reader *reader, const char *expected)
{
	if (reader->word.length == 0)
		return problem_set(reader->problem, -EINVAL, "%s; the condition ends here", expected);
	return problem_set(reader->problem, -EINVAL, "%s, not '%.*s'", expected, (int)reader->word.length,
	                   reader->text + reader->word.offset);
}

static bool copy_word(const char *word, size_t length, char ret[static CONDITION_WORD_SIZE])
{
	if (length == 0 || length >= CONDITION_WORD_SIZE)
		return false;
	memcpy(ret, word, length);
	ret[length] = '\0';
	return true;
}

/* --- terms ----------------------------------------------------------------------------------- */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_name(const char *word, size_t length)
{
	return length > 0 && strspn(word, LETTERS "0123456789_-") >= length && *word != '-' && *word != '_';
}

/* "window", or "ContactSensor/window". */
static bool read_name(const struct reader *reader, struct condition_term *term)
{
	const char *word = reader->text + reader->word.offset, *slash = memchr(word, '/', reader->word.length);
	size_t length = reader->word.length, kind = slash ? (size_t)(slash - word) : 0;

	if (slash && (strspn(word, LETTERS) != kind || !copy_word(word, kind, term->kind)))
		return false;
	word += slash ? kind + 1 : 0;
	length -= slash ? kind + 1 : 0;
	return is_name(word, length) && copy_word(word, length, term->name);
}

static int take_name(struct reader *reader, struct condition_term *term)
{
	if (reader->word.length == 0 || is_one_of(reader, keywords) || !read_name(reader, term))
		return fail(reader, "expected a component's name, \"not\" or \"(\"");
	term->name_place = reader->word;
	next(reader);
	return 0;
}

static int take_number(struct reader *reader, struct condition_term *term)
{
	char word[CONDITION_WORD_SIZE];

	if (!copy_word(reader->text + reader->word.offset, reader->word.length, word) || number_parse(word, &term->number) < 0 ||
	    fabs(term->number) > NUMBER_MAX)
		return fail(reader, "expected a number without its unit, such as 28 or -4.5");
	term->number += 0.0; /* no -0 */
	next(reader);
	return 0;
}

static int take_state(struct reader *reader, struct condition_term *term)
{
	const char *word = reader->text + reader->word.offset;
	size_t length = reader->word.length;

	term->test = is_word(reader, "above") ? CONDITION_ABOVE : is_word(reader, "below") ? CONDITION_BELOW : CONDITION_STATE;
	term->state_place = reader->word;
	if ((term->test == CONDITION_STATE && is_one_of(reader, keywords)) || strspn(word, LETTERS "-") < length ||
	    !copy_word(word, length, term->state))
		return fail(reader, "expected a state, such as \"open\", or \"above\" or \"below\"");
	next(reader);
	return term->test == CONDITION_STATE ? 0 : take_number(reader, term);
}

/* "2min 30s": as many words as there are. */
static int take_time(struct reader *reader, struct condition_term *term)
{
	const struct condition_place first = reader->word;
	char time[TIMESPAN_TEXT_SIZE];
	uint64_t usec = 0;
	size_t end = first.offset;

	for (; !is_one_of(reader, ends_of_time); next(reader))
		end = reader->word.offset + reader->word.length;
	if (end - first.offset < sizeof time)
		snprintf(time, sizeof time, "%.*s", (int)(end - first.offset), reader->text + first.offset);
	if (end == first.offset || end - first.offset >= sizeof time || timespan_parse(time, &usec) < 0 || usec == 0 ||
	    usec > UINT64_MAX / NSEC_PER_USEC) {
		reader->word = end > first.offset ? (struct condition_place){ first.offset, end - first.offset } : reader->word;
		return fail(reader, "expected a time span, such as 5min or 1h 30min");
	}
	term->for_ns = usec * NSEC_PER_USEC;
	return 0;
}

static int emit(struct reader *reader, unsigned code)
{
	struct condition *condition = reader->condition;

	if (condition->code_n == CONDITION_CODE_MAX)
		return problem_set(reader->problem, -EINVAL, "expected a shorter condition");
	condition->code[condition->code_n++] = (unsigned char)code;
	return 0;
}

static int take_term(struct reader *reader)
{
	struct condition *condition = reader->condition;
	struct condition_term *term = &condition->terms[condition->terms_n];
	int r;

	if (condition->terms_n == CONDITION_TERMS_MAX)
		return problem_set(reader->problem, -EINVAL, "expected at most %d terms", CONDITION_TERMS_MAX);
	*term = (struct condition_term){ 0 };
	r = take_name(reader, term);
	if (r >= 0)
		r = take_state(reader, term);
	if (r >= 0 && takes(reader, "for"))
		r = take_time(reader, term);
	return r < 0 ? r : emit(reader, condition->terms_n++);
}

/* --- operators ------------------------------------------------------------------------------- */

static int take_or(struct reader *reader);

static int take_brackets(struct reader *reader)
{
	int r;

	if (++reader->depth > CONDITION_DEPTH_MAX)
		return problem_set(reader->problem, -EINVAL, "expected at most %d brackets within one another",
		                   CONDITION_DEPTH_MAX);
	next(reader);
	r = take_or(reader);
	if (r >= 0 && !takes(reader, ")"))
		r = fail(reader, "expected \"and\", \"or\" or \")\"");
	reader->depth--;
	return r;
}

static int take_not(struct reader *reader)
{
	bool not = takes(reader, "not");
	int r = is_word(reader, "(") ? take_brackets(reader) : take_term(reader);

	return r >= 0 && not ? emit(reader, CONDITION_NOT) : r;
}

static int take_and(struct reader *reader)
{
	int r = take_not(reader);

	while (r >= 0 && takes(reader, "and")) {
		r = take_not(reader);
		if (r >= 0)
			r = emit(reader, CONDITION_AND);
	}
	return r;
}

static int take_or(struct reader *reader)
{
	int r = take_and(reader);

	while (r >= 0 && takes(reader, "or")) {
		r = take_and(reader);
		if (r >= 0)
			r = emit(reader, CONDITION_OR);
	}
	return r;
}

int condition_parse(const char *text, struct condition *ret, struct problem *problem, struct condition_place *ret_place)
{
	struct reader reader = { .text = text, .condition = ret, .problem = problem };
	int r;

	ret->terms_n = ret->code_n = 0;
	next(&reader);
	r = take_or(&reader);
	if (r >= 0 && reader.word.length > 0)
		r = fail(&reader, "expected \"and\", \"or\" or the end");
	if (r < 0)
		*ret_place = reader.word;
	return r;
}

/* --- writing --------------------------------------------------------------------------------- */

char *condition_format_term(const struct condition_term *term, char *buffer, size_t size)
{
	char number[32] = "", time[TIMESPAN_TEXT_SIZE] = "";

	if (term->test != CONDITION_STATE)
		snprintf(number, sizeof number, " %.15g", term->number);
	if (term->for_ns > 0)
		timespan_format(term->for_ns / NSEC_PER_USEC, time);
	snprintf(buffer, size, "%s%s%s %s%s%s%s", term->kind, *term->kind ? "/" : "", term->name, term->state, number,
	         *time ? " for " : "", time);
	return buffer;
}

/* How many of the code's places up to this one are one operand. */
static unsigned span(const struct condition *condition, unsigned last)
{
	unsigned operands = 1, first = last + 1;

	while (operands > 0) {
		unsigned code = condition->code[--first];

		operands += code == CONDITION_NOT ? 0 : code >= CONDITION_TERMS_MAX ? 1 : -1U;
	}
	return last + 1 - first;
}

static int strength(unsigned code)
{
	return code == CONDITION_OR ? 0 : code == CONDITION_AND ? 1 : code == CONDITION_NOT ? 2 : 3;
}

struct writer {
	char *text;
	size_t length;
};

static void put(struct writer *writer, const char *text)
{
	writer->length += (size_t)snprintf(writer->text + writer->length, CONDITION_TEXT_SIZE - writer->length, "%s", text);
	if (writer->length >= CONDITION_TEXT_SIZE)
		writer->length = CONDITION_TEXT_SIZE - 1;
}

/* As deep as brackets may be, and operators one after the other. */
static void write_operand(const struct condition *condition, unsigned last, int at_least, struct writer *writer)
{
	unsigned code = condition->code[last];
	bool brackets = strength(code) < at_least;
	char term[160];

	put(writer, brackets ? "(" : "");
	if (code < CONDITION_TERMS_MAX) {
		put(writer, condition_format_term(&condition->terms[code], term, sizeof term));
	} else if (code == CONDITION_NOT) {
		put(writer, "not ");
		write_operand(condition, last - 1, 3, writer);
	} else {
		write_operand(condition, last - 1 - span(condition, last - 1), strength(code), writer);
		put(writer, code == CONDITION_AND ? " and " : " or ");
		write_operand(condition, last - 1, strength(code), writer);
	}
	put(writer, brackets ? ")" : "");
}

char *condition_format(const struct condition *condition, char buffer[static CONDITION_TEXT_SIZE])
{
	struct writer writer = { .text = buffer };

	*buffer = '\0';
	if (condition->code_n > 0)
		write_operand(condition, condition->code_n - 1, 0, &writer);
	return buffer;
}

char *condition_draw(const char *text, struct condition_place place, char *buffer, size_t size)
{
	size_t length = (size_t)snprintf(buffer, size, "  %s\n  %*s^", text, (int)place.offset, "");

	for (size_t i = 1; i < place.length && length + 1 < size; i++)
		buffer[length++] = '~';
	if (length < size)
		buffer[length] = '\0';
	return buffer;
}
