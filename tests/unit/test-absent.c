/* What is not there is told from what cannot be looked at. */
#include "util/absent.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers.h"

static void test_absent(void **state)
{
	static const struct {
		const char *path;
		bool absent;
	} rows[] = {
		{ "none", true },
		{ "folder/none", true },
		{ "none/none", true }, /* nor is its folder */
		{ "none/none/none", true },
		{ "to-folder/none", true },
		{ "/none-at-all", true },
		{ "file", false },
		{ "folder", false },
		{ "to-folder/file", false },
		{ "to-none", false }, /* the link is there */
		{ "to-itself", false },
		{ "to-none/none", false }, /* what it should be in cannot be looked at */
		{ "to-none/none/none", false },
		{ "to-itself/none", false },
		{ "file/none", false },
		{ "/", false },
		{ ".", false },
	};
	char folder[] = "/tmp/roomd-test-absent-XXXXXX";
	unsigned failed = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(fclose(fopen("file", "we")), 0);
	assert_int_equal(fclose(fopen("folder/file", "we")), 0);
	assert_int_equal(symlink("folder", "to-folder"), 0);
	assert_int_equal(symlink("none", "to-none"), 0);
	assert_int_equal(symlink("to-itself", "to-itself"), 0);
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (path_is_absent(rows[i].path) != rows[i].absent)
			failed += row_fails("%s: %s", rows[i].path,
			                    rows[i].absent ? "is not absent" : "is absent");
	assert_int_equal(failed, 0);
	assert_int_equal(unlink("to-itself") + unlink("to-none") + unlink("to-folder"), 0);
	assert_int_equal(unlink("folder/file") + unlink("file") + rmdir("folder"), 0);
	assert_int_equal(chdir("/") + rmdir(folder), 0);
}

/* Root may search everything, so it is tried as somebody else, where that can be had. */
static void test_folder_that_may_not_be_searched(void **state)
{
	char folder[] = "/tmp/roomd-test-absent-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chmod(folder, 0), 0);
	snprintf(path, sizeof path, "%s/none", folder);
	if (geteuid() == 0 && seteuid(65534) < 0)
		skip();
	assert_false(path_is_absent(path));
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_folder_that_may_not_be_searched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
