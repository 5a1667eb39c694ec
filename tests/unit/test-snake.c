#include "util/snake.h"

#include <string.h>

#include "helpers.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *kind, *snake;
		size_t size;
	} rows[] = {
		{ "MotionSensor", "motion_sensor", 32 },
		{ "DoorLock", "door_lock", 32 },
		{ "Lamp", "lamp", 32 },
		{ "lamp", "lamp", 32 },
		{ "ABC", "a_b_c", 32 },
		{ "EdgesLost", "edges_lost", 32 },
		{ "Co2Sensor", "co2_sensor", 32 },
		{ "", "", 32 },
		{ "MotionSensor", "motion_sensor", 14 },
		{ "MotionSensor", "motion_senso", 13 },
		{ "MotionSensor", "motion_", 8 },
		{ "MotionSensor", "motion", 7 },
		{ "MotionSensor", "", 1 },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		char buffer[33];

		memset(buffer, 'x', sizeof buffer);
		assert_ptr_equal(snake_case(rows[i].kind, buffer, rows[i].size), buffer);
		if (strcmp(buffer, rows[i].snake) != 0)
			wrong += row_fails("%s in %zu: %s, expected %s", rows[i].kind, rows[i].size, buffer,
			                   rows[i].snake);
		else if (buffer[rows[i].size] != 'x')
			wrong += row_fails("%s in %zu: more was written", rows[i].kind, rows[i].size);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
