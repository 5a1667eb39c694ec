/* What a door lock does: alerts at motion while locked, and a button that acknowledges, unlocks and locks.
 * Pure: times come in, decisions are in the structure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lock_rules {
	uint64_t alert_interval_ns;
	uint64_t alert_ns;  /* when the last alert was raised; 0: there was none, or it is not known */
	uint64_t forced_ns; /* the same for the last alert for a door that was forced open */
	/* Decisions: */
	bool locked;
	bool alert; /* an alert is open: raised, and neither acknowledged nor ended by unlocking */
};

/* The result. */
enum lock_outcome {
	LOCK_NOTHING,
	LOCK_ALERT,
	LOCK_ACKNOWLEDGED,
	LOCK_LOCKED,
	LOCK_UNLOCKED,
};

void lock_rules_init(struct lock_rules *rules, bool locked, uint64_t alert_interval_ns);

/* Motion near the door at `at_ns` (CLOCK_MONOTONIC): an alert if it is locked, but no more than one in the
 * interval, even if that was acknowledged. */
enum lock_outcome lock_rules_motion(struct lock_rules *rules, uint64_t at_ns);

/* The door was opened while it was locked, at `at_ns`: an alert, even if motion has raised one; no more than
 * one of this sort in the interval. */
enum lock_outcome lock_rules_forced(struct lock_rules *rules, uint64_t at_ns);

/* The button was pressed: acknowledges an open alert; if none is open, locks or unlocks. */
enum lock_outcome lock_rules_press(struct lock_rules *rules);

/* Somebody locks, or unlocks, which ends an open alert. LOCK_NOTHING if it is so already. */
enum lock_outcome lock_rules_set(struct lock_rules *rules, bool locked);

/* Somebody has seen the alert. LOCK_NOTHING if none is open. */
enum lock_outcome lock_rules_acknowledge(struct lock_rules *rules);
