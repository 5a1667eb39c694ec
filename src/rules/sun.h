/* When the sun rises and sets. Pure.
 *
 * The upper edge of the sun at the horizon of the sea, as almanacs have it: its centre 50' below, of which 34' are the air's
 * refraction. The position of the sun is Meeus' of low accuracy (Astronomical Algorithms, chapter 25: 0.01 degrees), so the
 * times are good to some seconds between the polar circles. A hill or a house in the way is many minutes. */
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
