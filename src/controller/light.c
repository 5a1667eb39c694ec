/* LightController: motion switches a relay on, an off-delay switches it off. The rules are in light-rules.c;
 * this ties them to the hub, the clock and the relay. */
#include "roomd/component.h"

#include <errno.h>
#include <stdlib.h>

#include "controller/controllers.h"
#include "controller/light-rules.h"
#include "output/output.h"
#include "util/clock.h"

struct light_config {
	char *location;
	char *line;
	bool active_low;
	struct option_name_list motion;
	uint64_t off_delay_ns;
};

static const struct option options[] = {
	OPTION_LOCATION(struct light_config),
	{ .key = "Line", .type = &option_line, .offset = offsetof(struct light_config, line) },
	{ .key = "ActiveLow",
	  .type = &option_bool,
	  .offset = offsetof(struct light_config, active_low),
	  .default_text = "no" },
	{ .key = "Motion",
	  .type = &option_names,
	  .offset = offsetof(struct light_config, motion),
	  .default_text = "",
	  .refers_to = "MotionSensor" },
	{ .key = "OffDelaySec",
	  .type = &option_timespan,
	  .offset = offsetof(struct light_config, off_delay_ns),
	  .default_text = "2min" },
	{ 0 },
};

/* A motion sensor as this light sees it. */
struct watched_sensor {
	struct light_controller *light;
	bool active;
	struct hub_subscription detected, cleared, unavailable;
};

/* Why the light is as it is. */
struct why {
	uint64_t at_ns;
	const struct hub_source *by;
	const char *cause;
};

struct light_controller {
	struct component component;
	char consumer[GPIO_CONSUMER_SIZE];
	char stored_as[COMPONENT_STORED_AS_SIZE];
	struct light_rules rules;
	struct why why;
	bool said_on;
	struct output *relay;
	sd_event_source *off_timer;
	uint64_t armed_ns;              /* what the timer is set to */
	struct watched_sensor *sensors; /* one for each of component.peers */
};

static void arm_off_timer(struct light_controller *light)
{
	if (light->armed_ns == light->rules.off_at_ns)
		return;
	light->armed_ns = light->rules.off_at_ns;
	if (light->armed_ns == NEVER_NS) {
		sd_event_source_set_enabled(light->off_timer, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(light->off_timer, clock_usec_at_or_after(light->armed_ns));
	sd_event_source_set_enabled(light->off_timer, SD_EVENT_ONESHOT);
}

/* Says what the relay does, if it does something else than was said last. A relay that is absent does
 * nothing. */
static void say(struct light_controller *light)
{
	bool on = light->rules.on && output_is_available(light->relay);

	if (light->said_on == on)
		return;
	light->said_on = on;
	component_emit(&light->component, on ? EVENT_LIGHT_ON : EVENT_LIGHT_OFF, light->why.at_ns,
	               light->why.by, light->why.cause);
}

/* First the relay, then everything else. */
static void carry_out(struct light_controller *light, bool changed, struct why why)
{
	if (changed)
		output_set(light->relay, light->rules.on ? OUTPUT_ON : OUTPUT_OFF, why.at_ns);
	arm_off_timer(light);
	if (!changed)
		return;
	light->why = why;
	say(light);
}

static void on_motion(struct watched_sensor *sensor, bool active, const struct event *event,
                      const char *cause)
{
	bool changed =
		light_rules_motion(&sensor->light->rules, &sensor->active, active, event->monotonic_ns);

	carry_out(sensor->light, changed, (struct why){ event->monotonic_ns, event->source, cause });
}

static void on_detected(const struct event *event, void *userdata)
{
	on_motion(userdata, true, event, "motion");
}

static void on_cleared(const struct event *event, void *userdata)
{
	on_motion(userdata, false, event, "no motion");
}

/* A sensor that has gone sees nothing any more: the light must not stay on for ever. */
static void on_sensor_unavailable(const struct event *event, void *userdata)
{
	on_motion(userdata, false, event, "sensor unavailable");
}

static int on_off_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct light_controller *light = userdata;
	uint64_t now_usec = usec;
	bool changed;

	(void)source;
	sd_event_now(light->component.room->event, CLOCK_MONOTONIC, &now_usec);
	changed = light_rules_time(&light->rules, now_usec * NSEC_PER_USEC);
	carry_out(light, changed, (struct why){ now_usec * NSEC_PER_USEC, NULL, "off-delay" });
	return 0;
}

static void on_unavailable(const char *reason, void *userdata)
{
	struct light_controller *light = userdata;

	light->said_on = false;
	component_unavailable(&light->component, reason);
}

static void on_available(const char *reason, void *userdata)
{
	struct light_controller *light = userdata;

	component_available(&light->component, reason);
	light->why = (struct why){ clock_now_ns(CLOCK_MONOTONIC), light->why.by, "relay available again" };
	say(light);
}

static const struct line_availability relay_availability = {
	.unavailable = on_unavailable,
	.available = on_available,
};

static void watch_sensor(struct light_controller *light, const struct hub_source *source,
                         struct watched_sensor *sensor)
{
	struct hub *hub = light->component.room->hub;

	sensor->light = light;
	hub_subscribe(hub, &sensor->detected, (struct hub_filter){ EVENT_MOTION_DETECTED, source },
	              on_detected, sensor);
	hub_subscribe(hub, &sensor->cleared, (struct hub_filter){ EVENT_MOTION_CLEARED, source }, on_cleared,
	              sensor);
	hub_subscribe(hub, &sensor->unavailable, (struct hub_filter){ EVENT_SENSOR_UNAVAILABLE, source },
	              on_sensor_unavailable, sensor);
}

static int init(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;
	const struct light_config *config = component->config;
	sd_event *event = component->room->event;
	struct gpio_settings settings = {
		.line = config->line,
		.consumer = gpio_consumer(component_name(component), light->consumer),
		.active_low = config->active_low,
		.stored_as = component_stored_as(component, "Line", light->stored_as),
	};
	int r;

	light_rules_init(&light->rules, config->off_delay_ns);
	light->armed_ns = NEVER_NS;
	r = output_new(event, component->room->store, &settings, &relay_availability, light, &light->relay);
	if (r < 0)
		return r;
	r = sd_event_add_time(event, &light->off_timer, CLOCK_MONOTONIC, 0, 1, on_off_time, light);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(light->off_timer, SD_EVENT_OFF);
	if (r < 0)
		return r;
	light->sensors = calloc(component->peers_n, sizeof *light->sensors);
	if (!light->sensors && component->peers_n > 0)
		return -ENOMEM;
	for (size_t i = 0; i < component->peers_n; i++)
		watch_sensor(light, component->peers[i], &light->sensors[i]);
	return 0;
}

/* The sensors have said their first levels by now: the relay is requested with the value that is right. */
static int start(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;

	output_start(light->relay);
	say(light);
	return 0;
}

static void deinit(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;

	for (size_t i = 0; light->sensors && i < component->peers_n; i++) {
		hub_unsubscribe(&light->sensors[i].detected);
		hub_unsubscribe(&light->sensors[i].cleared);
		hub_unsubscribe(&light->sensors[i].unavailable);
	}
	free(light->sensors);
	light->off_timer = sd_event_source_disable_unref(light->off_timer);
	light->relay = output_free(light->relay);
}

const struct component_class light_controller_class = {
	.kind = "LightController",
	.layer = COMPONENT_CONTROLLER,
	.instance_size = sizeof(struct light_controller),
	.config_size = sizeof(struct light_config),
	.options = options,
	.init = init,
	.start = start,
	.deinit = deinit,
};
