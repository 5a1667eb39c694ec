#include "rules/filter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rules/nearly.h"

static enum filter_result refuse(struct filter *filter, enum filter_reason reason, double judged,
                                 double against)
{
	filter->reason = reason;
	filter->judged = judged;
	filter->against = against;
	return reason == FILTER_MAX_STEP ? FILTER_HELD : FILTER_REJECTED;
}

static void count_rejected(struct filter *filter)
{
	if (filter->rejected < UINT64_MAX)
		filter->rejected++;
}

static enum filter_result reject(struct filter *filter, enum filter_reason reason, double judged,
                                 double against)
{
	count_rejected(filter);
	return refuse(filter, reason, judged, against);
}

/* As the device shows it. */
static enum filter_result check_shown(struct filter *filter, const struct filter_settings *settings,
                                      double value)
{
	for (size_t i = 0; i < settings->reject_n; i++)
		if (fabs(value - settings->reject[i]) < FILTER_REJECT_NEARLY)
			return reject(filter, FILTER_REJECT, value, settings->reject[i]);
	return FILTER_PASSED;
}

static bool is_possible(const struct filter_settings *settings, double value)
{
	return !(value < settings->least) && !(value > settings->most);
}

static enum filter_result check_possible(struct filter *filter, const struct filter_settings *settings,
                                         double scaled, double *calibrated)
{
	bool below = *calibrated < settings->least;
	double bound = below ? settings->least : settings->most;

	if (!isfinite(*calibrated))
		return reject(filter, FILTER_NOT_FINITE, *calibrated, NAN);
	if (is_possible(settings, *calibrated))
		return FILTER_PASSED;
	if (!is_possible(settings, scaled))
		return reject(filter, below ? FILTER_BELOW_LEAST : FILTER_ABOVE_MOST, *calibrated, bound);
	*calibrated = bound;
	return FILTER_PASSED;
}

static enum filter_result check_valid(struct filter *filter, const struct filter_settings *settings,
                                      double value)
{
	if (value < settings->valid_min)
		return reject(filter, FILTER_VALID_MIN, value, settings->valid_min);
	if (value > settings->valid_max)
		return reject(filter, FILTER_VALID_MAX, value, settings->valid_max);
	return FILTER_PASSED;
}

/* Of what the device shows, into `*value`. */
static enum filter_result calibrate(struct filter *filter, const struct filter_settings *settings,
                                    double *value)
{
	double scaled = *value * settings->factor;
	enum filter_result result;

	result = check_shown(filter, settings, *value);
	if (result != FILTER_PASSED)
		return result;
	*value = scaled + settings->offset;
	result = check_possible(filter, settings, scaled, value);
	if (result != FILTER_PASSED)
		return result;
	return check_valid(filter, settings, *value);
}

static bool is_near(double a, double b, double max_step)
{
	return fabs(a - b) <= nearly_more(max_step);
}

static enum filter_result believe(struct filter *filter, double value)
{
	filter->ever = true;
	filter->believed = value;
	filter->holding = false;
	return FILTER_PASSED;
}

/* What was held is dropped, unless this confirms it. */
static enum filter_result check_step(struct filter *filter, double max_step, double value)
{
	bool near = !filter->ever || !(max_step >= 0) || is_near(value, filter->believed, max_step);

	if (!near && filter->holding && is_near(value, filter->held, max_step))
		return believe(filter, value);
	if (filter->holding)
		count_rejected(filter);
	if (near)
		return believe(filter, value);
	filter->holding = true;
	filter->held = value;
	return refuse(filter, FILTER_MAX_STEP, value, filter->believed);
}

static void add_to_window(struct filter *filter, unsigned most, double value)
{
	unsigned dropped = filter->window_n >= most ? filter->window_n - most + 1 : 0;

	filter->window_n -= dropped;
	memmove(filter->window, filter->window + dropped, filter->window_n * sizeof *filter->window);
	filter->window[filter->window_n++] = value;
}

/* Places of the window, in the order of their values. */
static void sort_window(const struct filter *filter, unsigned ret[static FILTER_MEDIAN_MAX])
{
	for (unsigned i = 0; i < filter->window_n; i++) {
		unsigned j = i;

		for (; j > 0 && filter->window[ret[j - 1]] > filter->window[i]; j--)
			ret[j] = ret[j - 1];
		ret[j] = i;
	}
}

/* Of an even number, which there is only at first, the earlier one of the two in the middle: the second
 * reading changes nothing yet, and the third decides. A mean would be a value that nobody has measured. */
static double median(struct filter *filter, unsigned of, double value)
{
	unsigned order[FILTER_MEDIAN_MAX], lower, upper;

	if (of <= 1)
		return value;
	add_to_window(filter, of < FILTER_MEDIAN_MAX ? of : FILTER_MEDIAN_MAX, value);
	sort_window(filter, order);
	lower = order[(filter->window_n - 1) / 2];
	upper = order[filter->window_n / 2];
	return filter->window[lower < upper ? lower : upper];
}

/* The longer ago the last one was, the less of it is left, so it does not matter whether they are regular. */
static double smooth(const struct filter *filter, uint64_t constant_ns, double value, uint64_t at_ns)
{
	double left, result;

	if (constant_ns == 0 || filter->at_ns == 0 || at_ns < filter->at_ns)
		return value;
	left = exp(-(double)(at_ns - filter->at_ns) / (double)constant_ns);
	result = value + (filter->value - value) * left;
	return isfinite(result) ? result : value;
}

enum filter_result filter_reading(struct filter *filter, const struct filter_settings *settings, double value,
                                  uint64_t at_ns)
{
	enum filter_result result;

	result = calibrate(filter, settings, &value);
	if (result == FILTER_PASSED)
		result = check_step(filter, settings->max_step, value);
	if (result != FILTER_PASSED)
		return result;
	value = median(filter, settings->median_of, value);
	filter->value = smooth(filter, settings->smooth_ns, value, at_ns);
	filter->at_ns = at_ns;
	return FILTER_PASSED;
}

void filter_forget(struct filter *filter)
{
	*filter = (struct filter){ .rejected = filter->rejected };
}

/* Room for a number with its unit. */
#define AMOUNT_SIZE 40

/* Calibrated values have digits that nobody has measured; adding 0 makes a 0 of -0. */
static char *amount(double value, const char *unit, char buffer[static AMOUNT_SIZE])
{
	snprintf(buffer, AMOUNT_SIZE, "%.10g%s%.15s", value + 0.0, unit[0] ? " " : "", unit);
	return buffer;
}

/* Between two amounts, or instead of them. */
static const char *const words[] = {
	[FILTER_NO_REASON] = "nothing is wrong with it",
	[FILTER_NOT_FINITE] = "it is no number",
	[FILTER_REJECT] = " is never believed: Reject=",
	[FILTER_BELOW_LEAST] = " cannot be: the least is ",
	[FILTER_ABOVE_MOST] = " cannot be: the most is ",
	[FILTER_VALID_MIN] = " is below ValidMin=",
	[FILTER_VALID_MAX] = " is above ValidMax=",
	[FILTER_MAX_STEP] = " waits for the next reading: it is further than MaxStep= from ",
};

char *filter_describe(const struct filter *filter, const char *unit, char buffer[static FILTER_TEXT_SIZE])
{
	char judged[AMOUNT_SIZE], against[AMOUNT_SIZE];

	if (filter->reason <= FILTER_NOT_FINITE)
		snprintf(buffer, FILTER_TEXT_SIZE, "%s", words[filter->reason]);
	else
		snprintf(buffer, FILTER_TEXT_SIZE, "%s%s%s", amount(filter->judged, unit, judged),
		         words[filter->reason], amount(filter->against, unit, against));
	return buffer;
}
