/* When a light is on: from the first motion until all sensors are clear and the off-delay has passed. Pure:
 * times come in, decisions are in the structure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A lamp that triggers the sensor does so within this time after it goes off, */
#define LIGHT_LOOP_WINDOW_NS UINT64_C(2000000000)
/* this many times in a row, without any other motion in between. A person who walks about is seen while the
 * light is on, or some time after it went off. To be seen within that window each time is a coincidence,
 * which does not happen often. */
#define LIGHT_LOOP_TIMES 20
/* With a shorter off-delay it is the sensor's own rhythm: a PIR is blind for up to 3 s after each motion, and
 * sees people right after that. */
#define LIGHT_LOOP_OFF_DELAY_NS UINT64_C(4000000000)

struct light_rules {
	uint64_t off_delay_ns;
	uint64_t ignore_ns;     /* for this long after the light was switched, motion does not switch it on */
	bool forbidden;         /* OnlyWhen= does not hold: motion does not switch it on */
	bool ignored;           /* the motion that the sensors see now was ignored */
	bool spent;             /* it has been on for long enough: the present motion does not keep it on */
	unsigned active;        /* sensors that see motion */
	uint64_t last_clear_ns; /* the latest motion_cleared */
	uint64_t switched_ns;   /* when the light was switched last; 0: not known */
	uint64_t delay_over_ns; /* when the off-delay was over last */
	/* A lamp that triggers the sensor: */
	uint64_t loop_off_ns; /* when the off-delay switched it off, if it is off; 0: it did not */
	unsigned loop_times;  /* how often in a row motion has followed that within the window */
	bool loop_said;
	/* Decisions: */
	bool on;
	uint64_t off_at_ns; /* CLOCK_MONOTONIC; NEVER_NS (util/clock.h) if no delay is running */
};

/* `ignore_ns` is 0 after it, and may be set then. */
void light_rules_init(struct light_rules *rules, uint64_t off_delay_ns);

/* A sensor, whose state so far is `*sensor_active` (false at first), sees motion or none since `at_ns`. True
 * if `on` has changed. */
bool light_rules_motion(struct light_rules *rules, bool *sensor_active, bool active, uint64_t at_ns);

/* After a restart: a sensor that saw motion before still does. What followed from that motion is already in
 * the kept structure; so it is ignored now. */
void light_rules_go_on(struct light_rules *rules, bool *sensor_active);

/* Whether OnlyWhen= holds (or is not known). If it begins to hold while there is motion, the light goes on. A
 * light that is on stays on, because its own lamp may have changed the condition. True if `on` has changed. */
bool light_rules_allow(struct light_rules *rules, bool allowed);

/* It has been on for so long that it is switched off (MaxOnSec=): until all sensors are clear and motion begins anew. */
void light_rules_cut(struct light_rules *rules);

/* The light was switched on or off at `at_ns`, by rules or by a person. */
void light_rules_switched(struct light_rules *rules, uint64_t at_ns);

/* Motion began at `at_ns`, and has switched the light on or not. To be called after the relay was switched.
 * True once, when the sensor seems to see again and again that the lamp goes off. */
bool light_rules_loops(struct light_rules *rules, bool switched_on, uint64_t at_ns);

/* After the structure was filled with the values that an earlier process kept, and the sensors have reported:
 * a delay that was running gets the present length, and a light that no sensor keeps on begins its delay.
 * True if `on` has changed. */
bool light_rules_resume(struct light_rules *rules, uint64_t now_ns);

/* It is `now_ns`. True if `on` has changed. */
bool light_rules_time(struct light_rules *rules, uint64_t now_ns);
