/* A meter that shows the same value for too long. */
#include "sensor/frozen.h"

#include "helpers.h"

/* So many readings of a value; how many of them were the one that was too many. */
static unsigned take(struct frozen *frozen, double value, unsigned times, uint64_t most)
{
	unsigned n = 0;

	while (times-- > 0)
		n += frozen_update(frozen, value, most);
	return n;
}

static void test_said_once(void **state)
{
	struct frozen frozen = { 0 };

	(void)state;
	assert_int_equal(take(&frozen, 25.0625, 4, 5), 0);
	assert_false(frozen_is(&frozen, 5));
	assert_int_equal(take(&frozen, 25.0625, 1, 5), 1);
	assert_true(frozen_is(&frozen, 5));
	assert_int_equal(take(&frozen, 25.0625, 100, 5), 0);
	assert_true(frozen_is(&frozen, 5));
}

static void test_any_change_begins_anew(void **state)
{
	struct frozen frozen = { 0 };

	(void)state;
	assert_int_equal(take(&frozen, 25, 9, 5), 1);
	assert_int_equal(take(&frozen, 25.0078125, 4, 5), 0);
	assert_false(frozen_is(&frozen, 5));
	assert_int_equal(take(&frozen, 25.0078125, 1, 5), 1);
	/* From one value to another and back there are two changes. */
	assert_int_equal(take(&frozen, 25, 1, 5) + take(&frozen, 25.0078125, 4, 5), 0);
}

static void test_not_asked_for(void **state)
{
	struct frozen frozen = { 0 };

	(void)state;
	assert_int_equal(take(&frozen, 0, 1000, 0), 0);
	assert_false(frozen_is(&frozen, 0));
}

/* The first reading may be 0, as a value that nobody has set is. */
static void test_first_reading_of_zero(void **state)
{
	struct frozen frozen = { 0 };

	(void)state;
	assert_int_equal(take(&frozen, 0, 2, 3), 0);
	assert_int_equal(take(&frozen, 0, 1, 3), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said_once),
		cmocka_unit_test(test_any_change_begins_anew),
		cmocka_unit_test(test_not_asked_for),
		cmocka_unit_test(test_first_reading_of_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
