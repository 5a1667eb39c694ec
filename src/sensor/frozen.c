#include "sensor/frozen.h"

bool frozen_update(struct frozen *frozen, double value, uint64_t most)
{
	if (frozen->equal > 0 && value == frozen->value) {
		frozen->equal++;
	} else {
		frozen->value = value;
		frozen->equal = 1;
	}
	return frozen->equal == most;
}

bool frozen_is(const struct frozen *frozen, uint64_t most)
{
	return most > 0 && frozen->equal >= most;
}
