/* TemperatureSensor: an IIO channel, read at intervals. Says what it measures; must not know what is done
 * about it. */
#include "roomd/component.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/absence.h"
#include "io/iio.h"
#include "sensor/frozen.h"
#include "sensor/limits.h"
#include "sensor/no-value.h"
#include "sensor/sensors.h"
#include "util/clock.h"

/* No driver and no network takes so long: a reading that is not back by then will not come. */
#define OVERDUE_NS (30 * NSEC_PER_SEC)
/* The loop is never so late by itself: the process was stopped. */
#define STOPPED_NS NSEC_PER_SEC

struct temperature_config {
	char *location;
	char *device, *channel, *uri;
	uint64_t interval_ns;
	double high, low; /* NAN: no limit */
	double hysteresis, offset;
	unsigned errors_until_unavailable, frozen_readings;
};

static const struct option options[] = {
	OPTION_LOCATION(struct temperature_config),
	{ .key = "Device",
	  .type = &option_string,
	  .offset = offsetof(struct temperature_config, device),
	  .expected = "the name or label of an IIO device, iio:deviceN, or its path below /sys/devices" },
	{ .key = "Channel",
	  .type = &option_string,
	  .offset = offsetof(struct temperature_config, channel),
	  .default_text = "temp",
	  .expected = "a channel id as iio_info shows it, such as temp" },
	{ .key = "Uri",
	  .type = &option_string,
	  .offset = offsetof(struct temperature_config, uri),
	  .default_text = "local:",
	  .expected = "a libiio context, such as local: or ip:192.168.1.5" },
	{ .key = "IntervalSec",
	  .type = &option_timespan,
	  .offset = offsetof(struct temperature_config, interval_ns),
	  .default_text = "10",
	  .min = 10e3,
	  .max = 31557600e6,
	  .expected = "a time span from 10ms to a year, such as 10s" },
	{ .key = "High",
	  .type = &option_number,
	  .offset = offsetof(struct temperature_config, high),
	  .default_text = "",
	  .min = -273.15,
	  .max = 10000,
	  .expected = "a temperature in °C, such as 28 or -4.5, or nothing for no limit" },
	{ .key = "Low",
	  .type = &option_number,
	  .offset = offsetof(struct temperature_config, low),
	  .default_text = "",
	  .min = -273.15,
	  .max = 10000,
	  .expected = "a temperature in °C, such as 5 or -4.5, or nothing for no limit" },
	{ .key = "Hysteresis",
	  .type = &option_number,
	  .offset = offsetof(struct temperature_config, hysteresis),
	  .default_text = "0.5",
	  .min = 0,
	  .max = 1000,
	  .expected = "a number of degrees from 0 to 1000, such as 0.5" },
	{ .key = "Offset",
	  .type = &option_number,
	  .offset = offsetof(struct temperature_config, offset),
	  .default_text = "0",
	  .min = -1000,
	  .max = 1000,
	  .expected = "a number of degrees from -1000 to 1000, such as -0.3" },
	{ .key = "ErrorsUntilUnavailable",
	  .type = &option_count,
	  .offset = offsetof(struct temperature_config, errors_until_unavailable),
	  .default_text = "3",
	  .min = 1,
	  .max = 1000000,
	  .expected = "a whole number from 1 to 1000000" },
	{ .key = "FrozenReadings",
	  .type = &option_count,
	  .offset = offsetof(struct temperature_config, frozen_readings),
	  .default_text = "0",
	  .min = 0,
	  .max = 1000000000,
	  .expected = "a whole number from 0 (never) to 1000000000" },
	{ 0 },
};

struct temperature_sensor {
	struct component component;
	struct iio_channel_reader *reader;
	struct limits limits;
	sd_event_source *overdue; /* while available */
	uint64_t due_ns;          /* the next reading, or the one that does not come back */
	struct absence absence;   /* while unavailable */
	unsigned errors;          /* in a row */
	bool ever_read, unavailable;
	double celsius; /* the last reading, NAN: none */
	uint64_t read_ns;
	int limit; /* limits.state, kept */
	struct frozen frozen;
};

static int check(const void *config, const char **ret_key, struct problem *problem)
{
	const struct temperature_config *c = config;

	if (!iio_uri_is_known(c->uri)) {
		*ret_key = "Uri";
		return problem_set(problem, -EINVAL, "a libiio context, such as local: or ip:192.168.1.5");
	}
	if (c->device && c->device[0] == '/' && strcmp(c->uri, "local:") != 0) {
		*ret_key = "Device";
		return problem_set(problem, -EINVAL,
		                   "a name, label or iio:deviceN; a path is for Uri=local: only");
	}
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

/* The next reading is due then. Each one puts this off, so in health it never expires. */
static void expect_reading(struct temperature_sensor *sensor, uint64_t due_ns)
{
	sensor->due_ns = due_ns;
	sd_event_source_set_time(sensor->overdue, clock_usec_at_or_after(due_ns + OVERDUE_NS));
	sd_event_source_set_enabled(sensor->overdue, SD_EVENT_ONESHOT);
}

/* After a failure: unavailable if it was one too many, or if there is nothing to be read at all and never
 * was. */
static void on_failure(struct temperature_sensor *sensor, bool absent, const char *reason)
{
	const struct temperature_config *config = sensor->component.config;

	sensor->errors++;
	sensor->component.room->counters.read_errors++;
	/* A device that was never there need not be waited for: a bad wire shows in several readings, a
	 * device that is not there in one. */
	if (!sensor->unavailable && sensor->errors < config->errors_until_unavailable &&
	    !(absent && !sensor->ever_read))
		return;
	if (!sensor->unavailable) {
		sensor->unavailable = true;
		iio_reader_stop(sensor->reader);
		sd_event_source_set_enabled(sensor->overdue, SD_EVENT_OFF);
		component_unavailable(&sensor->component, reason);
	}
	absence_goes_on(&sensor->absence, absent);
}

/* A reading that does not come back has failed, and so has each that should have followed. Should it come
 * after all, it is a reading like any other. */
static int on_overdue(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct temperature_sensor *sensor = userdata;
	const struct temperature_config *config = sensor->component.config;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
	struct problem problem;

	if (now_ns - usec * NSEC_PER_USEC > STOPPED_NS) { /* and so was the worker */
		expect_reading(sensor, now_ns);
		return 0;
	}
	problem_set(&problem, -ETIMEDOUT, "device %s, channel %s: a reading has not come back for %llu s",
	            config->device, config->channel,
	            (unsigned long long)((now_ns - sensor->due_ns) / NSEC_PER_SEC));
	on_failure(sensor, false, problem.text);
	if (!sensor->unavailable) {
		sd_event_source_set_time(source, usec + config->interval_ns / NSEC_PER_USEC);
		sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	}
	return 0;
}

/* One that does not come back is not asked for again; should it come after all, so does another try. */
static void on_another_try(void *userdata)
{
	struct temperature_sensor *sensor = userdata;

	iio_reader_request(sensor->reader);
}

/* It answers, and what it says may be old. */
static void watch_for_frozen(struct temperature_sensor *sensor, double shown, uint64_t monotonic_ns)
{
	const struct temperature_config *config = sensor->component.config;
	char reason[EVENT_TEXT_SIZE];

	if (!frozen_update(&sensor->frozen, shown, config->frozen_readings))
		return;
	snprintf(reason, sizeof reason, "%u readings in a row were %.15g °C", config->frozen_readings, shown);
	component_emit(&sensor->component, EVENT_SENSOR_SUSPECT, monotonic_ns, NULL, reason);
}

static void on_success(struct temperature_sensor *sensor, double celsius, uint64_t monotonic_ns)
{
	static const enum event_type events[] = {
		[LIMITS_NORMAL] = EVENT_TEMPERATURE_NORMAL,
		[LIMITS_HIGH] = EVENT_TEMPERATURE_HIGH,
		[LIMITS_LOW] = EVENT_TEMPERATURE_LOW,
	};
	const struct temperature_config *config = sensor->component.config;

	sensor->errors = 0;
	sensor->ever_read = true;
	sensor->celsius = celsius;
	sensor->read_ns = monotonic_ns;
	if (sensor->unavailable) {
		sensor->unavailable = false;
		absence_ends(&sensor->absence);
		iio_reader_start(sensor->reader, monotonic_ns + config->interval_ns, config->interval_ns);
		component_available(&sensor->component, "it can be read again");
	}
	component_emit_value(&sensor->component, EVENT_TEMPERATURE_UPDATE, monotonic_ns, celsius);
	if (limits_update(&sensor->limits, celsius)) {
		sensor->limit = (int)sensor->limits.state;
		component_emit_value(&sensor->component, events[sensor->limits.state], monotonic_ns, celsius);
	}
}

/* Whether a reading is a temperature: 0, or why not. One that nobody believes has failed like one that did
 * not come. */
static int judge(const struct temperature_config *config, const struct iio_reading *reading,
                 struct problem *problem)
{
	const char *reason;

	if (reading->error)
		return problem_set(problem, reading->error, "%s", reading->problem.text);
	reason = no_value_reason(reading->device, reading->celsius);
	if (reason)
		return problem_set(problem, -ERANGE, "device %s, channel %s: %.2f °C is no reading: %s",
		                   config->device, config->channel, reading->celsius, reason);
	return 0;
}

static void on_reading(const struct iio_reading *reading, void *userdata)
{
	struct temperature_sensor *sensor = userdata;
	const struct temperature_config *config = sensor->component.config;
	struct problem problem;

	if (judge(config, reading, &problem) >= 0) {
		on_success(sensor, reading->celsius + config->offset, reading->monotonic_ns);
		watch_for_frozen(sensor, reading->celsius, reading->monotonic_ns);
	} else if (sensor->unavailable) {
		absence_goes_on(&sensor->absence, reading->absent);
	} else {
		on_failure(sensor, reading->absent, problem.text);
	}
	if (!sensor->unavailable)
		expect_reading(sensor, reading->monotonic_ns + config->interval_ns);
}

static const char *const limit_names[] = {
	[LIMITS_NORMAL] = "normal",
	[LIMITS_HIGH] = "high",
	[LIMITS_LOW] = "low",
};

static void get_value(const struct component *component, union interface_value *ret)
{
	ret->d = ((const struct temperature_sensor *)component)->celsius;
}

static void get_limit(const struct component *component, union interface_value *ret)
{
	ret->s = limit_names[((const struct temperature_sensor *)component)->limits.state];
}

static void get_read_at(const struct component *component, union interface_value *ret)
{
	ret->t = ((const struct temperature_sensor *)component)->read_ns / NSEC_PER_USEC;
}

static void get_suspect(const struct component *component, union interface_value *ret)
{
	const struct temperature_config *config = component->config;

	ret->b = frozen_is(&((const struct temperature_sensor *)component)->frozen, config->frozen_readings);
}

static const struct interface_property properties[] = {
	{ "Value", 'd', "The last reading, °C; NaN until there is one.", get_value },
	{ "Limit", 's', "\"normal\", \"high\" or \"low\": where it is between Low= and High=.", get_limit },
	{ "ReadAt", 't', "When the last reading was complete: CLOCK_MONOTONIC, µs; 0: never.", get_read_at },
	{ "Suspect", 'b', "Whether it has shown the same value for FrozenReadings= readings or more.",
	  get_suspect },
	{ 0 },
};

static const enum event_type events[] = {
	EVENT_TEMPERATURE_UPDATE, EVENT_TEMPERATURE_HIGH,   EVENT_TEMPERATURE_LOW, EVENT_TEMPERATURE_NORMAL,
	EVENT_SENSOR_AVAILABLE,   EVENT_SENSOR_UNAVAILABLE, EVENT_SENSOR_SUSPECT,  EVENT_ANY,
};

static void describe(const struct component *component, char *buffer, size_t size)
{
	const struct temperature_sensor *sensor = (const struct temperature_sensor *)component;

	if (isnan(sensor->celsius))
		snprintf(buffer, size, "no reading yet");
	else
		snprintf(buffer, size, "%.2f °C%s%s", sensor->celsius,
		         sensor->limits.state == LIMITS_NORMAL ? "" : ", ",
		         sensor->limits.state == LIMITS_NORMAL ? "" : limit_names[sensor->limits.state]);
}

static const struct kept_field kept[] = {
	{ "limit", KEPT_INT, offsetof(struct temperature_sensor, limit), KEPT_OVER_RESTART },
	{ "celsius", KEPT_DOUBLE, offsetof(struct temperature_sensor, celsius), KEPT_OVER_RESTART },
	{ "read_ns", KEPT_U64, offsetof(struct temperature_sensor, read_ns), KEPT_OVER_RESTART },
	{ "frozen_value", KEPT_DOUBLE, offsetof(struct temperature_sensor, frozen.value), KEPT_OVER_RESTART },
	{ "frozen_equal", KEPT_U64, offsetof(struct temperature_sensor, frozen.equal), KEPT_OVER_RESTART },
	{ 0 },
};

/* A limit that is no more is not exceeded. */
static void restored(struct component *component, enum kept_over over)
{
	struct temperature_sensor *sensor = (struct temperature_sensor *)component;

	(void)over;
	if ((sensor->limit == LIMITS_HIGH && !isnan(sensor->limits.high)) ||
	    (sensor->limit == LIMITS_LOW && !isnan(sensor->limits.low)))
		sensor->limits.state = (enum limits_state)sensor->limit;
	sensor->limit = (int)sensor->limits.state;
}

static int init(struct component *component)
{
	struct temperature_sensor *sensor = (struct temperature_sensor *)component;
	const struct temperature_config *config = component->config;
	struct component_room *room = component->room;
	struct iio_channel_settings settings = {
		.uri = config->uri,
		.device = config->device,
		.channel = config->channel,
		.type = "temp",
	};
	int r;

	sensor->celsius = NAN;
	sensor->limits =
		(struct limits){ .high = config->high, .low = config->low, .hysteresis = config->hysteresis };
	r = absence_init(&sensor->absence, room->event, iio_uri_is_local(config->uri) ? room->arrivals : NULL,
	                 on_another_try, sensor);
	if (r < 0)
		return r;
	r = sd_event_add_time(room->event, &sensor->overdue, CLOCK_MONOTONIC, 0, 1, on_overdue, sensor);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(sensor->overdue, SD_EVENT_OFF);
	if (r < 0)
		return r;
	return iio_reader_new(room->iio, &settings, on_reading, sensor, &sensor->reader);
}

static int start(struct component *component)
{
	struct temperature_sensor *sensor = (struct temperature_sensor *)component;
	const struct temperature_config *config = component->config;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	iio_reader_start(sensor->reader, now_ns, config->interval_ns);
	expect_reading(sensor, now_ns);
	return 0;
}

static void deinit(struct component *component)
{
	struct temperature_sensor *sensor = (struct temperature_sensor *)component;

	sensor->reader = iio_reader_free(sensor->reader);
	sensor->overdue = sd_event_source_disable_unref(sensor->overdue);
	absence_deinit(&sensor->absence);
}

const struct component_class temperature_sensor_class = {
	.kind = "TemperatureSensor",
	.layer = COMPONENT_SENSOR,
	.instance_size = sizeof(struct temperature_sensor),
	.config_size = sizeof(struct temperature_config),
	.options = options,
	.properties = properties,
	.kept = kept,
	.events = events,
	.load = iio_load,
	.check = check,
	.init = init,
	.restored = restored,
	.describe = describe,
	.start = start,
	.deinit = deinit,
};
