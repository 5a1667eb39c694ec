#include "rules/sun.h"

#include <math.h>

#define DAY_S 86400.0
/* 2000-01-01 12:00 UTC. That it is a minute off dynamical time moves the sun by less than what is computed anyway. */
#define J2000_S 946728000.0
#define RADIANS (M_PI / 180)
#define HORIZON (-50.0 / 60 * RADIANS)

struct sun {
	double declination; /* radians */
	double ahead_s;     /* of the mean sun, in time: the equation of time */
};

/* Meeus, chapters 25 (the sun's longitude) and 28 (the equation of time). */
static struct sun sun_at(double s)
{
	double t = (s - J2000_S) / DAY_S / 36525;
	double mean_longitude = (280.46646 + t * (36000.76983 + t * 0.0003032)) * RADIANS;
	double anomaly = (357.52911 + t * (35999.05029 - t * 0.0001537)) * RADIANS;
	double node = (125.04 - 1934.136 * t) * RADIANS;
	double centre = (1.914602 - t * 0.004817) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly);
	double longitude = mean_longitude + (centre - 0.00569 - 0.00478 * sin(node)) * RADIANS;
	double obliquity = (23.439291 - 0.0130042 * t + 0.00256 * cos(node)) * RADIANS;
	double right_ascension = atan2(cos(obliquity) * sin(longitude), cos(longitude));

	return (struct sun){
		.declination = asin(sin(obliquity) * sin(longitude)),
		.ahead_s = remainder(mean_longitude - 0.0057183 * RADIANS - right_ascension, 2 * M_PI) / (2 * M_PI) * DAY_S,
	};
}

/* When the sun passes the meridian, as it moves at `s`. */
static double noon_of(double mean_noon, double s)
{
	return mean_noon - sun_at(s).ahead_s;
}

/* Noon, or half a day later midnight. */
static double at_meridian(double mean)
{
	return noon_of(mean, noon_of(mean, mean));
}

/* Of the angle from noon to the horizon. Beyond 1 and -1: it does not rise, or set. */
static double cosine_at_horizon(double s, double latitude)
{
	struct sun sun = sun_at(s);

	return (sin(HORIZON) - sin(latitude) * sin(sun.declination)) / (cos(latitude) * cos(sun.declination));
}

/* The sun moves on while it is light: so its position is taken when it is at the horizon, and that again. In a polar
 * night it is at the horizon at noon, in a polar day at midnight, which is the very same for two days. */
static double at_horizon(double mean_noon, double latitude, int direction)
{
	double s = at_meridian(mean_noon), cosine = 0;

	for (int i = 0; i < 5; i++) {
		cosine = cosine_at_horizon(s, latitude);
		s = noon_of(mean_noon, s) + direction * acos(fmin(1, fmax(-1, cosine))) / (2 * M_PI) * DAY_S;
	}
	if (cosine >= 1)
		return at_meridian(mean_noon);
	return cosine <= -1 ? at_meridian(mean_noon + direction * DAY_S / 2) : s;
}

struct sun_day sun_day(int64_t near, double latitude, double longitude)
{
	double of_day = (0.5 - longitude / 360) * DAY_S;
	double mean_noon = round(((double)near - of_day) / DAY_S) * DAY_S + of_day;
	/* At a pole itself there is no meridian; next to it there is. */
	double safe = fmin(89.999, fmax(-89.999, latitude)) * RADIANS;

	return (struct sun_day){
		.rise = llround(at_horizon(mean_noon, safe, -1)),
		.noon = llround(at_meridian(mean_noon)),
		.set = llround(at_horizon(mean_noon, safe, 1)),
	};
}
