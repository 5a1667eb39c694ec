/* MotionSensor: a PIR on a GPIO line. Says what it sees; must not know what is done about it. */
#include "roomd/component.h"

#include <stdio.h>

#include "io/input.h"
#include "sensor/sensors.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct motion_config {
	char *location;
	char *line;
	bool active_low;
	int bias;
	uint64_t debounce_ns;
	uint64_t warmup_ns;
};

static const struct option options[] = {
	OPTION_LOCATION(struct motion_config),
	{ .key = "Line", .type = &option_line, .offset = offsetof(struct motion_config, line) },
	{ .key = "ActiveLow",
	  .type = &option_bool,
	  .offset = offsetof(struct motion_config, active_low),
	  .default_text = "no" },
	{ .key = "Bias",
	  .type = &option_word,
	  .offset = offsetof(struct motion_config, bias),
	  .default_text = "as-is",
	  .words = input_biases },
	{ .key = "DebounceSec",
	  .type = &option_timespan,
	  .offset = offsetof(struct motion_config, debounce_ns),
	  .default_text = "0",
	  .max = INPUT_DEBOUNCE_USEC_MAX,
	  .expected = INPUT_DEBOUNCE_EXPECTED },
	{ .key = "WarmupSec",
	  .type = &option_timespan,
	  .offset = offsetof(struct motion_config, warmup_ns),
	  .default_text = "0" },
	{ 0 },
};

enum said {
	SAID_NOTHING,
	SAID_DETECTED,
	SAID_CLEARED,
};

struct motion_sensor {
	struct component component;
	char consumer[GPIO_CONSUMER_SIZE];
	char stored_as[COMPONENT_STORED_AS_SIZE];
	struct input *input;
	sd_event_source *warmup; /* NULL: over */
	uint64_t warm_ns;        /* since then it is, on CLOCK_MONOTONIC */
	/* What was said last; nothing is repeated. */
	int said; /* enum said */
	uint64_t since_ns;
};

static HOT void on_level(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata)
{
	struct motion_sensor *sensor = userdata;

	sensor->component.room->counters.edges += from == INPUT_EDGE;
	/* The second: an edge from before the end, which nobody read before it. */
	if (sensor->warmup || (from == INPUT_EDGE && monotonic_ns < sensor->warm_ns) ||
	    sensor->said == (active ? SAID_DETECTED : SAID_CLEARED))
		return;
	sensor->said = active ? SAID_DETECTED : SAID_CLEARED;
	sensor->since_ns = monotonic_ns;
	component_emit(&sensor->component, active ? EVENT_MOTION_DETECTED : EVENT_MOTION_CLEARED,
	               monotonic_ns, NULL, NULL);
}

static void on_edge_contained(void *userdata)
{
	struct motion_sensor *sensor = userdata;

	sensor->component.room->counters.edges++;
}

static void on_edges_lost(uint64_t count, uint64_t monotonic_ns, void *userdata)
{
	struct motion_sensor *sensor = userdata;

	sensor->component.room->counters.edges_lost += count;
	component_emit_count(&sensor->component, EVENT_EDGES_LOST, monotonic_ns, count);
}

static void on_unavailable(const char *reason, void *userdata)
{
	struct motion_sensor *sensor = userdata;

	sensor->said = SAID_NOTHING;
	component_unavailable(&sensor->component, reason);
}

static void on_available(const char *reason, void *userdata)
{
	struct motion_sensor *sensor = userdata;

	component_available(&sensor->component, reason);
}

static const struct input_handlers input_handlers = {
	.level = on_level,
	.edge_contained = on_edge_contained,
	.edges_lost = on_edges_lost,
	.availability = { .unavailable = on_unavailable, .available = on_available },
};

static int on_warm(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct motion_sensor *sensor = userdata;

	(void)source, (void)usec;
	sensor->warmup = sd_event_source_disable_unref(sensor->warmup);
	sensor->warm_ns = clock_now_ns(CLOCK_MONOTONIC);
	input_report_level(sensor->input);
	component_changed(&sensor->component);
	return 0;
}

static void get_motion(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct motion_sensor *)component)->said == SAID_DETECTED;
}

static void get_since(const struct component *component, union interface_value *ret)
{
	ret->t = ((const struct motion_sensor *)component)->since_ns / NSEC_PER_USEC;
}

static void get_warming_up(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct motion_sensor *)component)->warmup;
}

static const struct interface_property properties[] = {
	{ "Motion", 'b', "Whether it sees motion.", get_motion },
	{ "Since", 't', "Since when: CLOCK_MONOTONIC, µs; 0: not known.", get_since },
	{ "WarmingUp", 'b', "Whether edges count for nothing yet (WarmupSec=).", get_warming_up },
	{ 0 },
};

static const enum event_type events[] = {
	EVENT_MOTION_DETECTED,    EVENT_MOTION_CLEARED, EVENT_SENSOR_AVAILABLE,
	EVENT_SENSOR_UNAVAILABLE, EVENT_EDGES_LOST,     EVENT_ANY,
};

static void describe(const struct component *component, char *buffer, size_t size)
{
	const struct motion_sensor *sensor = (const struct motion_sensor *)component;

	snprintf(buffer, size, "%s",
	         sensor->warmup                  ? "warming up"
	         : sensor->said == SAID_DETECTED ? "motion"
	                                         : "no motion");
}

static const struct kept_field kept[] = {
	{ "said", KEPT_INT, offsetof(struct motion_sensor, said), KEPT_OVER_RESTART },
	{ "since_ns", KEPT_U64, offsetof(struct motion_sensor, since_ns), KEPT_OVER_RESTART },
	{ 0 },
};

static void restored(struct component *component, enum kept_over over)
{
	struct motion_sensor *sensor = (struct motion_sensor *)component;

	(void)over;
	if (sensor->said < SAID_NOTHING || sensor->said > SAID_CLEARED)
		sensor->said = SAID_NOTHING;
}

static void announce(struct component *component)
{
	struct motion_sensor *sensor = (struct motion_sensor *)component;

	if (sensor->said != SAID_NOTHING)
		component_repeat(component,
		                 sensor->said == SAID_DETECTED ? EVENT_MOTION_DETECTED : EVENT_MOTION_CLEARED,
		                 sensor->since_ns);
}

static int init(struct component *component)
{
	struct motion_sensor *sensor = (struct motion_sensor *)component;
	const struct motion_config *config = component->config;
	const struct component_room *room = component->room;
	struct gpio_settings settings = {
		.line = config->line,
		.consumer = gpio_consumer(component_name(component), sensor->consumer),
		.active_low = config->active_low,
		.bias = (enum gpio_bias)config->bias,
		.debounce_ns = config->debounce_ns,
		.stored_as = component_stored_as(component, "Line", sensor->stored_as),
	};
	uint64_t now_ns = clock_now_ns(CLOCK_BOOTTIME), monotonic_ns = clock_now_ns(CLOCK_MONOTONIC);
	int r;

	r = input_new(room->lines, room->store, room->memory, &settings, &input_handlers, sensor,
	              &sensor->input);
	if (r < 0)
		return r;
	if (now_ns >= config->warmup_ns) {
		uint64_t since_ns = now_ns - config->warmup_ns;

		sensor->warm_ns = monotonic_ns > since_ns ? monotonic_ns - since_ns : 0;
		return 0;
	}
	return sd_event_add_time(component->room->event, &sensor->warmup, CLOCK_BOOTTIME,
	                         clock_usec_at_or_after(config->warmup_ns), 1, on_warm, sensor);
}

static int start(struct component *component)
{
	struct motion_sensor *sensor = (struct motion_sensor *)component;

	input_start(sensor->input);
	/* A predecessor that was still warming up has read the level, and said nothing of it. */
	if (!sensor->warmup && sensor->said == SAID_NOTHING)
		input_report_level(sensor->input);
	return 0;
}

static void deinit(struct component *component)
{
	struct motion_sensor *sensor = (struct motion_sensor *)component;

	sensor->warmup = sd_event_source_disable_unref(sensor->warmup);
	sensor->input = input_free(sensor->input);
}

const struct component_class motion_sensor_class = {
	.kind = "MotionSensor",
	.layer = COMPONENT_SENSOR,
	.instance_size = sizeof(struct motion_sensor),
	.config_size = sizeof(struct motion_config),
	.options = options,
	.properties = properties,
	.kept = kept,
	.events = events,
	.init = init,
	.restored = restored,
	.announce = announce,
	.describe = describe,
	.start = start,
	.deinit = deinit,
};
