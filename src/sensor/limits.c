#include "sensor/limits.h"

/* Comparisons with NAN are false: a limit that is not set is never passed. */
static enum limits_state next_state(const struct limits *limits, double value)
{
	if (value > limits->high)
		return LIMITS_HIGH;
	if (value < limits->low)
		return LIMITS_LOW;
	if (limits->state == LIMITS_HIGH && value > limits->high - limits->hysteresis)
		return LIMITS_HIGH;
	if (limits->state == LIMITS_LOW && value < limits->low + limits->hysteresis)
		return LIMITS_LOW;
	return LIMITS_NORMAL;
}

bool limits_update(struct limits *limits, double value)
{
	enum limits_state before = limits->state;

	limits->state = next_state(limits, value);
	return limits->state != before;
}
