/* When a light is on: from the first motion until all sensors are clear and the off-delay has passed. Pure:
 * times come in, decisions stand in the structure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct light_rules {
	uint64_t off_delay_ns;
	unsigned active;        /* sensors that see motion */
	uint64_t last_clear_ns; /* the latest motion_cleared */
	/* Decisions: */
	bool on;
	uint64_t off_at_ns; /* CLOCK_MONOTONIC; NEVER_NS (util/clock.h) if no delay is running */
};

void light_rules_init(struct light_rules *rules, uint64_t off_delay_ns);

/* A sensor, whose state so far is `*sensor_active` (false at first), sees motion or none since `at_ns`. True
 * if `on` has changed. */
bool light_rules_motion(struct light_rules *rules, bool *sensor_active, bool active, uint64_t at_ns);

/* After the structure was filled with what another one decided, and the sensors told what they see: a delay
 * that was running gets the length that is set now, and a light that nobody keeps on begins its delay. True
 * if `on` has changed. */
bool light_rules_resume(struct light_rules *rules, uint64_t now_ns);

/* It is `now_ns`. True if `on` has changed. */
bool light_rules_time(struct light_rules *rules, uint64_t now_ns);
