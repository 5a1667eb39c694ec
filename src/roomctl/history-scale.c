#include "roomctl/history-scale.h"

#include <math.h>
#include <stdio.h>

#define BEYOND 1e100
#define DECIMALS_MAX 9
#define LARGE 1e7
#define RESOLUTION 1e-9
/* Of what is computed, this part of a step is rounding. */
#define ROUNDING 1e-9

static double bounded(double value)
{
	if (!isfinite(value))
		return isinf(value) ? copysign(BEYOND, value) : 0;
	return fmax(-BEYOND, fmin(BEYOND, value));
}

/* The least 1, 2 or 5 times a power of ten that is not below it. */
static double nice_step(double least)
{
	double power = pow(10, floor(log10(least)));

	for (size_t i = 0; i < 3; i++) {
		double step = power * (const double[]){ 1, 2, 5 }[i];

		if (step >= least * (1 - ROUNDING))
			return step;
	}
	return 10 * power;
}

static unsigned decimals_of(double step)
{
	double digits = -floor(log10(step) + ROUNDING);

	return digits <= 0 ? 0 : digits < DECIMALS_MAX ? (unsigned)digits : DECIMALS_MAX;
}

static struct history_scale scale_of(double low, double high, double step)
{
	struct history_scale scale = { .step = step, .decimals = decimals_of(step) };

	scale.low = floor(low / step + ROUNDING) * step;
	scale.steps = (size_t)fmax(1, ceil((high - scale.low) / step - ROUNDING));
	scale.high = scale.low + (double)scale.steps * step;
	return scale;
}

struct history_scale history_scale_for(double low, double high, size_t most, unsigned precision)
{
	double digit, step;
	struct history_scale scale;

	low = bounded(low);
	high = fmax(low, bounded(high));
	/* What rounding could take for something else is no step. */
	digit = fmax(pow(10, -(double)(precision < DECIMALS_MAX ? precision : DECIMALS_MAX)),
	             fmax(fabs(low), fabs(high)) * RESOLUTION);
	most = most > 0 ? most : 1;
	step = nice_step(fmax((high - low) / (double)most, digit));
	scale = scale_of(low, high, step);
	while (scale.steps > most) { /* the low end is before what was asked for */
		step = nice_step(step * 1.5);
		scale = scale_of(low, high, step);
		if (most == 1 && low < 0 && high > 0) /* no step has 0 within */
			return (struct history_scale){ -step, step, 2 * step, 1, decimals_of(step) };
	}
	return scale;
}

char *history_scale_label(const struct history_scale *scale, size_t i, char buffer[static HISTORY_LABEL_SIZE])
{
	double value = scale->low + (double)i * scale->step;

	if (fabs(value) < scale->step * ROUNDING)
		value = 0; /* not "-0" */
	if (fabs(scale->low) >= LARGE || fabs(scale->high) >= LARGE)
		snprintf(buffer, HISTORY_LABEL_SIZE, "%.4g", value);
	else
		snprintf(buffer, HISTORY_LABEL_SIZE, "%.*f", (int)scale->decimals, value);
	return buffer;
}

double history_scale_place(const struct history_scale *scale, double value)
{
	double place = (bounded(value) - scale->low) / (scale->high - scale->low);

	return isnan(value) || place < 0 ? 0 : fmin(place, 1);
}

static bool range_of_points(const struct history_series *series, double *ret_low, double *ret_high)
{
	bool found = false;

	for (size_t i = 0; i < series->n; i++) {
		const struct history_point *point = &series->points[i];

		if (point->state != HISTORY_KNOWN || isnan(point->min) || isnan(point->max))
			continue;
		*ret_low = found ? fmin(*ret_low, bounded(point->min)) : bounded(point->min);
		*ret_high = found ? fmax(*ret_high, bounded(point->max)) : bounded(point->max);
		found = true;
	}
	return found;
}

bool history_scale_range(const struct history_series *series, double *ret_low, double *ret_high)
{
	double low, high, spread;

	if (!range_of_points(series, &low, &high))
		return false;
	spread = fmax(high - low, 10 * pow(10, -(double)series->precision));
	*ret_low = low;
	*ret_high = high;
	for (size_t i = 0; i < series->limits_n; i++) {
		double limit = series->limits[i].value;

		if (limit >= low - spread && limit <= high + spread) {
			*ret_low = fmin(*ret_low, limit);
			*ret_high = fmax(*ret_high, limit);
		}
	}
	return true;
}
