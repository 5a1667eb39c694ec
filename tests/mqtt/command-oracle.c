#include "command-oracle.h"

#include <ctype.h>
#include <string.h>

/* roomd-mqtt.conf(5) and org.roomd1(5) have no command that is longer. */
#define LENGTH_MAX 1024
#define MEMBERS_MAX 8
#define TEXT_SIZE 32

/* A flat object is all that a command can be. */
struct member {
	char name[TEXT_SIZE];
	char type; /* 's', 'b', 'n': a text, true or false, a number; '?': anything else */
	char text[TEXT_SIZE];
};

struct reader {
	const char *at, *end;
	struct member members[MEMBERS_MAX];
	size_t n;
};

static bool next_is(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end && *reader->at && strchr(" \t\r\n", *reader->at))
		reader->at++;
}

static bool read_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

/* "\u0053" is an S; what is not ASCII is no part of any name of ours, and becomes a "?". */
static bool read_hexadecimal(struct reader *reader, char *ret)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		if (reader->at == reader->end || !isxdigit((unsigned char)*reader->at))
			return false;
		value = value * 16 + (unsigned)(isdigit((unsigned char)*reader->at) ? *reader->at - '0'
		                                                                    : tolower((unsigned char)*reader->at) - 'a' + 10);
		reader->at++;
	}
	*ret = value > 0 && value < 0x80 ? (char)value : '?';
	return true;
}

static bool read_escaped(struct reader *reader, char *ret)
{
	static const char escapes[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (reader->at == reader->end || !*reader->at)
		return false;
	if (next_is(reader, 'u'))
		return read_hexadecimal(reader, ret);
	found = strchr(escapes, *reader->at++);
	if (found)
		*ret = values[found - escapes];
	return found;
}

/* A longer one is cut: it is no name of ours. */
static bool read_text(struct reader *reader, char text[static TEXT_SIZE])
{
	size_t n = 0;

	if (!next_is(reader, '"'))
		return false;
	while (reader->at < reader->end && *reader->at != '"') {
		char c = *reader->at++;

		if ((unsigned char)c < ' ' || (c == '\\' && !read_escaped(reader, &c)))
			return false;
		if (n < TEXT_SIZE - 1)
			text[n++] = c;
	}
	text[n] = '\0';
	return next_is(reader, '"');
}

static size_t read_digits(struct reader *reader)
{
	const char *from = reader->at;

	while (reader->at < reader->end && isdigit((unsigned char)*reader->at))
		reader->at++;
	return (size_t)(reader->at - from);
}

static void skip_zeros(struct reader *reader)
{
	while (reader->end - reader->at > 1 && reader->at[0] == '0' && reader->at[1] == '0')
		reader->at++;
}

/* RFC 8259, 6; and 0000, which is no number there, but can be nothing other than 0. */
static bool read_number(struct reader *reader, char text[static TEXT_SIZE])
{
	bool negative = next_is(reader, '-');
	const char *from;
	size_t length;

	skip_zeros(reader);
	from = reader->at;
	if (!next_is(reader, '0') && read_digits(reader) == 0)
		return false;
	if (next_is(reader, '.') && read_digits(reader) == 0)
		return false;
	if (next_is(reader, 'e') || next_is(reader, 'E')) {
		if (!next_is(reader, '+'))
			next_is(reader, '-');
		if (read_digits(reader) == 0)
			return false;
	}
	length = (size_t)(reader->at - from);
	memset(text, 0, TEXT_SIZE);
	memcpy(text, from, length < TEXT_SIZE ? length : TEXT_SIZE - 1);
	if (negative && strcmp(text, "0") != 0)
		*text = '-'; /* which is all that anybody wants to know of it */
	return true;
}

static bool read_value(struct reader *reader, struct member *member)
{
	if (reader->at == reader->end)
		return false;
	if (*reader->at == '"') {
		member->type = 's';
		return read_text(reader, member->text);
	}
	if (read_word(reader, "true") || read_word(reader, "false")) {
		member->type = 'b';
		return true;
	}
	member->type = '?';
	if (read_word(reader, "null"))
		return true;
	member->type = 'n';
	return read_number(reader, member->text);
}

static bool read_member(struct reader *reader)
{
	struct member *member = &reader->members[reader->n];

	if (reader->n == MEMBERS_MAX)
		return false;
	skip_space(reader);
	if (!read_text(reader, member->name))
		return false;
	skip_space(reader);
	if (!next_is(reader, ':'))
		return false;
	skip_space(reader);
	if (!read_value(reader, member))
		return false;
	skip_space(reader);
	reader->n++;
	return true;
}

static bool read_object(struct reader *reader)
{
	skip_space(reader);
	if (!next_is(reader, '{'))
		return false;
	do
		if (!read_member(reader))
			return false;
	while (next_is(reader, ','));
	if (!next_is(reader, '}'))
		return false;
	skip_space(reader);
	return reader->at == reader->end;
}

/* --- what it comes to ------------------------------------------------------------------------ */

static const struct member *find(const struct reader *reader, const char *name, char type)
{
	for (size_t i = 0; i < reader->n; i++)
		if (strcmp(reader->members[i].name, name) == 0)
			return reader->members[i].type == type ? &reader->members[i] : NULL;
	return NULL;
}

static bool has_twice(const struct reader *reader)
{
	for (size_t i = 0; i < reader->n; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(reader->members[i].name, reader->members[j].name) == 0)
				return true;
	return false;
}

/* A whole number that a duration can be: not below 0, not above what 64 bits have. */
static bool is_duration(const struct member *member)
{
	return member && strlen(member->text) <= 20 && strspn(member->text, "0123456789") == strlen(member->text);
}

static bool is_action(const struct reader *reader)
{
	const struct member *action = find(reader, "action", 's');

	if (!action)
		return false;
	if (strcmp(action->text, "SetAutomatic") == 0)
		return reader->n == 1;
	if (strcmp(action->text, "SetOn") == 0)
		return reader->n == 2 && find(reader, "on", 'b');
	if (strcmp(action->text, "SetOnFor") == 0)
		return reader->n == 3 && find(reader, "on", 'b') && is_duration(find(reader, "usec", 'n'));
	return false;
}

static bool is_word(const char *text, size_t length)
{
	static const char *const words[] = { "on", "off", "auto" };

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		size_t i = 0;

		while (i < length && tolower((unsigned char)text[i]) == words[w][i] && words[w][i])
			i++;
		if (i == length && length == strlen(words[w]))
			return true;
	}
	return false;
}

bool command_oracle_allows(const void *payload, size_t length)
{
	struct reader reader = { .at = payload, .end = (const char *)payload + length };

	if (length > LENGTH_MAX || memchr(payload, '\0', length))
		return false;
	if (is_word(payload, length))
		return true;
	return read_object(&reader) && (has_twice(&reader) || is_action(&reader));
}
