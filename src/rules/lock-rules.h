/* What a door lock does: alerts at motion while locked, and a button that acknowledges, unlocks and locks.
 * Pure: times come in, decisions stand in the structure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lock_rules {
	uint64_t alert_interval_ns;
	uint64_t alert_ns;  /* when the last one was raised; 0: none was, or nobody knows */
	uint64_t forced_ns; /* the same of the last that was for a door forced open */
	/* Decisions: */
	bool locked;
	bool alert; /* one is open: raised, and neither acknowledged nor unlocked since */
};

/* What came of it. */
enum lock_outcome {
	LOCK_NOTHING,
	LOCK_ALERT,
	LOCK_ACKNOWLEDGED,
	LOCK_LOCKED,
	LOCK_UNLOCKED,
};

void lock_rules_init(struct lock_rules *rules, bool locked, uint64_t alert_interval_ns);

/* Motion near the door at `at_ns` (CLOCK_MONOTONIC): an alert if locked, but no more than one in the
 * interval, whatever was acknowledged in between. */
enum lock_outcome lock_rules_motion(struct lock_rules *rules, uint64_t at_ns);

/* The door was opened while it was locked, at `at_ns`: an alert, whatever motion has raised; no more than one such in the
 * interval. */
enum lock_outcome lock_rules_forced(struct lock_rules *rules, uint64_t at_ns);

/* The button was pressed: acknowledges an open alert; with none open locks or unlocks. */
enum lock_outcome lock_rules_press(struct lock_rules *rules);

/* Somebody locks, or unlocks, which ends an open alert. LOCK_NOTHING if it is so already. */
enum lock_outcome lock_rules_set(struct lock_rules *rules, bool locked);

/* Somebody has seen the alert. LOCK_NOTHING if none is open. */
enum lock_outcome lock_rules_acknowledge(struct lock_rules *rules);
