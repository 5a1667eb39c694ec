/* Errors as a person reads them. */
#include "util/problem.h"

#include <errno.h>
#include <string.h>

#include "helpers.h"

static void test_fills_and_returns(void **state)
{
	struct problem problem;

	(void)state;
	assert_int_equal(problem_set(&problem, -EBUSY, "line %s: held by '%s'", "PIR", "x"), -EBUSY);
	assert_string_equal(problem.text, "line PIR: held by 'x'");
}

static void test_nobody_wants_the_text(void **state)
{
	(void)state;
	assert_int_equal(problem_set(NULL, -ENODEV, "line %s", "PIR"), -ENODEV);
}

/* Cut texts are told by their end from those that just fit. */
static void test_cut(void **state)
{
	enum { ROOM = sizeof((struct problem *)0)->text - 1 };
	struct problem problem;

	(void)state;
	problem_set(&problem, -EIO, "%0*d", ROOM, 1);
	assert_int_equal(strlen(problem.text), ROOM);
	assert_string_equal(problem.text + ROOM - 4, "0001");

	assert_int_equal(problem_set(&problem, -EIO, "%0*d", ROOM + 1, 1), -EIO);
	assert_int_equal(strlen(problem.text), ROOM);
	assert_string_equal(problem.text + ROOM - 4, "0…");
}

/* A letter that would be cut is left out as a whole. */
static void test_cut_between_letters(void **state)
{
	enum { ROOM = sizeof((struct problem *)0)->text - 1 };
	struct problem problem;

	(void)state;
	problem_set(&problem, -EIO, "%0*d\xc3\xbc and more", ROOM - 4, 1);
	assert_int_equal(strlen(problem.text), ROOM - 1);
	assert_string_equal(problem.text + ROOM - 5, "1…");
	problem_set(&problem, -EIO, "%0*d\xc3\xbc and more", ROOM - 5, 1);
	assert_string_equal(problem.text + ROOM - 6, "1\xc3\xbc…");
}

static void test_words_of_an_errno(void **state)
{
	(void)state;
	assert_string_equal(problem_errno(-ENOENT), "No such file or directory");
	assert_string_equal(problem_errno(ENOENT), "No such file or directory");
	assert_string_equal(problem_errno(-123456), "error 123456");
}

/* Of the machine, or of what it was asked for. */
static void test_what_passes(void **state)
{
	(void)state;
	assert_true(problem_passes(-ENOMEM));
	assert_true(problem_passes(EMFILE));
	assert_false(problem_passes(-ENOENT));
	assert_false(problem_passes(-ENODEV));
	assert_false(problem_passes(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fills_and_returns),
		cmocka_unit_test(test_nobody_wants_the_text),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_between_letters),
		cmocka_unit_test(test_words_of_an_errno),
		cmocka_unit_test(test_what_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
