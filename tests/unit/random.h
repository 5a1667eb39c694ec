/* Numbers that look like chance and are the same in each run. */
#pragma once

#include <stdint.h>

/* From `least` to `most`, both included. */
static inline uint64_t random_between(uint64_t *seed, uint64_t least, uint64_t most)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return least + (*seed >> 33) % (most - least + 1);
}
