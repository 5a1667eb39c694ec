/* What measures: a channel, read at intervals. Says what it measures; must not know what is done about it. */
#include "family/measured-source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sensor/no-value.h"
#include "util/clock.h"

static const struct measured_kind *kind_of(const struct measured *sensor)
{
	return sensor->component.class->family;
}

static int check_filter(const struct measured_config *c, const char **ret_key, struct problem *problem)
{
	if (c->factor == 0) {
		*ret_key = "Factor";
		return problem_set(problem, -EINVAL, "a number that is not 0, such as 1.02");
	}
	if (c->valid_min >= c->valid_max) { /* false if one is NAN, unset */
		*ret_key = "ValidMin";
		return problem_set(problem, -EINVAL, "less than ValidMax=%.15g", c->valid_max);
	}
	if (c->median_of % 2 == 0) {
		*ret_key = "MedianOf";
		return problem_set(problem, -EINVAL, "an odd number from 1 to 15");
	}
	return 0;
}

int measured_check(const struct component_class *class, const void *config, const char **ret_key,
                   struct problem *problem)
{
	const struct measured_config *c = config;
	int r = measured_source_check(class, c, ret_key, problem);

	if (r < 0)
		return r;
	r = check_filter(c, ret_key, problem);
	if (r < 0)
		return r;
	/* Comparisons with NAN (unset) are false. */
	if (c->low >= c->high) {
		*ret_key = "Low";
		return problem_set(problem, -EINVAL, "less than High=%.15g", c->high);
	}
	if (2 * c->hysteresis >= c->high - c->low) {
		*ret_key = "Hysteresis";
		return problem_set(problem, -EINVAL,
		                   "less than half of the distance between Low=%.15g and High=%.15g", c->low,
		                   c->high);
	}
	return 0;
}

/* It answers, and what it says may be old. */
void measured_watch_for_frozen(struct measured *sensor, double shown, uint64_t monotonic_ns)
{
	const struct measured_config *config = sensor->component.config;
	bool before = frozen_is(&sensor->frozen, config->frozen_readings);
	bool now_frozen = frozen_update(&sensor->frozen, shown, config->frozen_readings);
	char reason[EVENT_TEXT_SIZE];

	if (before && !frozen_is(&sensor->frozen, config->frozen_readings))
		component_emit(&sensor->component, &event_sensor_trusted, monotonic_ns, NULL,
		               "it shows another value");
	if (!now_frozen)
		return;
	snprintf(reason, sizeof reason, "%u readings in a row were %.15g %s", config->frozen_readings, shown,
	         kind_of(sensor)->quantity->unit);
	component_emit(&sensor->component, &event_sensor_suspect, monotonic_ns, NULL, reason);
}

static const struct event_type *limit_type(const struct measured *sensor)
{
	const struct measured_kind *kind = kind_of(sensor);

	return sensor->limits.state == LIMITS_HIGH  ? kind->high
	       : sensor->limits.state == LIMITS_LOW ? kind->low
	                                            : kind->normal;
}

/* That there is a reading, if it is to be told; whether it was. */
static bool tell(struct measured *sensor, double value, uint64_t monotonic_ns)
{
	const struct measured_config *config = sensor->component.config;
	struct report_settings settings = { .delta = config->report_delta, .interval_ns = config->report_ns };

	if (!report_reading(&sensor->report, &settings, value, monotonic_ns))
		return false;
	component_emit_value(&sensor->component, kind_of(sensor)->update, monotonic_ns, value);
	return true;
}

void measured_take(struct measured *sensor, double value, uint64_t monotonic_ns)
{
	bool told;

	sensor->value = value;
	sensor->read_ns = monotonic_ns;
	told = tell(sensor, value, monotonic_ns);
	if (limits_update(&sensor->limits, value)) {
		sensor->limit = (int)sensor->limits.state;
		sensor->limit_ns = monotonic_ns;
		component_emit_value(&sensor->component, limit_type(sensor), monotonic_ns, value);
	} else if (!told) {
		component_tell(&sensor->component, monotonic_ns);
	}
}

/* What is told otherwise is no matter of physics any more. */
static struct filter_settings filter_settings_of(const struct measured *sensor)
{
	const struct measured_config *config = sensor->component.config;
	const struct quantity *quantity = kind_of(sensor)->quantity;

	return (struct filter_settings){
		.reject = config->reject.numbers,
		.reject_n = config->reject.n,
		.factor = config->factor,
		.offset = config->offset,
		.least = isnan(config->valid_min) ? quantity->least : NAN,
		.most = isnan(config->valid_max) ? quantity->most : NAN,
		.valid_min = config->valid_min,
		.valid_max = config->valid_max,
		.max_step = config->max_step,
		.median_of = config->median_of,
		.smooth_ns = config->smooth_ns,
	};
}

/* A reading that nobody believes has failed like one that did not come. */
static int refuse(const struct measured *sensor, double shown, const char *reason, struct problem *problem)
{
	const struct measured_config *config = sensor->component.config;
	const struct quantity *quantity = kind_of(sensor)->quantity;

	return problem_set(problem, -ERANGE, "%s %s, channel %s: %.*f %s is no reading: %s",
	                   config->remote ? "sensor" : "device", config->remote ? config->remote : config->device,
	                   config->channel, (int)quantity->precision, shown, quantity->unit, reason);
}

static int refuse_filtered(const struct measured *sensor, double shown, struct problem *problem)
{
	const struct quantity *quantity = kind_of(sensor)->quantity;
	char text[FILTER_TEXT_SIZE];

	if (sensor->filter.reason == FILTER_BELOW_LEAST && quantity->least_is)
		return refuse(sensor, shown, quantity->least_is, problem);
	return refuse(sensor, shown, filter_describe(&sensor->filter, quantity->unit, text), problem);
}

int measured_judge(struct measured *sensor, const struct reading *reading, struct problem *problem)
{
	const struct filter_settings settings = filter_settings_of(sensor);
	const struct quantity *quantity = kind_of(sensor)->quantity;
	const char *reason;

	if (reading->error)
		return problem_set(problem, reading->error, "%s", reading->problem.text);
	reason = no_value_reason(quantity->name, reading->device, reading->value);
	/* What the device shows cannot be either, whatever is added to it. */
	if (!reason && settings.factor == 1 && reading->value < settings.least - FILTER_REJECT_NEARLY)
		reason = quantity->least_is;
	if (reason)
		return refuse(sensor, reading->value, reason, problem);
	switch (filter_reading(&sensor->filter, &settings, reading->value, reading->monotonic_ns)) {
	case FILTER_PASSED:
		return 1;
	case FILTER_HELD:
		return 0;
	case FILTER_REJECTED:
		break;
	}
	return refuse_filtered(sensor, reading->value, problem);
}

static const char *const limit_names[] = {
	[LIMITS_NORMAL] = "normal",
	[LIMITS_HIGH] = "high",
	[LIMITS_LOW] = "low",
};

static void get_value(const struct component *component, union value *ret)
{
	ret->d = ((const struct measured *)component)->value;
}

static void get_limit(const struct component *component, union value *ret)
{
	ret->s = limit_names[((const struct measured *)component)->limits.state];
}

static void get_read_at(const struct component *component, union value *ret)
{
	ret->t = ((const struct measured *)component)->read_ns / NSEC_PER_USEC;
}

static void get_remote(const struct component *component, union value *ret)
{
	ret->s = ((const struct measured_config *)component->config)->remote;
}

static void get_rejected(const struct component *component, union value *ret)
{
	ret->t = ((const struct measured *)component)->filter.rejected;
}

static void get_suspect(const struct component *component, union value *ret)
{
	const struct measured_config *config = component->config;

	ret->b = frozen_is(&((const struct measured *)component)->frozen, config->frozen_readings);
}

const struct interface_property measured_properties[] = {
	{ "Value", 'd', ABOUT("The last reading; NaN until there is one."), get_value,
	  .measured = true },
	{ "Limit", 's', ABOUT("\"normal\", \"high\" or \"low\": where it is between Low= and High=."),
	  get_limit },
	{ "ReadAt", 't', ABOUT("When the last reading was complete; 0: never."), get_read_at,
	  VALUE_CLOCK_MONOTONIC, .diagnostic = true },
	{ "Rejected", 't', ABOUT("How many readings were not believed, since the first start after boot."), get_rejected,
	  .diagnostic = true },
	{ "Suspect", 'b', ABOUT("Whether it has shown the same value for FrozenReadings= readings or more."),
	  get_suspect, .diagnostic = true, .class = "problem" },
	{ "Remote", 's', ABOUT("The sensor of another hub, if it is one; \"\": it has its own device."), get_remote,
	  .diagnostic = true },
	{ 0 },
};

static enum truth is(const struct component *component, enum limits_state state, uint64_t *ret_since_ns)
{
	const struct measured *sensor = (const struct measured *)component;

	*ret_since_ns = sensor->limit_ns;
	if (component->missing > 0 || isnan(sensor->value))
		return TRUTH_UNKNOWN;
	return sensor->limits.state == state ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_high(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, LIMITS_HIGH, ret_since_ns);
}

static enum truth is_low(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, LIMITS_LOW, ret_since_ns);
}

static enum truth is_normal(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, LIMITS_NORMAL, ret_since_ns);
}

const struct component_state measured_states[] = {
	{ "high", is_high },
	{ "low", is_low },
	{ "normal", is_normal },
	{ 0 },
};

double measured_value(const struct component *component, uint64_t *ret_ns)
{
	const struct measured *sensor = (const struct measured *)component;

	*ret_ns = sensor->read_ns;
	return component->missing > 0 ? NAN : sensor->value;
}

double measured_hysteresis(const struct component *component)
{
	return ((const struct measured *)component)->limits.hysteresis;
}

/* Back within a limit by the hysteresis it is normal again. */
void measured_why(const struct component *component, struct why *ret)
{
	const struct measured *sensor = (const struct measured *)component;
	const struct quantity *quantity = kind_of(sensor)->quantity;
	const struct limits *limits = &sensor->limits;
	bool high = limits->state == LIMITS_HIGH;
	double limit = high ? limits->high : limits->low;

	ret->since_ns = sensor->limit_ns;
	if (isnan(sensor->value) || limits->state == LIMITS_NORMAL)
		return;
	snprintf(ret->because, sizeof ret->because, "%.*f %s is %s its limit of %.15g %s", (int)quantity->precision,
	         sensor->value, quantity->unit, high ? "above" : "below", limit, quantity->unit);
	snprintf(ret->then, sizeof ret->then, "normal at %.15g %s",
	         limit + (high ? -limits->hysteresis : limits->hysteresis), quantity->unit);
}

void measured_describe(const struct component *component, char *buffer, size_t size)
{
	const struct measured *sensor = (const struct measured *)component;
	const struct quantity *quantity = kind_of(sensor)->quantity;

	if (isnan(sensor->value))
		snprintf(buffer, size, "no reading yet");
	else
		snprintf(buffer, size, "%.*f %s%s%s", (int)quantity->precision, sensor->value, quantity->unit,
		         sensor->limits.state == LIMITS_NORMAL ? "" : ", ",
		         sensor->limits.state == LIMITS_NORMAL ? "" : limit_names[sensor->limits.state]);
}

const struct kept_field measured_kept[] = {
	{ "limit", KEPT_INT, offsetof(struct measured, limit), KEPT_OVER_RESTART,
	  .about = ABOUT("the limit that has been passed: none, the upper, the lower") },
	{ "limit_ns", KEPT_U64, offsetof(struct measured, limit_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when that is so") },
	{ "value", KEPT_DOUBLE, offsetof(struct measured, value), KEPT_OVER_RESTART,
	  .about = ABOUT("the last value that was believed") },
	{ "read_ns", KEPT_U64, offsetof(struct measured, read_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when it was read") },
	{ "rejected", KEPT_U64, offsetof(struct measured, filter.rejected), KEPT_OVER_RESTART,
	  .about = ABOUT("readings that were not believed, so far") },
	{ "filter_ever", KEPT_BOOL, offsetof(struct measured, filter.ever), KEPT_OVER_RESTART,
	  .about = ABOUT("whether a reading has ever been believed") },
	{ "filter_believed", KEPT_DOUBLE, offsetof(struct measured, filter.believed), KEPT_OVER_RESTART,
	  .about = ABOUT("the last reading that was believed, before it is smoothed") },
	{ "filter_value", KEPT_DOUBLE, offsetof(struct measured, filter.value), KEPT_OVER_RESTART,
	  .about = ABOUT("the smoothed value") },
	{ "filter_ns", KEPT_U64, offsetof(struct measured, filter.at_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when that was") },
	{ "told", KEPT_BOOL, offsetof(struct measured, report.ever), KEPT_OVER_RESTART,
	  .about = ABOUT("whether a value has ever been told") },
	{ "told_value", KEPT_DOUBLE, offsetof(struct measured, report.value), KEPT_OVER_RESTART,
	  .about = ABOUT("the value that was told last") },
	{ "told_ns", KEPT_U64, offsetof(struct measured, report.at_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when that was") },
	{ "frozen_value", KEPT_DOUBLE, offsetof(struct measured, frozen.value), KEPT_OVER_RESTART,
	  .about = ABOUT("the value that may be frozen") },
	{ "frozen_equal", KEPT_U64, offsetof(struct measured, frozen.equal), KEPT_OVER_RESTART,
	  .about = ABOUT("how often in a row it has been read") },
	{ 0 },
};

/* A limit that is no more is not exceeded. */
void measured_restored(struct component *component, enum kept_over over)
{
	struct measured *sensor = (struct measured *)component;

	(void)over;
	if ((sensor->limit == LIMITS_HIGH && !isnan(sensor->limits.high)) ||
	    (sensor->limit == LIMITS_LOW && !isnan(sensor->limits.low)))
		sensor->limits.state = (enum limits_state)sensor->limit;
	sensor->limit = (int)sensor->limits.state;
}
