/* A line of a room test as words. Must not know what a statement is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/problem.h"

struct word {
	const char *text;        /* without quotes; of a separator ";" */
	unsigned column, length; /* in the line, in characters, with quotes; the first column is 1 */
	bool separator;
};

/* All zero: none. */
struct words {
	struct word *list;
	size_t n;
	char *buffer; /* the texts point into it */
};

/* The words of `line`, which is UTF-8, up to a comment. 0: to be freed with words_free(). -EINVAL: `problem` says what was
 * expected, and `*ret_bad` is where; its length 0: it is about the whole line. -ENOMEM. */
int words_split(const char *line, struct words *ret, struct word *ret_bad, struct problem *problem);

/* May be called for words that are all zero; leaves them all zero. */
void words_free(struct words *words);

/* How many characters the text has, up to `end`. */
unsigned words_count_characters(const char *text, const char *end);
