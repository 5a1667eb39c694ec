/* When the sun rises and sets. Pure.
 *
 * As in almanacs, these are the times when the sun's upper edge is at the horizon of the sea: its centre is
 * 50' below then, of which the air's refraction makes 34'. The sun's position is computed with Meeus' low
 * accuracy method (Astronomical Algorithms, chapter 25: 0.01 degrees). So between the polar circles the times
 * are right to some seconds. A hill or a house in the way makes a difference of many minutes. */
#pragma once

#include <stdint.h>

/* The sun's day at one place: UTC, in seconds since 1970, rise <= noon <= set. Where it does not rise, all three are noon;
 * where it does not set, it rises at the midnight before and sets at the one after. So a day that gets longer or shorter with
 * the season has no jump in it. */
struct sun_day {
	int64_t rise, noon, set;
};

/* The sun's day whose noon is the nearest to `near`. Degrees, north and east positive: latitude -90 to 90, longitude -180 to
 * 180. */
struct sun_day sun_day(int64_t near, double latitude, double longitude);
