/* When a light is on: from the first motion until all sensors are clear and the off-delay has passed. Pure:
 * times come in, decisions stand in the structure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A lamp that triggers the sensor does so within this time after it goes off, */
#define LIGHT_LOOP_WINDOW_NS UINT64_C(2000000000)
/* so many times in a row, without any other motion in between. Somebody who walks about is seen while the
 * light is on, or some time after it went off; to be seen within that window each time takes luck, which is
 * used up after a few times. */
#define LIGHT_LOOP_TIMES 20
/* With a shorter off-delay it is the sensor's own rhythm: a PIR is blind for up to 3 s after each motion, and
 * sees whoever is there right after that. */
#define LIGHT_LOOP_OFF_DELAY_NS UINT64_C(4000000000)

struct light_rules {
	uint64_t off_delay_ns;
	uint64_t ignore_ns;     /* motion within so long after the light was switched does not switch it on */
	bool forbidden;         /* OnlyWhen= does not hold: motion does not switch it on */
	bool ignored;           /* what the sensors see has been ignored, and nothing since */
	bool spent;             /* it has been on for long enough: what the sensors see does not keep it on */
	unsigned active;        /* sensors that see motion */
	uint64_t last_clear_ns; /* the latest motion_cleared */
	uint64_t switched_ns;   /* when the light was switched last; 0: not known */
	uint64_t delay_over_ns; /* when the off-delay was over last */
	/* A lamp that triggers the sensor: */
	uint64_t loop_off_ns; /* when the off-delay switched it off, if it is off; 0: it did not */
	unsigned loop_times;  /* how often in a row motion has followed that at once */
	bool loop_said;
	/* Decisions: */
	bool on;
	uint64_t off_at_ns; /* CLOCK_MONOTONIC; NEVER_NS (util/clock.h) if no delay is running */
};

/* Nothing is ignored; `ignore_ns` is set afterwards. */
void light_rules_init(struct light_rules *rules, uint64_t off_delay_ns);

/* A sensor, whose state so far is `*sensor_active` (false at first), sees motion or none since `at_ns`. True
 * if `on` has changed. */
bool light_rules_motion(struct light_rules *rules, bool *sensor_active, bool active, uint64_t at_ns);

/* A sensor that was watched before goes on seeing motion: what followed from it stands in the structure,
 * which is filled with what another one decided; also that it was ignored. */
void light_rules_go_on(struct light_rules *rules, bool *sensor_active);

/* OnlyWhen= holds (or nobody knows) or not: a light that somebody waits for goes on; one that is on stays
 * so, whatever its own lamp makes of the condition. True if `on` has changed. */
bool light_rules_allow(struct light_rules *rules, bool allowed);

/* It has been on for so long that it is switched off (MaxOnSec=): until all sensors are clear and motion begins anew. */
void light_rules_cut(struct light_rules *rules);

/* The light itself, whoever decided it, was switched on or off at `at_ns`. */
void light_rules_switched(struct light_rules *rules, uint64_t at_ns);

/* Motion began at `at_ns`, and has switched it on or not: for after the relay. True once, when it looks as if
 * the lamp's going off is what the sensor sees, again and again. */
bool light_rules_loops(struct light_rules *rules, bool switched_on, uint64_t at_ns);

/* After the structure was filled with what another one decided, and the sensors told what they see: a delay
 * that was running gets the length that is set now, and a light that nobody keeps on begins its delay. True
 * if `on` has changed. */
bool light_rules_resume(struct light_rules *rules, uint64_t now_ns);

/* It is `now_ns`. True if `on` has changed. */
bool light_rules_time(struct light_rules *rules, uint64_t now_ns);
