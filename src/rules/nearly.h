/* People write decimal numbers, and results computed from them have small rounding errors. */
#pragma once

/* The part of a number that counts as rounding: far more than rounding errors add up to, and less than any
 * sensor resolves. */
#define NEARLY_PART 1e-6

/* Bounds that a distance still reaches if it was rounded down or up: */
static inline double nearly_less(double distance)
{
	return distance * (1 - NEARLY_PART);
}

static inline double nearly_more(double distance)
{
	return distance * (1 + NEARLY_PART);
}
