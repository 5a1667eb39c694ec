#include "mqtt/backoff.h"

#include <stdlib.h>

#include "helpers.h"
#include "util/cleanup.h"

#define HUBS 200
#define FLEETS 200

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* A hub that loses its broker at 0: when it connects to the one that is there again after this time. */
static uint64_t connects_at_ms(uint64_t seed, uint64_t outage_ms)
{
	struct backoff backoff;
	uint64_t at_ms;

	backoff_init(&backoff, seed);
	at_ms = backoff_lost(&backoff);
	while (at_ms < outage_ms)
		at_ms += backoff_failed(&backoff);
	return at_ms;
}

/* The most connects of a fleet within one second, wherever it begins. */
static size_t most_in_a_second(uint64_t fleet, uint64_t outage_ms)
{
	uint64_t at_ms[HUBS];
	size_t most = 0;

	for (size_t i = 0; i < HUBS; i++)
		at_ms[i] = connects_at_ms(fleet * HUBS + i, outage_ms);
	qsort(at_ms, HUBS, sizeof at_ms[0], compare);
	for (size_t first = 0, i = 0; i < HUBS; i++) {
		while (at_ms[first] + 1000 <= at_ms[i])
			first++;
		if (i - first + 1 > most)
			most = i - first + 1;
	}
	return most;
}

/* However long the broker was away. It is chance, so one fleet in fifty may have a second with more. */
static void test_storm(void **state)
{
	static const uint64_t outages_ms[] = { 0,     1000,  3000,  5000,  8000,  10000, 15000,  20000,
		                               25000, 30000, 35000, 40000, 50000, 60000, 120000, 600000 };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(outages_ms); i++) {
		size_t too_many = 0;

		for (uint64_t fleet = 0; fleet < FLEETS; fleet++)
			too_many += most_in_a_second(fleet, outages_ms[i]) > HUBS / 10;
		if (too_many > FLEETS / 50)
			fail_msg("away for %u s: %zu of %d fleets have more than a tenth of their connects in a second",
			         (unsigned)(outages_ms[i] / 1000), too_many, FLEETS);
	}
}

/* A hub that has just started has lost nobody: it tries soon, then more and more seldom. */
static void test_start(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		uint32_t bound_ms = BACKOFF_FIRST_BOUND_MS;
		struct backoff backoff;

		backoff_init(&backoff, seed);
		for (int i = 0; i < 8; i++) {
			uint32_t delay_ms = backoff_failed(&backoff);

			assert_in_range(delay_ms, BACKOFF_SHORTEST_MS, bound_ms);
			bound_ms = bound_ms * 2 < BACKOFF_LONGEST_MS ? bound_ms * 2 : BACKOFF_LONGEST_MS;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_start),
	};

	return cmocka_run_group_tests_name("mqtt-backoff", tests, NULL, NULL);
}
