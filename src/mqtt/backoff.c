#include "mqtt/backoff.h"

/* splitmix64: each seed is as good as another. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint32_t between(struct backoff *backoff, uint32_t least_ms, uint32_t most_ms)
{
	return least_ms + (uint32_t)(next_random(&backoff->random) % (most_ms - least_ms + 1));
}

void backoff_init(struct backoff *backoff, uint64_t seed)
{
	*backoff = (struct backoff){ .random = seed, .bound_ms = BACKOFF_FIRST_BOUND_MS };
}

uint32_t backoff_lost(struct backoff *backoff)
{
	backoff->bound_ms = BACKOFF_LONGEST_MS;
	return between(backoff, 0, BACKOFF_SPREAD_MS);
}

uint32_t backoff_failed(struct backoff *backoff)
{
	uint32_t delay_ms = between(backoff, BACKOFF_SHORTEST_MS, backoff->bound_ms);
	uint32_t doubled_ms = backoff->bound_ms * 2;

	backoff->bound_ms = doubled_ms < BACKOFF_LONGEST_MS ? doubled_ms : BACKOFF_LONGEST_MS;
	return delay_ms;
}
