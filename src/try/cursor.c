/* The order in which a test's statements are done. */
#include "try/statement.h"

/* A block begins: it will be begun again as often as it is repeated, less this time. */
static void enter(const struct statement *repeat, struct roomtest_cursor *cursor)
{
	cursor->left[cursor->depth++] = repeat->count - 1;
}

static void leave(const struct statement *end, struct roomtest_cursor *cursor)
{
	unsigned *left = &cursor->left[cursor->depth - 1];

	if (*left > 0) {
		(*left)--;
		cursor->next = end->partner + 1;
	} else {
		cursor->depth--;
	}
}

const struct statement *roomtest_step(const struct roomtest_case *test, struct roomtest_cursor *cursor)
{
	while (cursor->next < test->n) {
		const struct statement *statement = &test->statements[cursor->next++];

		if (statement->kind == STATEMENT_REPEAT)
			enter(statement, cursor);
		else if (statement->kind == STATEMENT_END)
			leave(statement, cursor);
		else
			return statement;
	}
	return NULL;
}
