/* What the mirror knows of a component that is no more, of which an event is still told. */
#include "client/mirror-internal.h"

#include <stdlib.h>

#include "helpers.h"

static const char kinds[] = "{\"DoorLock\":{\"path\":\"door_lock\",\"class\":\"lock\"},\"Fan\":{\"path\":\"fan\"},\"Odd\":{}}";

static void expect_gone(const struct mirror *mirror, const char *path, const char *kind, const char *name, const char *class)
{
	_cleanup_(cleanup_free) char *its_name = NULL;
	struct mirror_component gone;

	assert_true(mirror_make_gone(mirror, path, &gone, &its_name));
	assert_string_equal(gone.path, path);
	assert_string_equal(gone.kind, kind);
	assert_string_equal(gone.name, name);
	assert_string_equal(member_text(gone.description, "class"), class);
	assert_null(gone.properties);
}

static void test_what_is_known_of_one_that_is_gone(void **state)
{
	struct mirror mirror = { .kinds = json_tokener_parse(kinds) };

	(void)state;
	assert_non_null(mirror.kinds);
	expect_gone(&mirror, "/org/roomd1/door_lock/front", "DoorLock", "front", "lock");
	expect_gone(&mirror, "/org/roomd1/fan/back_20door", "Fan", "back door", "");
	json_free(mirror.kinds);
}

static void test_what_is_none(void **state)
{
	static const char *const paths[] = {
		"/org/roomd1/door/front", "/org/roomd1/door_lock", "/org/roomd1", "/", "/org/roomd2/fan/a",
		"/org/roomd1//a",
	};
	struct mirror mirror = { .kinds = json_tokener_parse(kinds) };

	(void)state;
	for (int known = 1; known >= 0; known--) {
		for (size_t i = 0; i < ELEMENTS(paths); i++) {
			_cleanup_(cleanup_free) char *name = NULL;
			struct mirror_component gone;

			if (mirror_make_gone(&mirror, paths[i], &gone, &name))
				fail_msg("%s is %s %s", paths[i], gone.kind, gone.name);
		}
		mirror.kinds = json_free(mirror.kinds); /* not answered yet */
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_known_of_one_that_is_gone),
		cmocka_unit_test(test_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
