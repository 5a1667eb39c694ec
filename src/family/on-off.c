/* What watches for one thing on a line. Says what it sees; must not know what is done about it. */
#include "family/on-off.h"

#include <stdio.h>

#include "util/cleanup.h"
#include "util/clock.h"

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

static HOT void on_level(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata)
{
	struct on_off *sensor = userdata;

	sensor->component.room->counters.edges += from == INPUT_EDGE;
	/* The second: an edge from before the end, which nobody read before it. */
	if (sensor->warmup || (from == INPUT_EDGE && monotonic_ns < sensor->warm_ns) ||
	    sensor->said == (active ? SAID_BEGUN : SAID_OVER))
		return;
	sensor->said = active ? SAID_BEGUN : SAID_OVER;
	sensor->since_ns = monotonic_ns;
	component_emit(&sensor->component, type_of(sensor), monotonic_ns, NULL, NULL);
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
	component_emit_count(&sensor->component, &event_edges_lost, monotonic_ns, count);
}

static void on_unavailable(const char *reason, void *userdata)
{
	struct on_off *sensor = userdata;

	sensor->said = SAID_NOTHING;
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

void on_off_get(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct on_off *)component)->said == SAID_BEGUN;
}

void on_off_get_since(const struct component *component, union interface_value *ret)
{
	ret->t = ((const struct on_off *)component)->since_ns / NSEC_PER_USEC;
}

void on_off_get_warming_up(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct on_off *)component)->warmup;
}

void on_off_describe(const struct component *component, char *buffer, size_t size)
{
	const struct on_off *sensor = (const struct on_off *)component;

	snprintf(buffer, size, "%s", sensor->warmup ? "warming up" : type_of(sensor)->words);
}

const struct kept_field on_off_kept[] = {
	{ "said", KEPT_INT, offsetof(struct on_off, said), KEPT_OVER_RESTART },
	{ "since_ns", KEPT_U64, offsetof(struct on_off, since_ns), KEPT_OVER_RESTART },
	{ 0 },
};

void on_off_restored(struct component *component, enum kept_over over)
{
	struct on_off *sensor = (struct on_off *)component;

	(void)over;
	if (sensor->said < SAID_NOTHING || sensor->said > SAID_OVER)
		sensor->said = SAID_NOTHING;
}

void on_off_announce(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;

	if (sensor->said != SAID_NOTHING)
		component_repeat(component, type_of(sensor), sensor->since_ns);
}

int on_off_init(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;
	const struct on_off_config *config = component->config;
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

int on_off_start(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;

	input_start(sensor->input);
	/* A predecessor that was still warming up has read the level, and said nothing of it. */
	if (!sensor->warmup && sensor->said == SAID_NOTHING)
		input_report_level(sensor->input);
	return 0;
}

void on_off_deinit(struct component *component)
{
	struct on_off *sensor = (struct on_off *)component;

	sensor->warmup = sd_event_source_disable_unref(sensor->warmup);
	sensor->input = input_free(sensor->input);
}
