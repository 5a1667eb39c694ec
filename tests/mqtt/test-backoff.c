#include "mqtt/backoff.h"

#include <stdlib.h>
#include <string.h>

#include "helpers.h"

#define SEEDS 100
#define HUBS 200
#define TENTH (HUBS / 10)

/* Before there ever was a connection: a person waits. */
static void test_first_attempts(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct backoff backoff;
		uint32_t bound_ms = BACKOFF_FIRST_BOUND_MS;

		backoff_init(&backoff, seed);
		for (int i = 0; i < 20; i++) {
			assert_in_range(backoff_failed(&backoff), BACKOFF_SHORTEST_MS, bound_ms);
			bound_ms = bound_ms * 2 < BACKOFF_LONGEST_MS ? bound_ms * 2 : BACKOFF_LONGEST_MS;
		}
		assert_int_equal(bound_ms, BACKOFF_LONGEST_MS);
	}
}

/* All of the time between the bounds is used. */
static void test_whole_range(void **state)
{
	uint32_t least_ms = UINT32_MAX, most_ms = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		struct backoff backoff;
		uint32_t ms;

		backoff_init(&backoff, seed);
		ms = backoff_lost(&backoff);
		least_ms = ms < least_ms ? ms : least_ms;
		most_ms = ms > most_ms ? ms : most_ms;
	}
	assert_in_range(least_ms, 0, BACKOFF_SPREAD_MS / 100);
	assert_in_range(most_ms, BACKOFF_SPREAD_MS - BACKOFF_SPREAD_MS / 100, BACKOFF_SPREAD_MS);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* How many of the times are within one second, wherever that begins. */
static unsigned most_in_a_second(uint32_t *times, size_t n)
{
	unsigned most = 0;

	qsort(times, n, sizeof *times, compare);
	for (size_t first = 0, last = 0; last < n; last++) {
		while (times[last] - times[first] >= 1000)
			first++;
		most = last - first + 1 > most ? (unsigned)(last - first + 1) : most;
	}
	return most;
}

/* The broker of many hubs goes, and is there again `away_ms` later: the most connections within a second. */
static unsigned restart_broker(uint64_t seed, uint32_t away_ms, uint32_t *ret_last_ms)
{
	static uint32_t times[HUBS];

	for (unsigned i = 0; i < HUBS; i++) {
		struct backoff backoff;

		backoff_init(&backoff, seed * HUBS + i);
		times[i] = backoff_lost(&backoff);
		while (times[i] < away_ms)
			times[i] += backoff_failed(&backoff);
		*ret_last_ms = times[i] - away_ms > *ret_last_ms ? times[i] - away_ms : *ret_last_ms;
	}
	return most_in_a_second(times, HUBS);
}

static void test_many_hubs(void **state)
{
	static const uint32_t away_ms[] = { 0, 2000, 5000, 10000, 15000, 20000, 25000, 30000, 45000, 60000, 120000, 600000, 3600000 };
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(away_ms); i++) {
		unsigned most = 0;
		uint32_t last_ms = 0;

		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			unsigned n = restart_broker(seed, away_ms[i], &last_ms);

			most = n > most ? n : most;
		}
		print_message("# away for %u s: at most %u of %u connect within a second; the last after %u s\n", away_ms[i] / 1000, most,
		              HUBS, last_ms / 1000);
		if (most > TENTH)
			wrong += row_fails("away for %u ms: %u", away_ms[i], most);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_attempts),
		cmocka_unit_test(test_whole_range),
		cmocka_unit_test(test_many_hubs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
