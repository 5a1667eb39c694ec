/* Limits with hysteresis: when a value is too high, too low, or normal again. Pure. */
#pragma once

#include <stdbool.h>

enum limits_state {
	LIMITS_NORMAL,
	LIMITS_HIGH,
	LIMITS_LOW,
};

/* `high` and `low` are NAN for no limit; `hysteresis` is at least 0. Starts out normal. */
struct limits {
	double high, low, hysteresis;
	enum limits_state state;
};

/* Takes a new value (finite). Above `high` is high, and stays so until it is at most `high - hysteresis`;
 * below `low` is low until at least `low + hysteresis`. True if the state has changed. */
bool limits_update(struct limits *limits, double value);
