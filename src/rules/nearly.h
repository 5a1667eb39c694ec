/* Numbers that people write are decimal, and what is computed from them is a little beside. */
#pragma once

/* A part of a number that no sensor resolves, and far more than what rounding adds up to. */
#define NEARLY_PART 1e-6

/* A distance as long as this passes for it, whichever way it was rounded: */
static inline double nearly_less(double distance)
{
	return distance * (1 - NEARLY_PART);
}

static inline double nearly_more(double distance)
{
	return distance * (1 + NEARLY_PART);
}
