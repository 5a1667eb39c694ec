/* What a terminal sends, and which key is whose. */
#include "try/live-keys.h"

#include <string.h>

#include "helpers.h"

/* All keys of a text. */
static void expect_keys(const char *text, const int *keys, size_t n)
{
	size_t used = 0, length = strlen(text);
	int key;

	for (size_t i = 0; i < n; i++) {
		size_t here = live_key_next(text + used, length - used, false, &key);

		assert_true(here > 0);
		assert_int_equal(key, keys[i]);
		used += here;
	}
	assert_int_equal(used, length);
}

static void test_keys(void **state)
{
	static const int keys[] = { 'm', LIVE_KEY_UP, LIVE_KEY_RIGHT, '+', LIVE_KEY_PAGE_DOWN, LIVE_KEY_HOME, LIVE_KEY_NONE, 'Q' };

	(void)state;
	expect_keys("m\033[A\033OC+\033[6~\033[1~\033[1;5CQ", keys, sizeof keys / sizeof *keys);
}

static void test_pieces(void **state)
{
	int key = 0;

	(void)state;
	assert_int_equal(live_key_next("", 0, true, &key), 0);
	assert_int_equal(live_key_next("\033", 1, false, &key), 0);
	assert_int_equal(live_key_next("\033[", 2, false, &key), 0);
	assert_int_equal(live_key_next("\033[6", 3, false, &key), 0);
	assert_int_equal(live_key_next("\033", 1, true, &key), 1);
	assert_int_equal(key, LIVE_KEY_ESCAPE);
	assert_int_equal(live_key_next("\033q", 2, false, &key), 1);
	assert_int_equal(key, LIVE_KEY_ESCAPE);
}

static void test_bytes_of_utf8(void **state)
{
	int key;

	(void)state;
	assert_int_equal(live_key_next("\xc3\xa4", 2, false, &key), 1);
	assert_int_equal(key, 0xc3);
}

static void test_size(void **state)
{
	size_t rows, columns;

	(void)state;
	assert_int_equal(live_size_next("\033[24;80Rm", 9, &rows, &columns), 8);
	assert_int_equal(rows, 24);
	assert_int_equal(columns, 80);
	assert_int_equal(live_size_next("\033[24;80", 7, &rows, &columns), 0);
	assert_int_equal(live_size_next("\033[A", 3, &rows, &columns), 0);
	assert_int_equal(live_size_next("\033[24~", 5, &rows, &columns), 0);
	assert_int_equal(live_size_next("R", 1, &rows, &columns), 0);
}

static void test_whose(void **state)
{
	static const char *const names[] = { "MotionSensor hall", "LightController hall", "MotionSensor garden",
		                             "MotionSensor garage", "Button quiz", "Motion quu" };
	static const bool wanted[] = { true, false, true, true, true, true };
	char keys[6];

	(void)state;
	live_keys_assign(names, wanted, 6, keys);
	assert_memory_equal(keys, "m\0sgbu", 6);
}

/* Nobody has q, which ends it; when all are taken, the others have none. */
static void test_too_many(void **state)
{
	const char *names[50];
	bool wanted[50];
	char keys[50];

	(void)state;
	for (size_t i = 0; i < 50; i++) {
		names[i] = "Quince q";
		wanted[i] = true;
	}
	live_keys_assign(names, wanted, 50, keys);
	assert_null(memchr(keys, 'q', 50));
	for (size_t i = 0; i < 35; i++)
		assert_null(memchr(keys + i + 1, keys[i], 49 - i));
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(keys[i] != 0, i < 35);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_bytes_of_utf8),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_whose),
		cmocka_unit_test(test_too_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
