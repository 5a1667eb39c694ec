/* How long to wait before the next attempt to connect, by chance: of many hubs that lost their broker in the same moment
 * never more than a tenth come back within one second. Pure: whoever asks waits. */
#pragma once

#include <stdint.h>

/* After a connection that was lost the first attempt is within this time. Two hundred hubs: five a second. Those after it are
 * at the longest bound at once: while a broker is away for 25 s, hubs that hurry would heap up, and come together. */
#define BACKOFF_SPREAD_MS 40000

/* Of a hub that has had no connection yet: between the first and a bound that begins here and doubles up to the last. */
#define BACKOFF_SHORTEST_MS 1000
#define BACKOFF_FIRST_BOUND_MS 8000
#define BACKOFF_LONGEST_MS 60000

struct backoff {
	uint64_t random; /* the generator's state */
	uint32_t bound_ms;
};

/* `seed`: any number; the same one gives the same times. */
void backoff_init(struct backoff *backoff, uint64_t seed);

/* The time in ms until the first attempt after a connection that held: 0 to BACKOFF_SPREAD_MS. */
uint32_t backoff_lost(struct backoff *backoff);

/* The time in ms until the next attempt after one that failed, or after a connection that did not hold. */
uint32_t backoff_failed(struct backoff *backoff);
