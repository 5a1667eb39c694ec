/* Room tests: any bytes. What is written in the one form is read as the same. */
#include "fuzz.h"
#include "try/statement.h"

#include <errno.h>

#define PATH "house/hall.roomtest"
/* Of a run, which may have millions. */
#define STEPS_MAX 1000

static struct roomtest *parse(const char *text, size_t length)
{
	struct config_errors errors = { 0 };
	struct roomtest *test = NULL;
	int r = roomtest_parse(PATH, text, length, &test, &errors);

	FUZZ_CHECK(r == (errors.n > 0 ? -EINVAL : 0) && !errors.out_of_memory);
	FUZZ_CHECK(!test == (r < 0));
	for (size_t i = 0; i < errors.n; i++)
		FUZZ_CHECK(strncmp(errors.texts[i], PATH, strlen(PATH)) == 0);
	config_errors_free(&errors);
	return test;
}

static void step(const struct roomtest_case *test)
{
	struct roomtest_cursor cursor = { 0 };
	const struct statement *statement;
	unsigned steps = 0;

	while (steps++ < STEPS_MAX && (statement = roomtest_step(test, &cursor)))
		FUZZ_CHECK(statement->kind != STATEMENT_REPEAT && statement->kind != STATEMENT_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(roomtest_freep) struct roomtest *test = parse((const char *)data, size), *same = NULL;
	_cleanup_(cleanup_free) char *text = NULL, *again = NULL;

	if (!test)
		return 0;
	text = roomtest_format(test);
	same = parse(text, strlen(text));
	FUZZ_CHECK(same && same->n == test->n);
	again = roomtest_format(same);
	FUZZ_CHECK_SAME(again, text);
	for (size_t i = 0; i < test->n; i++)
		step(&test->cases[i]);
	return 0;
}
