#define _GNU_SOURCE
#include "util/chance.h"

#include <sys/random.h>
#include <time.h>

#include "util/clock.h"

uint64_t chance(void)
{
	uint64_t number;

	if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
		number = clock_now_ns(CLOCK_REALTIME) * UINT64_C(0x9e3779b97f4a7c15);
	return number;
}
