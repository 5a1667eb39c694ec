#include "try/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/characters.h"

#define BLANKS " \t"

unsigned words_count_characters(const char *text, const char *end)
{
	unsigned n = 0;

	for (; text < end; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Behind the word that begins here. NULL: a quote in it has no end. */
static const char *word_end(const char *s)
{
	while (*s && !strchr(BLANKS ";", *s)) {
		if (*s == '"' && !(s = strchr(s + 1, '"')))
			return NULL;
		s++;
	}
	return s;
}

/* Where the comment begins, or the line ends, or what cannot be read does. */
static const char *content_end(const char *line)
{
	const char *s = line;

	while (*s && *s != '#') {
		const char *end = *s == ';' ? s + 1 : word_end(s);

		if (!end)
			return line + strlen(line);
		s = end + strspn(end, BLANKS);
	}
	return s;
}

static void copy_without_quotes(const char *from, const char *end, char **to)
{
	for (; from < end; from++)
		if (*from != '"')
			*(*to)++ = *from;
	*(*to)++ = '\0';
}

/* There is room: each word has a byte at least in the line, and its end another one. */
static int split(const char *line, struct words *words, struct word *ret_bad, struct problem *problem)
{
	char *to = words->buffer;

	for (const char *s = line + strspn(line, BLANKS), *end; *s; s = end + strspn(end, BLANKS)) {
		struct word *word = &words->list[words->n];

		*word = (struct word){ to, words_count_characters(line, s) + 1, 1, *s == ';' };
		end = word->separator ? s + 1 : word_end(s);
		if (!end) {
			*ret_bad = *word;
			return problem_set(problem, -EINVAL, "expected a second \" on the line, where the text ends");
		}
		word->length = words_count_characters(s, end);
		copy_without_quotes(s, end, &to);
		words->n++;
	}
	return 0;
}

static int allocate(struct words *words, size_t length)
{
	*words = (struct words){ 0 };
	words->list = calloc(length + 1, sizeof *words->list);
	words->buffer = malloc(2 * length + 1);
	if (words->list && words->buffer)
		return 0;
	words_free(words);
	return -ENOMEM;
}

int words_split(const char *line, struct words *ret, struct word *ret_bad, struct problem *problem)
{
	const char *begin = line + strspn(line, BLANKS);
	_cleanup_(cleanup_free) char *content = strndup(line, (size_t)(content_end(begin) - line));
	struct words words;
	int r;

	*ret_bad = (struct word){ 0 };
	if (!content)
		return -ENOMEM;
	r = config_check_visible(content, problem);
	if (r < 0)
		return r;
	r = allocate(&words, strlen(content));
	if (r >= 0)
		r = split(content, &words, ret_bad, problem);
	if (r < 0)
		words_free(&words);
	else
		*ret = words;
	return r;
}

void words_free(struct words *words)
{
	free(words->list);
	free(words->buffer);
	*words = (struct words){ 0 };
}
