/* Each recipe of docs/recipes.md with its room test, on virtual time: the configuration is the page's own text, and the page
 * names the test. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recipes.h"
#include "tap-main.h"
#include "try-process.h"

#define CONFIG "/tmp/recipe.conf"
#define LINK "](examples/recipes/"

/* The room test that the recipe names. */
static char *find_test(const char *heading)
{
	_cleanup_(cleanup_free) char *section = recipe_section(heading);
	const char *link = strstr(section, LINK);
	char *path = NULL;

	if (!link)
		fail_msg("the recipe '%s' names no room test", heading);
	link += strlen(LINK);
	assert_true(asprintf(&path, "%s/docs/examples/recipes/%.*s", getenv("SOURCE_ROOT"), (int)strcspn(link, ")"), link) > 0);
	return path;
}

/* A message about an alarm takes something that raises it. */
static void write_recipe(const char *heading)
{
	_cleanup_(cleanup_free) char *config = recipe_config(heading), *all = NULL;
	_cleanup_(cleanup_free) char *more = strcmp(heading, ALARM) == 0 ? recipe_config(DOOR) : NULL;

	assert_true(asprintf(&all, "%s%s", config, more ? more : "") > 0);
	try_write(CONFIG, all);
}

static void run_recipe(const char *heading)
{
	_cleanup_(cleanup_free) char *test = find_test(heading);

	write_recipe(heading);
	try_expect_comes_up(CONFIG);
	try_expect_status(try_run_test(CONFIG, test), 0);
}

static void test_recipes(void **state)
{
	char *heading = recipe_next(NULL), *before;
	unsigned n = 0;

	(void)state;
	while ((before = heading)) {
		run_recipe(heading);
		heading = recipe_next(before);
		free(before);
		n++;
	}
	assert_true(n >= 7);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_recipes),
};

RUN_TESTS(tests)
