/* LightController: motion switches a relay on, an off-delay switches it off. The rules are in light-rules.c;
 * this ties them to the hub, the clock and the relay. */
#include "roomd/component.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "controller/controllers.h"
#include "controller/light-rules.h"
#include "controller/manual-end.h"
#include "output/output.h"
#include "roomd/message-ids.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/problem.h"

#define SWITCHED ABOUT("What its relay does. _by_ is the sensor that led to it.")

static const struct event_type light_on = {
	.name = "light_on",
	.text_name = "cause",
	.level = LOG_INFO,
	.words = "light on",
	.about = SWITCHED,
};
static const struct event_type light_off = {
	.name = "light_off",
	.text_name = "cause",
	.level = LOG_INFO,
	.words = "light off",
	.about = SWITCHED,
};
static const struct event_type light_loop = {
	.name = "light_loop",
	.text_name = "cause",
	.level = LOG_WARNING,
	.words = "switches itself on again and again",
	.message_id = ROOMD_MESSAGE_LIGHT_LOOP,
	.about = ABOUT(
		"Its lamp seems to trigger the sensor that switches it, _by_. Said once; _cause_ says what is "
		"seen, and what helps."),
};

struct light_config {
	char *location;
	char *line;
	bool active_low;
	struct option_name_list motion, buttons;
	uint64_t off_delay_ns;
	uint64_t ignore_ns;
	bool ignore_suspect;
	int stop_value;
};

static const struct option options[] = {
	OPTION_LOCATION(struct light_config),
	{ .key = "Line",
	  .type = &option_line,
	  .offset = offsetof(struct light_config, line),
	  .about = ABOUT("The line the relay is wired to.", .example = "LIGHT_RELAY") },
	{ .key = "ActiveLow",
	  .type = &option_bool,
	  .offset = offsetof(struct light_config, active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if a low level switches the relay on.") },
	{ .key = "Motion",
	  .type = &option_names,
	  .offset = offsetof(struct light_config, motion),
	  .default_text = "",
	  .refers_to = "MotionSensor",
	  .about = ABOUT("Names of the motion sensors that switch it, with spaces between.",
	                 .unset = "all of them") },
	{ .key = "Buttons",
	  .type = &option_names,
	  .offset = offsetof(struct light_config, buttons),
	  .default_text = "",
	  .refers_to = "Button",
	  .unset_is_none = true,
	  .about = ABOUT("Names of the buttons that switch it by hand, with spaces between: a single press on or off, "
	                 "a long one back to automatic.",
	                 .unset = "none") },
	{ .key = "OffDelaySec",
	  .type = &option_timespan,
	  .offset = offsetof(struct light_config, off_delay_ns),
	  .default_text = "2min",
	  .about = ABOUT(
		  "It goes off so long after the last of them has cleared; motion in between starts the time "
		  "anew. A sensor that becomes unavailable has cleared.") },
	{ .key = "IgnoreMotionAfterSwitchSec",
	  .type = &option_timespan,
	  .offset = offsetof(struct light_config, ignore_ns),
	  .default_text = "0",
	  .about = ABOUT(
		  "Motion that begins within this time after the light itself was switched, by whomever, does not "
		  "switch it on: for a lamp whose going off triggers the sensor. The kernel's time of the edge "
		  "counts. A sensor that sees somebody all the time has to clear first; so take no more than is "
		  "needed, _5s_ for most lamps. While the light is on all motion counts. That a lamp seems to need it "
		  "is said once, in the journal and by the event _light_loop_.") },
	{ .key = "IgnoreSuspect",
	  .type = &option_bool,
	  .offset = offsetof(struct light_config, ignore_suspect),
	  .default_text = "no",
	  .about = ABOUT("_yes_: a sensor that is suspect has cleared, and does not switch the light on, until it is "
	                 "trusted again.") },
	{ .key = "StopValue",
	  .type = &option_word,
	  .offset = offsetof(struct light_config, stop_value),
	  .default_text = "keep",
	  .words = output_stop_values,
	  .about = OUTPUT_STOP_ABOUT("its line") },
	{ 0 },
};

/* A motion sensor as this light sees it. */
struct watched_sensor {
	struct light_controller *light;
	bool active, suspect;
	struct hub_subscription subscription;
};

enum mode {
	MODE_AUTOMATIC,
	MODE_MANUAL_OFF,
	MODE_MANUAL_ON,
	MODES,
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
	int mode; /* enum mode */
	struct manual_end manual_end;
	struct why why;
	bool on;      /* what the demands come to */
	bool said_on; /* what was said last */
	struct output *relay;
	struct output_demand automatic, manual, at_stop;
	sd_event_source *manual_timer;
	sd_event_source *off_timer;
	uint64_t armed_ns;              /* what the timer is set to */
	struct watched_sensor *sensors; /* one for each of component.peers */
};

static void arm(sd_event_source *timer, uint64_t at_ns)
{
	if (at_ns == NEVER_NS) {
		sd_event_source_set_enabled(timer, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(timer, clock_usec_at_or_after(at_ns));
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static void arm_off_timer(struct light_controller *light)
{
	if (light->armed_ns == light->rules.off_at_ns)
		return;
	light->armed_ns = light->rules.off_at_ns;
	arm(light->off_timer, light->armed_ns);
	component_changed(&light->component);
}

/* Says what the relay does, if it does something else than was said last. A relay that is absent does
 * nothing. */
static void say(struct light_controller *light)
{
	bool on = light->on && output_is_available(light->relay);

	if (light->said_on == on)
		return;
	light->said_on = on;
	component_emit(&light->component, on ? &light_on : &light_off, light->why.at_ns, light->why.by,
	               light->why.cause);
}

/* What the rules and a person want, to the relay. */
static void demand(struct light_controller *light, uint64_t at_ns)
{
	if (light->rules.on)
		output_demand(light->relay, &light->automatic, OUTPUT_AUTOMATIC, OUTPUT_ON, at_ns);
	else
		output_release(&light->automatic, at_ns);
	if (light->mode != MODE_AUTOMATIC)
		output_demand(light->relay, &light->manual, OUTPUT_MANUAL,
		              light->mode == MODE_MANUAL_ON ? OUTPUT_ON : OUTPUT_OFF, at_ns);
	else
		output_release(&light->manual, at_ns);
}

/* First the relay, then everything else. */
static HOT void carry_out(struct light_controller *light, struct why why)
{
	bool on;

	demand(light, why.at_ns);
	arm_off_timer(light);
	on = output_wanted(light->relay) == OUTPUT_ON;
	if (light->on == on)
		return;
	light->on = on;
	light->why = why;
	light_rules_switched(&light->rules, why.at_ns);
	say(light);
}

static void say_loop(struct light_controller *light, const struct event *event)
{
	char cause[EVENT_TEXT_SIZE];

	snprintf(
		cause, sizeof cause,
		"%d times in a row, motion was seen within %ds of its going off, and at no other time; its lamp seems "
		"to trigger the sensor: move one of them, or set IgnoreMotionAfterSwitchSec= to some seconds",
		LIGHT_LOOP_TIMES, (int)(LIGHT_LOOP_WINDOW_NS / NSEC_PER_SEC));
	component_emit(&light->component, &light_loop, event->monotonic_ns, event->source, cause);
}

static HOT bool on_motion(struct watched_sensor *sensor, bool active, const struct event *event,
                          const char *cause)
{
	bool changed =
		light_rules_motion(&sensor->light->rules, &sensor->active, active, event->monotonic_ns);

	carry_out(sensor->light, (struct why){ event->monotonic_ns, event->source, cause });
	return changed;
}

/* Motion that a predecessor has ignored is not taken for new, whatever was switched since. */
static bool was_ignored(const struct light_controller *light)
{
	return light->component.recalled && light->rules.ignore_ns > 0 && !light->rules.on;
}

static HOT void on_begun(struct watched_sensor *sensor, const struct event *event)
{
	bool switched_on;

	if (sensor->suspect)
		return;
	if (event->repeated && was_ignored(sensor->light)) {
		light_rules_go_on(&sensor->light->rules, &sensor->active);
		return;
	}
	switched_on = on_motion(sensor, true, event, "motion");
	if (light_rules_loops(&sensor->light->rules, switched_on, event->monotonic_ns))
		say_loop(sensor->light, event);
}

static void set_mode(struct light_controller *light, enum mode mode, uint64_t for_usec,
                     const struct hub_source *by, const char *cause)
{
	struct manual_now now = manual_now();

	light->mode = mode;
	manual_end_set(&light->manual_end, now, for_usec);
	carry_out(light, (struct why){ now.monotonic_ns, by, cause });
	arm(light->manual_timer, light->manual_end.at_ns);
	component_changed(&light->component);
}

/* Somebody asks for the other state, or for no state in particular any more. */
static void on_press(struct light_controller *light, const struct event *event)
{
	if (strcmp(event->text, "single") == 0)
		set_mode(light, light->on ? MODE_MANUAL_OFF : MODE_MANUAL_ON, 0, event->source, "button");
	else if (strcmp(event->text, "long") == 0)
		set_mode(light, MODE_AUTOMATIC, 0, event->source, "automatic again");
}

/* What it sees from now on counts, or not; a light that it has switched on must not stay so for ever. */
static void on_suspect(struct watched_sensor *sensor, bool suspect, const struct event *event)
{
	const struct light_config *config = sensor->light->component.config;

	if (!config->ignore_suspect)
		return;
	sensor->suspect = suspect;
	if (suspect)
		on_motion(sensor, false, event, "sensor suspect");
}

/* A sensor that has gone sees nothing any more: the light must not stay on for ever. */
static HOT void on_sensor(const struct event *event, void *userdata)
{
	struct watched_sensor *sensor = userdata;

	if (event->type->means == EVENT_MEANS_BEGUN)
		on_begun(sensor, event);
	else if (event->type->means == EVENT_MEANS_OVER)
		on_motion(sensor, false, event,
		          event->type == &event_sensor_unavailable ? "sensor unavailable" : "no motion");
	else if (event->type->means == EVENT_MEANS_PRESS)
		on_press(sensor->light, event);
	else if (event->type == &event_sensor_suspect || event->type == &event_sensor_trusted)
		on_suspect(sensor, event->type == &event_sensor_suspect, event);
}

static uint64_t loop_now_ns(const struct light_controller *light)
{
	uint64_t usec = 0;

	sd_event_now(light->component.room->event, CLOCK_MONOTONIC, &usec);
	return usec * NSEC_PER_USEC;
}

static int on_off_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct light_controller *light = userdata;
	uint64_t now_ns = loop_now_ns(light);

	(void)source, (void)usec;
	light_rules_time(&light->rules, now_ns);
	carry_out(light, (struct why){ now_ns, NULL, "off-delay" });
	component_changed(&light->component);
	return 0;
}

/* --- by hand --------------------------------------------------------------------------------- */

static int on_manual_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	set_mode(userdata, MODE_AUTOMATIC, 0, NULL, "manual time is over");
	return 0;
}

static void clock_set(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;

	if (!manual_end_follow(&light->manual_end, manual_now()))
		return;
	arm(light->manual_timer, light->manual_end.at_ns);
	component_changed(component);
}

static int set_on(struct component *component, const union interface_value *arguments,
                  struct problem *problem)
{
	(void)problem;
	set_mode((struct light_controller *)component, arguments[0].b ? MODE_MANUAL_ON : MODE_MANUAL_OFF, 0,
	         NULL, "manual");
	return 0;
}

static int set_on_for(struct component *component, const union interface_value *arguments,
                      struct problem *problem)
{
	if (arguments[1].t == 0 || arguments[1].t > MANUAL_END_USEC_MAX)
		return problem_set(problem, -EINVAL,
		                   "expected a time from 1 µs to 10 years, in µs, got %" PRIu64,
		                   arguments[1].t);
	set_mode((struct light_controller *)component, arguments[0].b ? MODE_MANUAL_ON : MODE_MANUAL_OFF,
	         arguments[1].t, NULL, "manual");
	return 0;
}

static int set_automatic(struct component *component, const union interface_value *arguments,
                         struct problem *problem)
{
	(void)arguments, (void)problem;
	set_mode((struct light_controller *)component, MODE_AUTOMATIC, 0, NULL, "automatic again");
	return 0;
}

static const struct interface_action actions[] = {
	{ .name = "SetOn",
	  .arguments = { { "on", 'b' } },
	  .about = ABOUT("Switches the light on or off by hand, until SetAutomatic."),
	  .right = RIGHT_CONTROL,
	  .run = set_on },
	{ .name = "SetOnFor",
	  .arguments = { { "on", 'b' }, { "usec", 't' } },
	  .about = ABOUT(
		  "Switches the light on or off by hand for so many microseconds, at most ten years; then it is "
		  "automatic again."),
	  .right = RIGHT_CONTROL,
	  .run = set_on_for },
	{ .name = "SetAutomatic",
	  .about = ABOUT("Ends what was set by hand: motion and the off-delay decide again."),
	  .right = RIGHT_CONTROL,
	  .run = set_automatic },
	{ 0 },
};

static void get_on(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct light_controller *)component)->said_on;
}

static void get_mode(const struct component *component, union interface_value *ret)
{
	ret->s =
		((const struct light_controller *)component)->mode == MODE_AUTOMATIC ? "automatic" : "manual";
}

static void get_manual_until(const struct component *component, union interface_value *ret)
{
	ret->t = ((const struct light_controller *)component)->manual_end.shown_usec;
}

static void get_off_at(const struct component *component, union interface_value *ret)
{
	uint64_t ns = ((const struct light_controller *)component)->rules.off_at_ns;

	ret->t = ns == NEVER_NS ? 0 : ns / NSEC_PER_USEC;
}

static const struct interface_property properties[] = {
	{ "On", 'b', ABOUT("Whether the light is on."), get_on },
	{ "Mode", 's', ABOUT("\"automatic\", or \"manual\" after SetOn or SetOnFor."), get_mode },
	{ "ManualUntil", 't',
	  ABOUT("When a manual state ends, which is another time when the clock is set; 0: with SetAutomatic, or not "
	        "manual."),
	  get_manual_until, INTERFACE_CLOCK_REALTIME },
	{ "OffAt", 't', ABOUT("When the off-delay is over; 0: none is running."), get_off_at,
	  INTERFACE_CLOCK_MONOTONIC },
	{ 0 },
};

static const struct event_type *const events[] = {
	&light_on, &light_off, &light_loop, &event_output_available, &event_output_unavailable, NULL,
};

static void describe(const struct component *component, char *buffer, size_t size)
{
	const struct light_controller *light = (const struct light_controller *)component;

	snprintf(buffer, size, "%s%s", light->said_on ? "on" : "off",
	         light->mode == MODE_AUTOMATIC ? "" : ", manual");
}

/* --- what survives --------------------------------------------------------------------------- */

static const struct kept_field kept[] = {
	{ "on", KEPT_BOOL, offsetof(struct light_controller, rules.on), KEPT_OVER_RESTART },
	{ "last_clear_ns", KEPT_U64, offsetof(struct light_controller, rules.last_clear_ns),
	  KEPT_OVER_RESTART },
	{ "off_at_ns", KEPT_U64, offsetof(struct light_controller, rules.off_at_ns), KEPT_OVER_RESTART },
	{ "switched_ns", KEPT_U64, offsetof(struct light_controller, rules.switched_ns), KEPT_OVER_RESTART },
	{ "said_on", KEPT_BOOL, offsetof(struct light_controller, said_on), KEPT_OVER_RESTART },
	{ "manual_until_ns", KEPT_U64, offsetof(struct light_controller, manual_end.at_ns),
	  KEPT_OVER_RESTART },
	{ "manual_by_wall_clock", KEPT_BOOL, offsetof(struct light_controller, manual_end.by_wall_clock),
	  KEPT_OVER_RESTART },
	{ "manual_until_usec", KEPT_U64, offsetof(struct light_controller, manual_end.at_usec),
	  KEPT_OVER_POWER_LOSS },
	{ "manual_for_usec", KEPT_U64, offsetof(struct light_controller, manual_end.for_usec),
	  KEPT_OVER_POWER_LOSS },
	{ "mode", KEPT_INT, offsetof(struct light_controller, mode), KEPT_OVER_POWER_LOSS },
	{ 0 },
};

/* What is over when the machine starts again, or makes no sense, is automatic. */
static void restore_manual(struct light_controller *light, enum kept_over over)
{
	if (over == KEPT_OVER_RESTART)
		manual_end_recall(&light->manual_end, manual_now());
	else if (!manual_end_restore(&light->manual_end, manual_now()))
		light->mode = MODE_AUTOMATIC;
}

static void restored(struct component *component, enum kept_over over)
{
	struct light_controller *light = (struct light_controller *)component;

	if (light->mode < 0 || light->mode >= MODES)
		light->mode = MODE_AUTOMATIC;
	if (light->mode != MODE_AUTOMATIC)
		restore_manual(light, over);
	if (light->mode == MODE_AUTOMATIC)
		manual_end_set(&light->manual_end, manual_now(), 0);
	if (light->rules.last_clear_ns > clock_now_ns(CLOCK_MONOTONIC))
		light->rules.last_clear_ns = clock_now_ns(CLOCK_MONOTONIC);
	if (light->rules.switched_ns > clock_now_ns(CLOCK_MONOTONIC))
		light->rules.switched_ns = 0;
	light->on = light->said_on;
}

/* --- life ------------------------------------------------------------------------------------ */

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
	sensor->light = light;
	hub_subscribe(light->component.room->hub, &sensor->subscription, source, on_sensor, sensor);
}

static int init(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;
	const struct light_config *config = component->config;
	struct component_room *room = component->room;
	struct gpio_settings settings = {
		.line = config->line,
		.consumer = gpio_consumer(component_name(component), light->consumer),
		.active_low = config->active_low,
		.stored_as = component_stored_as(component, "Line", light->stored_as),
	};
	int r;

	light_rules_init(&light->rules, config->off_delay_ns);
	light->rules.ignore_ns = config->ignore_ns;
	light->armed_ns = NEVER_NS;
	light->manual_end.at_ns = NEVER_NS;
	r = output_new(room->lines, room->store, &settings, &relay_availability, light, &light->relay);
	if (r < 0)
		return r;
	r = sd_event_add_time(room->event, &light->off_timer, CLOCK_MONOTONIC, 0, 1, on_off_time, light);
	if (r >= 0)
		r = sd_event_source_set_enabled(light->off_timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time(room->event, &light->manual_timer, CLOCK_MONOTONIC, 0, 1,
		                      on_manual_time, light);
	if (r >= 0)
		r = sd_event_source_set_enabled(light->manual_timer, SD_EVENT_OFF);
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
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	const char *cause = light_rules_resume(&light->rules, now_ns) ? "off-delay" : "start";

	if (light->manual_end.at_ns <= now_ns) { /* while nobody ran */
		light->mode = MODE_AUTOMATIC;
		manual_end_set(&light->manual_end, manual_now(), 0);
	}
	carry_out(light, (struct why){ now_ns, NULL, cause });
	arm(light->manual_timer, light->manual_end.at_ns);
	output_start(light->relay);
	say(light);
	return 0;
}

static bool stops(const struct component *component)
{
	return ((const struct light_config *)component->config)->stop_value != OUTPUT_STOP_KEEP;
}

static void stop(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;
	const struct light_config *config = component->config;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (config->stop_value == OUTPUT_STOP_KEEP)
		return;
	output_demand(light->relay, &light->at_stop, OUTPUT_AT_STOP,
	              config->stop_value == OUTPUT_STOP_ON ? OUTPUT_ON : OUTPUT_OFF, now_ns);
	carry_out(light, (struct why){ now_ns, NULL, "the service is stopped" });
}

static void deinit(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;

	for (size_t i = 0; light->sensors && i < component->peers_n; i++) {
		hub_unsubscribe(&light->sensors[i].subscription);
	}
	free(light->sensors);
	light->off_timer = sd_event_source_disable_unref(light->off_timer);
	light->manual_timer = sd_event_source_disable_unref(light->manual_timer);
	light->relay = output_free(light->relay);
}

const struct component_class light_controller_class = {
	.kind = "LightController",
	.about = ABOUT("A light relay.", .example = "hall"),
	.layer = COMPONENT_CONTROLLER,
	.instance_size = sizeof(struct light_controller),
	.config_size = sizeof(struct light_config),
	.options = options,
	.properties = properties,
	.actions = actions,
	.kept = kept,
	.events = events,
	.init = init,
	.restored = restored,
	.clock_set = clock_set,
	.describe = describe,
	.start = start,
	.stop = stop,
	.stops = stops,
	.deinit = deinit,
};
