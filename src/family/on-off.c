/* What watches for one thing on a line. Says what it sees; must not know what is done about it. */
#include "family/on-off.h"

#include <stdio.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/timer.h"

enum said {
	SAID_NOTHING,
	SAID_BEGUN,
	SAID_OVER,
};

static HOT const struct event_type *type_of(const struct on_off *sensor)
{
	const struct on_off_kind *kind = sensor->component.class->family;

	return sensor->said == SAID_BEGUN ? kind->begun : kind->over;
}

static HOT void say(struct on_off *sensor, bool begun, uint64_t monotonic_ns)
{
	const struct on_off_kind *kind = sensor->component.class->family;

	if (sensor->said == (begun ? SAID_BEGUN : SAID_OVER))
		return;
	sensor->said = begun ? SAID_BEGUN : SAID_OVER;
	sensor->since_ns = monotonic_ns;
	if (kind->level)
		kind->level(sensor, begun, monotonic_ns);
	else
		component_emit(&sensor->component, type_of(sensor), monotonic_ns, NULL, NULL);
}

static void forget(struct on_off *sensor)
{
	const struct on_off_kind *kind = sensor->component.class->family;

	if (kind->unknown)
		kind->unknown(sensor);
}

static struct delay_settings delay_settings_of(const struct on_off *sensor)
{
	const struct on_off_config *config = sensor->component.config;

	return (struct delay_settings){ .on_ns = config->on_delay_ns, .off_ns = config->off_delay_ns };
}

/* To when the delay that runs is over. */
static void arm_delay(struct on_off *sensor)
{
	struct delay_settings settings = delay_settings_of(sensor);
	uint64_t next_ns = delay_next_ns(&sensor->delay, &settings);

	timer_set(sensor->delay_over, next_ns);
}

static int on_delay_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct on_off *sensor = userdata;
	struct delay_settings settings = delay_settings_of(sensor);
	struct delay_change change;

	(void)source, (void)usec;
	if (delay_time(&sensor->delay, &settings, clock_now_ns(CLOCK_MONOTONIC), &change))
		say(sensor, change.active, change.at_ns);
	arm_delay(sensor);
	return 0;
}

static void delay(struct on_off *sensor, bool active, uint64_t monotonic_ns)
{
	struct delay_settings settings = delay_settings_of(sensor);
	struct delay_change changes[DELAY_CHANGES_MAX];
	unsigned n = delay_input(&sensor->delay, &settings, active, monotonic_ns, changes);

	for (unsigned i = 0; i < n; i++)
		say(sensor, changes[i].active, changes[i].at_ns);
	arm_delay(sensor);
}

/* --- whether it can be believed -------------------------------------------------------------- */

static struct suspect_settings suspect_settings_of(const struct on_off *sensor)
{
	const struct on_off_config *config = sensor->component.config;

	return (struct suspect_settings){
		.stuck_ns = config->stuck_ns,
		.changes_max = config->changes_per_hour,
		.hours = config->changes_hours,
	};
}

static bool is_suspect(const struct on_off *sensor)
{
	return sensor->suspect.stuck || sensor->suspect.too_many;
}

/* Only to an earlier time: what it is set to already is looked at then, once a day, and not each edge made
 * dearer. */
static void arm_suspect(struct on_off *sensor)
{
	const struct suspect_settings settings = suspect_settings_of(sensor);
	uint64_t next_ns = suspect_next_ns(&sensor->suspect, &settings);

	if (next_ns >= sensor->suspect_at_ns)
		return;
	sensor->suspect_at_ns = next_ns;
	timer_set(sensor->suspect_time, next_ns);
}

/* Once, whatever the reasons are; and when the last of them is over. */
static void say_suspect(struct on_off *sensor, bool before, unsigned outcomes, uint64_t at_ns)
{
	static const enum suspect_outcome all[] = { SUSPECT_STUCK, SUSPECT_CHANGES, SUSPECT_STUCK_NO_MORE,
		                                    SUSPECT_CHANGES_NO_MORE };
	const struct suspect_settings settings = suspect_settings_of(sensor);
	char text[SUSPECT_TEXT_SIZE];

	for (size_t i = 0; i < ELEMENTS(all); i++)
		if ((outcomes & all[i]) && is_suspect(sensor) != before) {
			suspect_describe(&sensor->suspect, &settings, all[i], text);
			component_emit(&sensor->component,
			               before ? &event_sensor_trusted : &event_sensor_suspect, at_ns, NULL,
			               text);
			return;
		}
}

static int on_suspect_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct on_off *sensor = userdata;
	const struct suspect_settings settings = suspect_settings_of(sensor);
	bool before = is_suspect(sensor);
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)source, (void)usec;
	sensor->suspect_at_ns = NEVER_NS;
	say_suspect(sensor, before, suspect_time(&sensor->suspect, &settings, now_ns), now_ns);
	arm_suspect(sensor);
	return 0;
}

static void watch_for_suspect(struct on_off *sensor, bool active, uint64_t monotonic_ns)
{
	const struct suspect_settings settings = suspect_settings_of(sensor);
	bool before = is_suspect(sensor);
	unsigned outcomes = suspect_input(&sensor->suspect, &settings, active, monotonic_ns);

	if (outcomes)
		say_suspect(sensor, before, outcomes, monotonic_ns);
	arm_suspect(sensor);
}

/* --- the line -------------------------------------------------------------------------------- */

static HOT void on_level(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata)
{
	struct on_off *sensor = userdata;

	sensor->component.room->counters.edges += from == INPUT_EDGE;
	/* The second: an edge from before the end, which nobody read before it. */
	if (sensor->warmup || (from == INPUT_EDGE && monotonic_ns < sensor->warm_ns))
		return;
	if (sensor->delay_over)
		delay(sensor, active, monotonic_ns);
	else
		say(sensor, active, monotonic_ns);
	if (sensor->suspect_time)
		watch_for_suspect(sensor, active, monotonic_ns);
}

static void on_edge_contained(void *userdata)
{
	struct on_off *sensor = userdata;

	sensor->component.room->counters.edges++;
}

static void on_edges_lost(uint64_t count, uint64_t monotonic_ns, void *userdata)
{
	struct on_off *sensor = userdata;

	sensor->component.room->counters.edges_lost += count;
	forget(sensor);
	component_emit_count(&sensor->component, &event_edges_lost, monotonic_ns, count);
}

static void on_unavailable(const char *reason, void *userdata)
{
	struct on_off *sensor = userdata;

	forget(sensor);
	sensor->said = SAID_NOTHING;
	sensor->delay = (struct delay){ 0 };
	sensor->suspect = (struct suspect){ 0 };
	if (sensor->delay_over)
		arm_delay(sensor);
	component_unavailable(&sensor->component, reason);
}

static void on_available(const char *reason, void *userdata)
{
	struct on_off *sensor = userdata;

	component_available(&sensor->component, reason);
}

static const struct input_handlers input_handlers = {
	.level = on_level,
	.edge_contained = on_edge_contained,
	.edges_lost = on_edges_lost,
	.availability = { .unavailable = on_unavailable, .available = on_available },
};

/* --- the sensor of another hub --------------------------------------------------------------- */

static void on_remote_level(bool active, uint64_t monotonic_ns, void *userdata)
{
	struct on_off *sensor = userdata;

	if (sensor->gone) {
		sensor->gone = false;
		component_available(&sensor->component, "its hub tells of it");
	}
	on_level(active, monotonic_ns, INPUT_READ, sensor);
}

static void on_remote_gone(const char *reason, void *userdata)
{
	struct on_off *sensor = userdata;

	if (sensor->gone) {
		component_still_unavailable(&sensor->component, reason);
		return;
	}
	sensor->gone = true;
	on_unavailable(reason, sensor);
}

static const struct remote_handlers remote_handlers = { .level = on_remote_level, .gone = on_remote_gone };

static int init_remote(struct on_off *sensor)
{
	const struct on_off_config *config = sensor->component.config;
	const struct component_room *room = sensor->component.room;
	const struct remote_settings settings = {
		.name = config->remote,
		.takes = REMOTE_LEVEL,
		.max_age_ns = config->remote_max_age_ns,
	};

	return remote_new(room->remotes, room->event, &settings, &remote_handlers, sensor, &sensor->remote);
}

static void start_remote(struct on_off *sensor)
{
	const struct remote_known known = { .active = sensor->said == SAID_BEGUN, .since_ns = sensor->since_ns };

	remote_start(sensor->remote, sensor->said == SAID_NOTHING ? NULL : &known);
}

/* --- what is seen of it ---------------------------------------------------------------------- */

static int on_warm(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct on_off *sensor = userdata;

	(void)source, (void)usec;
	sensor->warmup = sd_event_source_disable_unref(sensor->warmup);
	sensor->warm_ns = clock_now_ns(CLOCK_MONOTONIC);
	input_report_level(sensor->input);
	component_changed(&sensor->component);
	return 0;
}

void on_off_get(const struct component *component, union value *ret)
{
	ret->b = ((const struct on_off *)component)->said == SAID_BEGUN;
}

void on_off_get_since(const struct component *component, union value *ret)
{
	ret->t = ((const struct on_off *)component)->since_ns / NSEC_PER_USEC;
}

void on_off_get_warming_up(const struct component *component, union value *ret)
{
	ret->b = ((const struct on_off *)component)->warmup;
}

void on_off_get_suspect(const struct component *component, union value *ret)
{
	ret->b = is_suspect((const struct on_off *)component);
}

void on_off_get_remote(const struct component *component, union value *ret)
{
	ret->s = ((const struct on_off_config *)component->config)->remote;
}

/* Whether it has begun, or is over. */
static enum truth is(const struct component *component, bool begun, uint64_t *ret_since_ns)
{
	const struct on_off *sensor = (const struct on_off *)component;

	*ret_since_ns = sensor->since_ns;
	if (component->missing > 0 || sensor->said == SAID_NOTHING)
		return TRUTH_UNKNOWN;
	return (sensor->said == SAID_BEGUN) == begun ? TRUTH_TRUE : TRUTH_FALSE;
}

enum truth on_off_is_begun(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, true, ret_since_ns);
}

enum truth on_off_is_over(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, false, ret_since_ns);
}

void on_off_describe(const struct component *component, char *buffer, size_t size)
{
	const struct on_off *sensor = (const struct on_off *)component;

	snprintf(buffer, size, "%s%s", sensor->warmup ? "warming up" : type_of(sensor)->words,
	         is_suspect(sensor) ? ", suspect" : "");
}

void on_off_why(const struct component *component, struct why *ret)
{
	const struct on_off *sensor = (const struct on_off *)component;
	const char *who = sensor->remote ? "its hub" : "its line";

	ret->since_ns = sensor->since_ns;
	if (sensor->warmup)
		cut_copy(ret->because, sizeof ret->because, "it is warming up: edges count for nothing yet");
	else if (is_suspect(sensor))
		snprintf(ret->because, sizeof ret->because, "%s says so; but it is suspect", who);
	else
		snprintf(ret->because, sizeof ret->because, "%s says so", who);
}

const struct kept_field on_off_kept[] = { ON_OFF_KEPT, { 0 } };

static enum delay_level level_said(const struct on_off *sensor)
{
	return sensor->said == SAID_BEGUN  ? DELAY_ACTIVE
	       : sensor->said == SAID_OVER ? DELAY_INACTIVE
	                                   : DELAY_UNKNOWN;
}

/* A predecessor without a delay has said the level as it was. */
static void restore_delay(struct on_off *sensor)
{
	if (delay_restored(&sensor->delay, clock_now_ns(CLOCK_MONOTONIC)))
		return;
	sensor->delay = (struct delay){
		.input = level_said(sensor),
		.input_ns = sensor->since_ns,
		.level = level_said(sensor),
		.since_ns = sensor->since_ns,
	};
}

/* What a predecessor's delay held back is not said yet. */
static void drop_delay(struct on_off *sensor)
{
	sensor->reread = sensor->delay.input != DELAY_UNKNOWN && sensor->delay.input != (int)level_said(sensor);
	sensor->delay = (struct delay){ 0 };
}

void on_off_restored(struct component *component, enum kept_over over)
{
	struct on_off *sensor = (struct on_off *)component;
	const struct suspect_settings settings = suspect_settings_of(sensor);

	(void)over;
	if (sensor->said < SAID_NOTHING || sensor->said > SAID_OVER)
		sensor->said = SAID_NOTHING;
	if (sensor->delay_over)
		restore_delay(sensor);
	else
		drop_delay(sensor);
	sensor->suspect.active = sensor->said == SAID_BEGUN;
	sensor->suspect.since_ns = sensor->since_ns;
	suspect_restored(&sensor->suspect, &settings, clock_now_ns(CLOCK_MONOTONIC));
}

static int init_warmup(struct on_off *sensor)
{
	const struct on_off_config *config = sensor->component.config;
	uint64_t now_ns = clock_now_ns(CLOCK_BOOTTIME), monotonic_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (now_ns >= config->warmup_ns) {
		uint64_t since_ns = now_ns - config->warmup_ns;

		sensor->warm_ns = monotonic_ns > since_ns ? monotonic_ns - since_ns : 0;
		return 0;
	}
	return sd_event_add_time(sensor->component.room->event, &sensor->warmup, CLOCK_BOOTTIME,
	                         clock_usec_at_or_after(config->warmup_ns), 1, on_warm, sensor);
}

static int init_delay(struct on_off *sensor)
{
	struct delay_settings settings = delay_settings_of(sensor);

	if (settings.on_ns == 0 && settings.off_ns == 0)
		return 0;
	return timer_new(sensor->component.room->event, &sensor->delay_over, on_delay_over, sensor);
}

static int init_suspect(struct on_off *sensor)
{
	const struct on_off_config *config = sensor->component.config;
	int r;

	sensor->suspect_at_ns = NEVER_NS;
	if (config->stuck_ns == 0 && config->changes_per_hour == 0)
		return 0;
	r = sd_event_add_time(sensor->component.room->event, &sensor->suspect_time, CLOCK_MONOTONIC, 0,
	                      NSEC_PER_SEC / NSEC_PER_USEC, on_suspect_time, sensor);
	return r < 0 ? r : sd_event_source_set_enabled(sensor->suspect_time, SD_EVENT_OFF);
}

static int init_input(struct on_off *sensor)
{
	const struct on_off_config *config = sensor->component.config;
	const struct component_room *room = sensor->component.room;
	struct gpio_settings settings = {
		.line = config->line,
		.consumer = gpio_consumer(component_name(&sensor->component), sensor->consumer),
		.active_low = config->active_low,
		.bias = (enum gpio_bias)config->bias,
		.debounce_ns = config->debounce_ns,
		.stored_as = component_stored_as(&sensor->component, "Line", sensor->stored_as),
	};

	return input_new(room->lines, room->store, room->memory, &settings, &input_handlers, sensor, &sensor->input);
}

int on_off_init(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;
	const struct on_off_config *config = component->config;
	int r;

	r = config->remote ? init_remote(sensor) : init_input(sensor);
	if (r >= 0)
		r = init_warmup(sensor);
	if (r >= 0)
		r = init_delay(sensor);
	return r < 0 ? r : init_suspect(sensor);
}

static bool is_unknown(const struct on_off *sensor)
{
	return sensor->delay_over ? sensor->delay.input == DELAY_UNKNOWN : sensor->said == SAID_NOTHING;
}

static void start_input(struct on_off *sensor)
{
	input_start(sensor->input);
	/* A predecessor that was still warming up has read the level, and said nothing of it. */
	if (!sensor->warmup && (sensor->reread || is_unknown(sensor)))
		input_report_level(sensor->input);
}

int on_off_start(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;

	if (sensor->remote)
		start_remote(sensor);
	else
		start_input(sensor);
	if (sensor->delay_over)
		arm_delay(sensor);
	if (sensor->suspect_time)
		arm_suspect(sensor);
	return 0;
}

void on_off_deinit(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;

	sensor->warmup = sd_event_source_disable_unref(sensor->warmup);
	sensor->delay_over = sd_event_source_disable_unref(sensor->delay_over);
	sensor->suspect_time = sd_event_source_disable_unref(sensor->suspect_time);
	sensor->input = input_free(sensor->input);
	sensor->remote = remote_free(sensor->remote);
}
