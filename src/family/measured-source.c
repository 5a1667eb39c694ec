/* Where the readings of what measures come from: a reader of a device of this machine, or the sensor of another hub. */
#include "family/measured-source.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "util/clock.h"
#include "util/timer.h"

/* No driver and no network takes so long: a reading that is not back by then will not come. */
#define OVERDUE_NS (30 * NSEC_PER_SEC)
/* The loop is never so late by itself: the process was stopped. */
#define STOPPED_NS NSEC_PER_SEC

/* --- its keys -------------------------------------------------------------------------------- */

static struct reader_settings settings_of(const struct component_class *class,
                                          const struct measured_config *config)
{
	return (struct reader_settings){
		.uri = config->uri,
		.device = config->device,
		.channel = config->channel,
		.quantity = ((const struct measured_kind *)class->family)->quantity,
	};
}

int measured_load(const struct component_class *class, const void *config, struct problem *problem)
{
	const struct measured_config *c = config;
	struct reader_settings settings = settings_of(class, c);

	return c->remote ? 0 : reader_load(&settings, problem);
}

int measured_source_check(const struct component_class *class, const struct measured_config *config, const char **ret_key,
                          struct problem *problem)
{
	struct reader_settings settings = settings_of(class, config);

	return config->remote ? 0 : reader_check(&settings, ret_key, problem);
}

/* --- a device of this machine ---------------------------------------------------------------- */

/* The next reading is due then. Each one puts this off, so in health it never expires. */
static void expect_reading(struct measured *sensor, uint64_t due_ns)
{
	sensor->due_ns = due_ns;
	timer_set(sensor->overdue, due_ns + OVERDUE_NS);
}

/* After a failure: unavailable if it was one too many, or if there is nothing to be read at all and never
 * was. */
static void on_failure(struct measured *sensor, bool absent, const char *reason)
{
	const struct measured_config *config = sensor->component.config;

	sensor->errors++;
	sensor->component.room->counters.read_errors++;
	/* A device that was never there need not be waited for: a bad wire shows in several readings, a
	 * device that is not there in one. */
	if (!sensor->unavailable && sensor->errors < config->errors_until_unavailable &&
	    !(absent && !sensor->ever_read))
		return;
	if (!sensor->unavailable) {
		sensor->unavailable = true;
		reader_stop(sensor->reader);
		sd_event_source_set_enabled(sensor->overdue, SD_EVENT_OFF);
		filter_forget(&sensor->filter); /* what comes may be another device */
		sensor->report = (struct report){ 0 };
		component_unavailable(&sensor->component, reason);
	}
	absence_goes_on(&sensor->absence, absent);
}

/* A reading that does not come back has failed, and so has each that should have followed. Should it come
 * after all, it is a reading like any other. */
static int on_overdue(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct measured *sensor = userdata;
	const struct measured_config *config = sensor->component.config;
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
	struct measured *sensor = userdata;

	reader_request(sensor->reader);
}

static void on_success(struct measured *sensor, double value, uint64_t monotonic_ns)
{
	const struct measured_config *config = sensor->component.config;

	sensor->errors = 0;
	sensor->ever_read = true;
	if (sensor->unavailable) {
		sensor->unavailable = false;
		absence_ends(&sensor->absence);
		reader_start(sensor->reader, monotonic_ns + config->interval_ns, config->interval_ns);
		component_available(&sensor->component, "it can be read again");
	}
	measured_take(sensor, value, monotonic_ns);
}

static void on_reading(const struct reading *reading, void *userdata)
{
	struct measured *sensor = userdata;
	const struct measured_config *config = sensor->component.config;
	struct problem problem;
	int r = measured_judge(sensor, reading, &problem);

	if (r > 0)
		on_success(sensor, sensor->filter.value, reading->monotonic_ns);
	if (r >= 0)
		measured_watch_for_frozen(sensor, reading->value, reading->monotonic_ns);
	else if (sensor->unavailable)
		absence_goes_on(&sensor->absence, reading->absent);
	else
		on_failure(sensor, reading->absent, problem.text);
	if (!sensor->unavailable)
		expect_reading(sensor, reading->monotonic_ns + config->interval_ns);
}

/* --- the sensor of another hub --------------------------------------------------------------- */

static void on_remote_gone(const char *reason, void *userdata)
{
	struct measured *sensor = userdata;

	if (sensor->unavailable) {
		component_still_unavailable(&sensor->component, reason);
		return;
	}
	sensor->unavailable = true;
	filter_forget(&sensor->filter);
	sensor->report = (struct report){ 0 };
	component_unavailable(&sensor->component, reason);
}

static void on_remote_number(double value, uint64_t monotonic_ns, void *userdata)
{
	const struct reading reading = { .value = value, .monotonic_ns = monotonic_ns };
	struct measured *sensor = userdata;
	struct problem problem;
	int r = measured_judge(sensor, &reading, &problem);

	if (r < 0) {
		on_remote_gone(problem.text, sensor);
		return;
	}
	if (sensor->unavailable) {
		sensor->unavailable = false;
		component_available(&sensor->component, "its hub tells of it");
	}
	if (r > 0)
		measured_take(sensor, sensor->filter.value, monotonic_ns);
}

static const struct remote_handlers remote_handlers = { .number = on_remote_number, .gone = on_remote_gone };

static int init_remote(struct measured *sensor)
{
	const struct measured_config *config = sensor->component.config;
	const struct component_room *room = sensor->component.room;
	const struct remote_settings settings = {
		.name = config->remote,
		.takes = REMOTE_NUMBER,
		.max_age_ns = config->remote_max_age_ns,
	};

	return remote_new(room->remotes, room->event, &settings, &remote_handlers, sensor, &sensor->remote);
}

static void start_remote(struct measured *sensor)
{
	const struct remote_known known = { .since_ns = sensor->read_ns };

	remote_start(sensor->remote, isnan(sensor->value) || !sensor->filter.ever ? NULL : &known);
}

/* --- life ------------------------------------------------------------------------------------ */

static int init_reader(struct measured *sensor)
{
	struct component_room *room = sensor->component.room;
	struct reader_settings settings = settings_of(sensor->component.class, sensor->component.config);
	int r;

	r = absence_init(&sensor->absence, room->event, reader_is_local(&settings) ? room->arrivals : NULL,
	                 on_another_try, sensor);
	if (r >= 0)
		r = timer_new(room->event, &sensor->overdue, on_overdue, sensor);
	return r < 0 ? r : reader_new(room->readers, &settings, on_reading, sensor, &sensor->reader);
}

int measured_init(struct component *component)
{
	struct measured *sensor = (struct measured *)component;
	const struct measured_config *config = component->config;

	sensor->value = NAN;
	sensor->limits =
		(struct limits){ .high = config->high, .low = config->low, .hysteresis = config->hysteresis };
	return config->remote ? init_remote(sensor) : init_reader(sensor);
}

int measured_start(struct component *component)
{
	struct measured *sensor = (struct measured *)component;
	const struct measured_config *config = component->config;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (sensor->remote) {
		start_remote(sensor);
		return 0;
	}
	reader_start(sensor->reader, now_ns, config->interval_ns);
	expect_reading(sensor, now_ns);
	return 0;
}

void measured_deinit(struct component *component)
{
	struct measured *sensor = (struct measured *)component;

	sensor->remote = remote_free(sensor->remote);
	sensor->reader = reader_free(sensor->reader);
	sensor->overdue = sd_event_source_disable_unref(sensor->overdue);
	absence_deinit(&sensor->absence);
}
