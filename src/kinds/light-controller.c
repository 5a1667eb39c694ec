/* LightController: motion switches a relay on, an off-delay switches it off. The rules are in rules/light-rules.c; this
 * ties them to the sensors and the clock. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "family/switched.h"
#include "family/when.h"
#include "kinds/kinds.h"
#include "roomd/message-ids.h"
#include "rules/light-rules.h"
#include "rules/switching.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/timespan.h"
#include "util/timer.h"

static const struct event_type light_on = SWITCHED_EVENT("light_on", "light on");
static const struct event_type light_off = SWITCHED_EVENT("light_off", "light off");
static const struct event_type light_loop = {
	.name = "light_loop",
	.text_name = "cause",
	.level = LOG_WARNING,
	.words = "switches itself on again and again",
	.message_id = ROOMD_MESSAGE_LIGHT_LOOP,
	.about = ABOUT(
		"Its lamp seems to trigger the sensor that switches it. _by_ is that sensor. This is reported once. "
		"_cause_ says what was seen, and what helps.",
		.title = "A light switches itself on",
		.advice =
			"The light went off by its off-delay, and within two seconds its sensor saw motion, twenty times in "
			"a row, and nobody moved in between. A PIR sees heat, and the pulse of a relay on its supply: a lamp "
			"that cools down in front of it, or a loose supply, is motion to it.\n\n"
			"Mount the sensor where it does not see the lamp. If that is not possible, set "
			"IgnoreMotionAfterSwitchSec= in the light's section: motion within that time after the light was "
			"switched then does not switch it on. 5s is enough for most lamps. A person who sits still and waves "
			"each time it goes dark looks the same to roomd: a longer OffDelaySec= helps then."),
};

struct light_config {
	struct switched_config switched;
	struct option_name_list motion, buttons;
	uint64_t off_delay_ns;
	uint64_t ignore_ns;
	bool ignore_suspect;
	struct option_condition_value only_when;
	uint64_t max_on_ns;
	int when_unknown;
};

#define FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct light_config, field_)

static const struct option options[] = {
	SWITCHED_OPTIONS("LIGHT_RELAY"),
	{ FIELD("Motion", names, motion),
	  .default_text = "",
	  .refers_to = "MotionSensor",
	  .about = ABOUT("Names of the motion sensors that switch it, separated by spaces.",
	                 .unset = "all of them") },
	{ FIELD("Buttons", names, buttons), SWITCHED_BUTTONS },
	{ FIELD("OffDelaySec", timespan, off_delay_ns),
	  .default_text = "2min",
	  .about = ABOUT(
		  "The light goes off this long after the last of its sensors has cleared. Motion before that "
		  "starts the time again.") },
	{ FIELD("OnlyWhen", condition, only_when),
	  .default_text = "",
	  .about = ABOUT("Motion switches the light on only while this condition is true, or while it is not "
	                 "known; see CONDITIONS. If the condition becomes true while somebody is there, the light "
	                 "goes on, too. A light that is on stays on, so its own lamp does not switch it off.",
	                 .unset = "always") },
	{ FIELD("MaxOnSec", timespan, max_on_ns),
	  .default_text = "0",
	  .about = ABOUT("The light is switched off this long after it was switched on, whatever keeps it on, even "
	                 "if it was switched by hand. It goes on again only when all sensors have cleared and "
	                 "motion begins again, or when a person asks for it. _0_: no such limit.") },
	{ FIELD("WhenUnknown", word, when_unknown),
	  .default_text = "off",
	  .words = switching_unknown_words,
	  .about = ABOUT("What a sensor counts as while it is unavailable. _off_: it counts as clear. _on_: it "
	                 "counts as motion, for stairs that must not be dark. _keep_: it counts as what it saw "
	                 "last.") },
	{ FIELD("IgnoreMotionAfterSwitchSec", timespan, ignore_ns),
	  .default_text = "0",
	  .about = ABOUT(
		  "For this long after the light was switched, by whatever, motion that begins does not switch it "
		  "on. This is for a lamp that triggers the sensor when it goes off. The kernel's time of the edge "
		  "counts. A sensor that sees motion all the time has to clear first, so set no more than is "
		  "needed: _5s_ for most lamps. While the light is on, all motion counts. If a lamp seems to need "
		  "this key, the journal and the event _light_loop_ report it once.") },
	{ FIELD("IgnoreSuspect", bool, ignore_suspect),
	  .default_text = "no",
	  .about = ABOUT("_yes_: a suspect sensor counts as clear, and does not switch the light on, until it is "
	                 "trusted again.") },
	SWITCHED_OPTION_STOP_VALUE,
	{ 0 },
};

/* A peer as this light sees it; of a button only that it is subscribed to. */
struct watched_sensor {
	struct light_controller *light;
	bool active, suspect;
	struct hub_subscription subscription;
};

struct light_controller {
	struct switched switched;
	struct light_rules rules;
	struct when only_when;
	sd_event_source *off_timer;     /* the off-delay's, or MaxOnSec='s */
	uint64_t armed_ns;              /* what it is set to */
	struct watched_sensor *sensors; /* one for each of component.peers */
};

static const struct light_config *config_of(const struct light_controller *light)
{
	return light->switched.component.config;
}

/* When it has been on for long enough, by whomever. */
static HOT uint64_t max_on_ends_ns(const struct light_controller *light)
{
	const struct light_config *config = config_of(light);

	return light->switched.on && config->max_on_ns > 0 ? clock_later_ns(light->rules.switched_ns, config->max_on_ns) : NEVER_NS;
}

static HOT void set_off_timer(struct light_controller *light)
{
	uint64_t max_ns = max_on_ends_ns(light), at_ns = light->rules.off_at_ns < max_ns ? light->rules.off_at_ns : max_ns;

	if (light->armed_ns == at_ns)
		return;
	light->armed_ns = at_ns;
	timer_set(light->off_timer, light->armed_ns);
	component_changed(&light->switched.component);
}

/* First the relay, then everything else. */
static HOT void carry_out(struct light_controller *light, struct switched_why why)
{
	int mode = light->switched.mode;
	bool on = mode == SWITCHED_AUTOMATIC ? light->rules.on : mode == SWITCHED_ON_BY_HAND;

	if (switched_show(&light->switched, on, why))
		light_rules_switched(&light->rules, why.at_ns);
	set_off_timer(light);
}

static void decide(struct switched *output, struct switched_why why)
{
	carry_out((struct light_controller *)output, why);
}

static void say_loop(struct light_controller *light, const struct event *event)
{
	char cause[EVENT_TEXT_SIZE];

	snprintf(
		cause, sizeof cause,
		"%d times in a row, motion was seen within %ds of its going off, and at no other time; its lamp seems "
		"to trigger the sensor: move one of them, or set IgnoreMotionAfterSwitchSec= to some seconds",
		LIGHT_LOOP_TIMES, (int)(LIGHT_LOOP_WINDOW_NS / NSEC_PER_SEC));
	component_emit(&light->switched.component, &light_loop, event->monotonic_ns, event->source, cause);
}

static HOT bool on_motion(struct watched_sensor *sensor, bool active, struct switched_why why)
{
	bool changed = light_rules_motion(&sensor->light->rules, &sensor->active, active, why.at_ns);

	carry_out(sensor->light, why);
	return changed;
}

static HOT void on_begun(struct watched_sensor *sensor, const struct event *event)
{
	struct switched_why why = { event->monotonic_ns, event->source, SWITCHED_BY_MOTION };
	bool switched_on;

	if (sensor->suspect)
		return;
	switched_on = on_motion(sensor, true, why);
	if (light_rules_loops(&sensor->light->rules, switched_on, event->monotonic_ns))
		say_loop(sensor->light, event);
}

static void on_over(struct watched_sensor *sensor, const struct event *event, enum switched_cause cause)
{
	on_motion(sensor, false, (struct switched_why){ event->monotonic_ns, event->source, cause });
}

/* What it sees from now on counts, or not; a light that it has switched on must not stay so for ever. */
static void on_suspect(struct watched_sensor *sensor, bool suspect, const struct event *event)
{
	if (!config_of(sensor->light)->ignore_suspect)
		return;
	sensor->suspect = suspect;
	if (suspect)
		on_over(sensor, event, SWITCHED_BY_SENSOR_SUSPECT);
}

/* A sensor that has gone sees nothing any more: the light must not stay on for ever. Unless its owner wants that. */
static void on_unavailable(struct watched_sensor *sensor, const struct event *event)
{
	const struct switched_why why = { event->monotonic_ns, event->source, SWITCHED_BY_SENSOR_UNAVAILABLE };
	int when_unknown = config_of(sensor->light)->when_unknown;

	if (when_unknown != SWITCHING_UNKNOWN_KEEP && !sensor->suspect)
		on_motion(sensor, when_unknown == SWITCHING_UNKNOWN_ON, why);
}

static HOT void on_sensor(const struct event *event, void *userdata)
{
	struct watched_sensor *sensor = userdata;

	if (event->type->means == EVENT_MEANS_BEGUN)
		on_begun(sensor, event);
	else if (event->type == &event_sensor_unavailable)
		on_unavailable(sensor, event);
	else if (event->type->means == EVENT_MEANS_OVER)
		on_over(sensor, event, SWITCHED_BY_NO_MOTION);
	else if (event->type == &event_sensor_suspect || event->type == &event_sensor_trusted)
		on_suspect(sensor, event->type == &event_sensor_suspect, event);
}

static void on_press(const struct event *event, void *userdata)
{
	const struct watched_sensor *button = userdata;

	if (event->type->means == EVENT_MEANS_PRESS)
		switched_press(&button->light->switched, event);
}

/* Motion that a predecessor has ignored is not taken for new, whatever was switched since. */
static bool was_ignored(const struct light_controller *light)
{
	return light->switched.component.recalled && light->rules.ignore_ns > 0 && !light->rules.on;
}

static bool asks_for_suspect(const struct light_controller *light, const struct component *peer)
{
	const struct component_state *suspect = component_state_find(peer->class, "suspect");
	uint64_t since_ns;

	return config_of(light)->ignore_suspect && suspect && suspect->is(peer, &since_ns) == TRUTH_TRUE;
}

/* Of a sensor that is unavailable: what it saw last is what the light shows. */
static enum truth motion_of_nobody(const struct light_controller *light)
{
	switch (config_of(light)->when_unknown) {
	case SWITCHING_UNKNOWN_ON:
		return TRUTH_TRUE;
	case SWITCHING_UNKNOWN_KEEP:
		return light->rules.on ? TRUTH_TRUE : TRUTH_FALSE;
	default:
		return TRUTH_UNKNOWN;
	}
}

static void ask_sensor(struct watched_sensor *sensor, const struct component_peer *peer)
{
	const struct component *component = component_of(peer->source);
	struct switched_why why = { .by = peer->source };
	enum truth motion = component->class->states[0].is(component, &why.at_ns);

	if (component->missing > 0 && motion == TRUTH_UNKNOWN)
		motion = motion_of_nobody(sensor->light);
	sensor->suspect = asks_for_suspect(sensor->light, component);
	why.cause = sensor->suspect      ? SWITCHED_BY_SENSOR_SUSPECT
	            : motion == TRUTH_TRUE ? SWITCHED_BY_MOTION
	                                   : SWITCHED_BY_NO_MOTION;
	if (sensor->suspect)
		on_motion(sensor, false, why);
	else if (motion == TRUTH_TRUE && was_ignored(sensor->light))
		light_rules_go_on(&sensor->light->rules, &sensor->active);
	else if (motion != TRUTH_UNKNOWN)
		on_motion(sensor, motion == TRUTH_TRUE, why);
}

static bool is_allowed(const struct light_controller *light)
{
	return !when_is_set(&light->only_when) || light->only_when.result.truth != TRUTH_FALSE;
}

static void on_only_when(struct component *component, uint64_t at_ns, const struct hub_source *by)
{
	struct light_controller *light = (struct light_controller *)component;

	if (light_rules_allow(&light->rules, is_allowed(light)))
		carry_out(light, (struct switched_why){ at_ns, by, SWITCHED_BY_CONDITION });
}

static bool is_motion(const struct component_peer *peer)
{
	return strcmp(peer->key->key, "Motion") == 0;
}

static void ask(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;

	when_ask(&light->only_when, component->started);
	light_rules_allow(&light->rules, is_allowed(light));
	for (size_t i = 0; i < component->peers_n; i++)
		if (is_motion(&component->peers[i]))
			ask_sensor(&light->sensors[i], &component->peers[i]);
}

/* It has been on for long enough. What a person has switched on is automatic again. */
static void cut(struct light_controller *light, uint64_t at_ns)
{
	light_rules_cut(&light->rules);
	if (light->switched.mode == SWITCHED_ON_BY_HAND)
		switched_set_mode(&light->switched, SWITCHED_AUTOMATIC, 0, NULL, SWITCHED_BY_MAX_ON);
	else
		carry_out(light, (struct switched_why){ at_ns, NULL, SWITCHED_BY_MAX_ON });
}

static int on_off_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct light_controller *light = userdata;
	uint64_t now_ns;

	(void)source;
	sd_event_now(light->switched.component.room->event, CLOCK_MONOTONIC, &usec);
	now_ns = usec * NSEC_PER_USEC;
	if (max_on_ends_ns(light) <= now_ns) {
		cut(light, now_ns);
		return 0;
	}
	light_rules_time(&light->rules, now_ns);
	carry_out(light, (struct switched_why){ now_ns, NULL, SWITCHED_BY_OFF_DELAY });
	component_changed(&light->switched.component);
	return 0;
}

static void get_off_at(const struct component *component, union value *ret)
{
	uint64_t ns = ((const struct light_controller *)component)->rules.off_at_ns;

	ret->t = ns == NEVER_NS ? 0 : ns / NSEC_PER_USEC;
}

static void then(const struct switched *output, struct why *ret)
{
	const struct light_controller *light = (const struct light_controller *)output;
	char delay[TIMESPAN_TEXT_SIZE], term[WHY_TEXT_SIZE / 2];

	timespan_format(light->rules.off_delay_ns / NSEC_PER_USEC, delay);
	ret->then_ns = light->armed_ns;
	if (light->rules.spent)
		cut_copy(ret->then, sizeof ret->then, "on when all sensors have cleared and motion begins anew: MaxOnSec= has switched it off");
	else if (max_on_ends_ns(light) <= light->armed_ns && light->armed_ns != NEVER_NS)
		cut_copy(ret->then, sizeof ret->then, "off: MaxOnSec= is over then");
	else if (!light->rules.on && !is_allowed(light))
		snprintf(ret->then, sizeof ret->then, "on with motion when OnlyWhen= holds: %s",
		         when_describe(&light->only_when, term, sizeof term));
	else if (!light->rules.on)
		cut_copy(ret->then, sizeof ret->then, "on with the next motion");
	else if (light->rules.off_at_ns != NEVER_NS)
		cut_copy(ret->then, sizeof ret->then, "off, unless there is motion");
	else
		snprintf(ret->then, sizeof ret->then, "off when there has been no motion for %s", delay);
}

static const struct interface_property properties[] = {
	SWITCHED_PROPERTIES("Whether the light is on."),
	{ "OffAt", 't', ABOUT("When the off-delay is over; 0: none is running."), get_off_at,
	  VALUE_CLOCK_MONOTONIC },
	{ 0 },
};

static const struct event_type *const events[] = {
	&light_on, &light_off, &light_loop, &event_output_available, &event_output_unavailable, NULL,
};

static const struct kept_field kept[] = {
	SWITCHED_KEPT,
	{ "on", KEPT_BOOL, offsetof(struct light_controller, rules.on), KEPT_OVER_RESTART,
	  .about = ABOUT("whether its rules want it on") },
	{ "last_clear_ns", KEPT_U64, offsetof(struct light_controller, rules.last_clear_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when its sensors last ceased to see motion") },
	{ "off_at_ns", KEPT_U64, offsetof(struct light_controller, rules.off_at_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when the off-delay is over") },
	{ "spent", KEPT_BOOL, offsetof(struct light_controller, rules.spent), KEPT_OVER_RESTART,
	  .about = ABOUT("whether it has been on for as long as _MaxOnSec=_ says") },
	{ "switched_ns", KEPT_U64, offsetof(struct light_controller, rules.switched_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when it was switched last") },
	{ 0 },
};

static void restored(struct component *component, enum kept_over over)
{
	struct light_controller *light = (struct light_controller *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	switched_restored(component, over);
	if (light->rules.last_clear_ns > now_ns)
		light->rules.last_clear_ns = now_ns;
	if (light->rules.switched_ns > now_ns)
		light->rules.switched_ns = 0;
}

static void watch_sensor(struct light_controller *light, const struct component_peer *peer, struct watched_sensor *sensor)
{
	sensor->light = light;
	hub_subscribe(light->switched.component.room->hub, &sensor->subscription, peer->source,
	              is_motion(peer) ? on_sensor : on_press, sensor);
}

static int init(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;
	const struct light_config *config = component->config;
	int r;

	light_rules_init(&light->rules, config->off_delay_ns);
	light->rules.ignore_ns = config->ignore_ns;
	light->armed_ns = NEVER_NS;
	r = switched_init(component);
	if (r >= 0)
		r = timer_new(component->room->event, &light->off_timer, on_off_time, light);
	if (r >= 0)
		r = when_init(&light->only_when, component, "OnlyWhen", on_only_when);
	if (r < 0)
		return r;
	light->sensors = calloc(component->peers_n, sizeof *light->sensors);
	if (!light->sensors && component->peers_n > 0)
		return -ENOMEM;
	for (size_t i = 0; i < component->peers_n; i++)
		if (component->peers[i].key->type == &option_names)
			watch_sensor(light, &component->peers[i], &light->sensors[i]);
	return 0;
}

/* The sensors have said their first levels by now: the relay is requested with the value that is right. */
static int start(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
	bool over;

	when_ask(&light->only_when, false);
	light_rules_allow(&light->rules, is_allowed(light));
	over = light_rules_resume(&light->rules, now_ns);
	if (light->switched.on && light->rules.switched_ns == 0)
		light->rules.switched_ns = now_ns; /* nobody knows; MaxOnSec= counts from here */
	switched_end_manual(&light->switched, now_ns);
	carry_out(light, (struct switched_why){ now_ns, NULL, over ? SWITCHED_BY_OFF_DELAY : SWITCHED_AT_START });
	return switched_start(component);
}

static void deinit(struct component *component)
{
	struct light_controller *light = (struct light_controller *)component;

	for (size_t i = 0; light->sensors && i < component->peers_n; i++)
		hub_unsubscribe(&light->sensors[i].subscription);
	free(light->sensors);
	when_deinit(&light->only_when);
	light->off_timer = sd_event_source_disable_unref(light->off_timer);
	switched_deinit(component);
}

static const struct switched_kind kind = { .on = &light_on, .off = &light_off, .decide = decide, .then = then };

const struct component_class light_controller_class = {
	.kind = "LightController",
	.about = ABOUT("A light relay.", .example = "hall"),
	SWITCHED_CLASS(kind),
	.kind_class = "light",
	.instance_size = sizeof(struct light_controller),
	.config_size = sizeof(struct light_config),
	.options = options,
	.properties = properties,
	.actions = switched_actions,
	.kept = kept,
	.events = events,
	.init = init,
	.restored = restored,
	.ask = ask,
	.describe = switched_describe,
	.why = switched_why,
	.start = start,
	.stop = switched_stop,
	.deinit = deinit,
};
