/* A meter that shows the same value again and again. Either the room does not change, or its converter has
 * stopped, and the last value is read for ever. How many equal readings are too many depends on the
 * resolution and on the room, so the configuration says it (FrozenReadings=). Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* All zero at first. The owner keeps the fields over a restart. */
struct frozen {
	double value;   /* of the last reading, as the device shows it */
	uint64_t equal; /* how many readings in a row had this value, including the last; 0: none yet */
};

/* Takes in a reading. True if it is the one that makes `most` equal readings in a row; never if `most` is 0. */
bool frozen_update(struct frozen *frozen, double value, uint64_t most);

/* True if the value is frozen now. */
bool frozen_is(const struct frozen *frozen, uint64_t most);
