/* What comes to a broker when somebody tries everything: commands that have been changed, JSON that is broken, numbers that
 * are too long, wrong UTF-8, and topics that nobody has thought of. The same for the same seed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOISE_PAYLOAD_MAX 70000
#define NOISE_TOPIC_SIZE 1200

struct noise {
	char topic[NOISE_TOPIC_SIZE];
	char payload[NOISE_PAYLOAD_MAX];
	size_t length;
	bool retained;
};

/* Any payload: what the room takes for a command among it, about one in twenty. Sets `payload` and `length`. */
void noise_make_payload(struct noise *noise, uint64_t *seed);

/* A whole message to the hub "pi", any one; and whether it may switch its LightController "light" or its Switch "fan", by
 * what command-oracle.h says of it. Only few different topics are retained ones. */
void noise_make_any(struct noise *noise, uint64_t *seed);
bool noise_may_switch(const struct noise *noise);

/* The same, but never one that may switch; of how many that was said is counted in `kept_back`. */
void noise_make(struct noise *noise, uint64_t *seed, uint64_t *kept_back);
