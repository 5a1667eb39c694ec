/* A meter that shows the same value again and again: it may be the room that does not change, or a converter
 * that has stopped and whose last value is read for ever. How many equal readings are too many depends on its
 * resolution and its room, so that is asked of the configuration (FrozenReadings=). Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* All zero at first; the fields are kept over a restart by whoever has it. */
struct frozen {
	double value;   /* of the last reading, as the device has it */
	uint64_t equal; /* readings in a row that were this, this one among them; 0: none yet */
};

/* Takes in a reading. True if it is the one with which `most` readings in a row were the same; 0: never. */
bool frozen_update(struct frozen *frozen, double value, uint64_t most);

/* Whether it still is. */
bool frozen_is(const struct frozen *frozen, uint64_t most);
