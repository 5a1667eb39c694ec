/* How long to wait before the next attempt to connect. The time is random: if many hubs lose their broker at
 * the same moment, never more than a tenth of them come back within one second. Pure: the caller does the
 * waiting. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* After a connection was lost, the first attempt is within this time, and each further attempt this long
 * after the one before, plus or minus a sixth. Two hundred hubs make six attempts a second, however long
 * their broker is away. Shorter waits after a failure would make more attempts, just when the broker comes
 * back. */
#define BACKOFF_SPREAD_MS 36000

/* If there was no connection yet, a person may be waiting: the time is between the first value below and a
 * bound, which begins at the second and doubles up to the third. */
#define BACKOFF_SHORTEST_MS 1000
#define BACKOFF_FIRST_BOUND_MS 8000
#define BACKOFF_LONGEST_MS 60000

struct backoff {
	uint64_t random; /* the generator's state */
	uint32_t bound_ms;
	bool lost; /* there was a connection */
};

/* `seed`: any number; the same one gives the same times. */
void backoff_init(struct backoff *backoff, uint64_t seed);

/* The time in ms until the first attempt after a connection that held: 0 to BACKOFF_SPREAD_MS. */
uint32_t backoff_lost(struct backoff *backoff);

/* The time in ms until the next attempt after one that failed. */
uint32_t backoff_failed(struct backoff *backoff);
