/* Room tests that are read from a text, for their tests. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "try/statement.h"

/* For messages. */
#define PATH "house/hall.roomtest"

/* All that was said, one a line; freed by the caller. Empty: nothing. */
static inline char *parse(const char *text, size_t length, struct roomtest **ret)
{
	struct config_errors errors = { 0 };
	char *said;
	int r = roomtest_parse(PATH, text, length, ret, &errors);

	said = config_errors_join(&errors);
	assert_int_equal(r, errors.n > 0 ? -EINVAL : 0);
	assert_false(errors.out_of_memory);
	config_errors_free(&errors);
	return said;
}

static inline struct roomtest *parse_right(const char *text)
{
	struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *said = parse(text, strlen(text), &test);

	if (*said)
		fail_msg("%s", said);
	return test;
}

static inline void assert_wrong(const char *text, size_t length, const char *expected)
{
	struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *said = parse(text, length, &test);

	assert_string_equal(said, expected);
	assert_null(test);
}
