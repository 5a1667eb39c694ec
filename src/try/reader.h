/* Reads words one after the other, for all statements. Internal to src/try. */
#pragma once

#include <stdint.h>

#include "try/statement.h"
#include "try/words.h"

/* One statement at a time: a separator ends it. */
struct reader {
	const struct word *words;
	size_t n, at;
	struct problem problem; /* after -EINVAL: what was expected, */
	struct word bad;        /* and where */
};

/* The present word; NULL: the statement ends here. */
const struct word *reader_word(const struct reader *reader);

/* The i-th word from there, from 0, likewise. */
const struct word *reader_ahead(const struct reader *reader, size_t i);

/* How many words the statement still has. */
size_t reader_left(const struct reader *reader);

/* Takes the present word if it is this one. */
bool reader_takes(struct reader *reader, const char *text);

/* -EINVAL: "EXPECTED, not 'word'", or that the statement ends here. */
int reader_fail(struct reader *reader, const char *expected);

/* The same, with "did you mean ...?" if one of these is near to the word. */
int reader_fail_near(struct reader *reader, const char *expected, const char *const *words, size_t n);

/* -EINVAL, with a whole message about this word. */
int reader_fail_at(struct reader *reader, const struct word *word, const char *format, ...) PRINTF_LIKE(3, 4);

/* Takes the present word, which has to be there, as a copy. 0 or -ENOMEM. */
int reader_take_text(struct reader *reader, char **ret, unsigned *ret_column);

/* A moment, "22:30:00", "2027-03-28 01:59". -EINVAL. */
int reader_take_moment(struct reader *reader, struct statement_time *ret);

/* A time span, as many words as belong to it: "2min 30s", "5 min". At most STATEMENT_SPAN_MAX. -EINVAL. */
int reader_take_span(struct reader *reader, uint64_t *ret_ns);
#define STATEMENT_SPAN_MAX_YEARS 100u

/* True for a number alone; `with_unit`: or for a number with a unit ("20000lx"). */
bool reader_is_number(const struct word *word, bool with_unit);

/* NUMBER [UNIT]. -EINVAL, -ENOMEM. */
int reader_take_number(struct reader *reader, struct statement *statement);

/* NAME, Kind/name, or, of `words` 2, KIND NAME. -EINVAL, -ENOMEM. */
int reader_take_name(struct reader *reader, size_t words, struct statement *statement);
