/* Switch: a relay for anything, that a condition switches. What it does in time is in rules/switching.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "family/switched.h"
#include "family/when.h"
#include "kinds/kinds.h"
#include "rules/switching.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/problem.h"
#include "util/timer.h"

static const struct event_type switch_on = SWITCHED_EVENT("switch_on", "on");
static const struct event_type switch_off = SWITCHED_EVENT("switch_off", "off");

struct switch_config {
	struct switched_config switched;
	struct option_condition_value on_when;
	struct option_name_list buttons, excludes;
	uint64_t off_delay_ns, min_on_ns, min_off_ns, max_on_ns, pulse_ns, dead_time_ns;
	int when_unknown;
};

#define FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct switch_config, field_)

static const struct option options[] = {
	SWITCHED_OPTIONS("PORCH_RELAY"),
	{ FIELD("OnWhen", condition, on_when),
	  .default_text = "",
	  .about = ABOUT("It is on while this condition is true; see CONDITIONS.", .example =
	                 "TemperatureSensor/hall above 24 and not front open", .unset = "none, it is switched only "
	                 "by hand") },
	{ FIELD("Buttons", names, buttons), SWITCHED_BUTTONS },
	{ FIELD("OffDelaySec", timespan, off_delay_ns),
	  .default_text = "0",
	  .about = ABOUT("It stays on for this long after the condition has ended.") },
	{ FIELD("MinOnSec", timespan, min_on_ns),
	  .default_text = "0",
	  .about = ABOUT("It stays on for at least this long after it was switched on, even if a person switches "
	                 "it off: the request waits. This is for a compressor, which must not start and stop too "
	                 "often.") },
	{ FIELD("MinOffSec", timespan, min_off_ns),
	  .default_text = "0",
	  .about = ABOUT("It stays off for at least this long after it was switched off, even if a person switches "
	                 "it on. The time also begins at a start that knows nothing of what was before, as after a "
	                 "power failure.") },
	{ FIELD("MaxOnSec", timespan, max_on_ns),
	  .default_text = "0",
	  .about = ABOUT("It is switched off this long after it was switched on, whatever wants it on. It goes on "
	                 "again only when the condition has ended and become true again, or when a person asks "
	                 "again. _0_: no such limit.") },
	{ FIELD("PulseSec", timespan, pulse_ns),
	  .default_text = "0",
	  .about = ABOUT("Each time, it is on for this long, as a gate or a bell needs. A condition that is true "
	                 "at the start of the service causes no pulse, because nobody knows when it became true. "
	                 "_0_: it is on for as long as the condition is true.") },
	{ FIELD("WhenUnknown", word, when_unknown),
	  .default_text = "off",
	  .words = switching_unknown_words,
	  .about = ABOUT("What it does while the condition is not known because a sensor is unavailable: _off_, "
	                 "_on_, or _keep_, which leaves it as it was.") },
	{ FIELD("Excludes", names, excludes),
	  .default_text = "",
	  .refers_to = "Switch",
	  .unset_is_none = true,
	  .mutual = true,
	  .about = ABOUT("Names of switches that are never on together with this one, such as the two directions "
	                 "of a motor, separated by spaces. Each of them has to name this one, too. The request "
	                 "that begins last wins: switches that are on go off first. They go on again only when "
	                 "what wanted them on has ended and begins again. While the line of one of them is "
	                 "unavailable, this one is not switched on, because nobody knows whether that one is on.",
	                 .unset = "none") },
	{ FIELD("DeadTimeSec", timespan, dead_time_ns),
	  .default_text = "0",
	  .about = ABOUT("It stays off for at least this long after a switch that it excludes has gone off.") },
	SWITCHED_OPTION_STOP_VALUE,
	{ 0 },
};

struct switch_controller {
	struct switched switched;
	struct switching switching;
	struct when when;
	sd_event_source *timer;
	bool asks, only_waits;          /* for those that it excludes to go off; or does not ask for it */
	struct hub_subscription *peers; /* one for each of component.peers: buttons, and those that it excludes */
};

static struct switching_settings settings_of(const struct switch_controller *it)
{
	const struct switch_config *config = it->switched.component.config;

	return (struct switching_settings){
		.off_delay_ns = config->off_delay_ns,
		.min_on_ns = config->min_on_ns,
		.min_off_ns = config->min_off_ns,
		.max_on_ns = config->max_on_ns,
		.pulse_ns = config->pulse_ns,
		.dead_time_ns = config->dead_time_ns,
		.when_unknown = (enum switching_unknown)config->when_unknown,
	};
}

static enum switching_hand hand_of(const struct switch_controller *it)
{
	switch (it->switched.mode) {
	case SWITCHED_OFF_BY_HAND:
		return SWITCHING_OFF_BY_HAND;
	case SWITCHED_ON_BY_HAND:
		return SWITCHING_ON_BY_HAND;
	default:
		return SWITCHING_BY_NOBODY;
	}
}

/* A time of its own that is over is a cause of its own. */
static enum switched_cause cause_of(const struct switch_controller *it, enum switched_cause cause)
{
	static const enum switched_cause causes[] = {
		[SWITCHING_MAX_ON] = SWITCHED_BY_MAX_ON,
		[SWITCHING_PULSE] = SWITCHED_BY_PULSE,
		[SWITCHING_EXCLUDED] = SWITCHED_BY_EXCLUSION,
	};

	return !it->switching.on && it->switching.spent ? causes[it->switching.spent_by] : cause;
}

static bool excludes(const struct component_peer *peer)
{
	return strcmp(peer->key->key, "Excludes") == 0;
}

/* Since when a switch is off; one of which nobody knows what its relay does is not. */
static uint64_t off_since_ns(const struct component_peer *peer)
{
	const struct component *component = component_of(peer->source);
	const struct switch_controller *other = (const struct switch_controller *)component;

	return !component || component->missing > 0 || other->switching.on ? NEVER_NS : other->switching.since_ns;
}

static uint64_t others_off_ns(const struct component *component)
{
	uint64_t last_ns = 0;

	for (size_t i = 0; i < component->peers_n; i++)
		if (excludes(&component->peers[i]) && off_since_ns(&component->peers[i]) > last_ns)
			last_ns = off_since_ns(&component->peers[i]);
	return last_ns;
}

static bool is_by_a_person(const struct switched_why *why)
{
	return why->cause == SWITCHED_BY_HAND || why->cause == SWITCHED_BY_BUTTON;
}

/* Those that it excludes are told that it waits for them. What is wanted from the start on has not begun, and only waits. */
static void ask_others(struct switch_controller *it, const struct switched_why *why)
{
	bool waits = it->switching.why == SWITCHING_EXCLUDED && !it->switching.spent;
	bool at_start = !it->switched.component.started || why->cause == SWITCHED_AT_START;
	bool asked = it->asks;

	it->only_waits = waits && (it->only_waits || at_start) && !is_by_a_person(why);
	it->asks = waits && !it->only_waits;
	if (it->asks && !asked)
		component_tell(&it->switched.component, why->at_ns);
}

/* What holds from the start on, and nobody knows since when, has not begun: a gate does not open after a power failure. */
static void has_not_begun(struct switch_controller *it)
{
	if (it->switched.component.recalled || settings_of(it).pulse_ns == 0)
		return;
	it->switching.spent = true;
	it->switching.spent_by = SWITCHING_PULSE;
}

/* First the relay, then everything else. What a person has switched on, and has been on for long enough, is automatic
 * again. */
static void carry_out(struct switch_controller *it, uint64_t at_ns, struct switched_why why)
{
	const struct switching_settings settings = settings_of(it);
	uint64_t condition_ns = it->when.result.at_ns ? it->when.result.at_ns : at_ns;

	if (!it->switched.component.started || why.cause == SWITCHED_AT_START)
		has_not_begun(it);
	it->switching.others_off_ns = others_off_ns(&it->switched.component);
	switching_update(&it->switching, &settings, when_is_set(&it->when) ? it->when.result.truth : TRUTH_FALSE, condition_ns,
	                 hand_of(it), why.at_ns);
	why.cause = cause_of(it, why.cause);
	switched_show(&it->switched, it->switching.on, why);
	timer_set(it->timer, it->switching.next_ns);
	component_changed(&it->switched.component);
	ask_others(it, &why);
	if (it->switching.spent && it->switched.mode == SWITCHED_ON_BY_HAND)
		switched_set_mode(&it->switched, SWITCHED_AUTOMATIC, 0, NULL, why.cause);
}

static void decide(struct switched *output, struct switched_why why)
{
	struct switch_controller *it = (struct switch_controller *)output;

	if (is_by_a_person(&why))
		switching_asked(&it->switching);
	carry_out(it, why.at_ns, why);
}

static void on_condition(struct component *component, uint64_t at_ns, const struct hub_source *by)
{
	carry_out((struct switch_controller *)component, at_ns, (struct switched_why){ at_ns, by, SWITCHED_BY_CONDITION });
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct switch_controller *it = userdata;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)source, (void)usec;
	carry_out(it, now_ns,
	          (struct switched_why){ now_ns, NULL,
	                                 it->switching.why == SWITCHING_OFF_DELAY ? SWITCHED_BY_OFF_DELAY
	                                                                          : SWITCHED_BY_TIME });
	return 0;
}

static bool asks(const struct hub_source *source)
{
	const struct switch_controller *other = (const struct switch_controller *)component_of(source);

	return other && other->asks;
}

/* One that it excludes: is to be on instead, or is off now. */
static void on_other(const struct event *event, void *userdata)
{
	struct switch_controller *it = userdata;

	if (it->switching.on && asks(event->source))
		switching_yield(&it->switching);
	if (it->switched.component.started)
		carry_out(it, event->monotonic_ns, (struct switched_why){ event->monotonic_ns, event->source, SWITCHED_BY_TIME });
}

static void on_press(const struct event *event, void *userdata)
{
	if (event->type->means == EVENT_MEANS_PRESS)
		switched_press(userdata, event);
}

/* --- why ------------------------------------------------------------------------------------- */

/* What holds it against what is wanted; NULL: nothing. */
static const char *holding(const struct switch_controller *it)
{
	static const char *const words[] = {
		[SWITCHING_OFF_DELAY] = "off: OffDelaySec= is not over yet",
		[SWITCHING_MIN_ON] = "off: MinOnSec= holds it on until then",
		[SWITCHING_MIN_OFF] = "on: MinOffSec= holds it off until then",
		[SWITCHING_MAX_ON] = "on when what wants it on begins anew: MaxOnSec= has switched it off",
		[SWITCHING_PULSE] = "on when what wants it on begins anew: PulseSec= is over",
		[SWITCHING_EXCLUDED] = "on when those that it excludes (Excludes=) are off for long enough",
	};

	if (it->switching.spent && it->switching.why == SWITCHING_EXCLUDED)
		return "on when what wants it on begins anew: one that it excludes (Excludes=) is to be on instead";
	return words[it->switching.why];
}

static void then(const struct switched *output, struct why *ret)
{
	const struct switch_controller *it = (const struct switch_controller *)output;
	char term[WHY_TEXT_SIZE];

	ret->then_ns = it->switching.next_ns;
	if (holding(it))
		snprintf(ret->then, sizeof ret->then, "%s", holding(it));
	else if (it->switching.on && it->switching.next_ns != NEVER_NS)
		snprintf(ret->then, sizeof ret->then, "off: it has been on for long enough then");
	else if (!when_is_set(&it->when))
		snprintf(ret->then, sizeof ret->then, "on by hand");
	else
		snprintf(ret->then, sizeof ret->then, "%s when OnWhen= %s; %s", it->switching.on ? "off" : "on",
		         it->switching.on ? "has ended" : "holds", when_describe(&it->when, term, sizeof term));
}

/* Whom its condition is owed to, however it was switched. */
static void why(const struct component *component, struct why *ret)
{
	const struct switch_controller *it = (const struct switch_controller *)component;

	switched_why(component, ret);
	if (!ret->by && it->switched.mode == SWITCHED_AUTOMATIC && when_is_set(&it->when))
		ret->by = when_by(&it->when);
}

/* --- life ------------------------------------------------------------------------------------ */

static const struct interface_property properties[] = {
	SWITCHED_PROPERTIES("Whether it is on."),
	{ 0 },
};

static const struct event_type *const events[] = {
	&switch_on, &switch_off, &event_output_available, &event_output_unavailable, NULL,
};

static const struct kept_field kept[] = {
	SWITCHED_KEPT,
	{ "on", KEPT_BOOL, offsetof(struct switch_controller, switching.on), KEPT_OVER_RESTART,
	  .about = ABOUT("whether its rules want it on") },
	{ "since_ns", KEPT_U64, offsetof(struct switch_controller, switching.since_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when") },
	{ "wanted", KEPT_BOOL, offsetof(struct switch_controller, switching.wanted), KEPT_OVER_RESTART,
	  .about = ABOUT("whether its condition asks for it, with its delay") },
	{ "holds", KEPT_BOOL, offsetof(struct switch_controller, switching.holds), KEPT_OVER_RESTART,
	  .about = ABOUT("whether its condition held when that was known last") },
	{ "held_ns", KEPT_U64, offsetof(struct switch_controller, switching.held_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("until when it held") },
	{ "spent", KEPT_BOOL, offsetof(struct switch_controller, switching.spent), KEPT_OVER_RESTART,
	  .about = ABOUT("whether it has been on for long enough") },
	{ "spent_by", KEPT_INT, offsetof(struct switch_controller, switching.spent_by), KEPT_OVER_RESTART,
	  .about = ABOUT("for whose reason that was") },
	{ 0 },
};

static void restored(struct component *component, enum kept_over over)
{
	struct switch_controller *it = (struct switch_controller *)component;

	switched_restored(component, over);
	if (it->switching.spent_by != SWITCHING_PULSE && it->switching.spent_by != SWITCHING_EXCLUDED)
		it->switching.spent_by = SWITCHING_MAX_ON;
	if (over == KEPT_OVER_POWER_LOSS)
		it->switching = (struct switching){ 0 };
}

static int watch_peers(struct switch_controller *it)
{
	struct component *component = &it->switched.component;

	it->peers = calloc(component->peers_n + 1, sizeof *it->peers);
	if (!it->peers)
		return -ENOMEM;
	for (size_t i = 0; i < component->peers_n; i++)
		if (component->peers[i].key->type == &option_names)
			hub_subscribe(component->room->hub, &it->peers[i], component->peers[i].source,
			              excludes(&component->peers[i]) ? on_other : on_press, it);
	return 0;
}

static int init(struct component *component)
{
	struct switch_controller *it = (struct switch_controller *)component;
	int r = switched_init(component);

	if (r >= 0)
		r = timer_new(component->room->event, &it->timer, on_time, it);
	if (r >= 0)
		r = when_init(&it->when, component, "OnWhen", on_condition);
	return r < 0 ? r : watch_peers(it);
}

/* Its times begin before anybody says anything: the first level of a sensor may want it on. One that it excludes, and that
 * has been made anew, says nothing of itself. */
static void ask(struct component *component)
{
	struct switch_controller *it = (struct switch_controller *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	switching_start(&it->switching, now_ns);
	when_ask(&it->when, component->started);
	if (component->started)
		carry_out(it, now_ns, (struct switched_why){ now_ns, NULL, SWITCHED_BY_TIME });
}

/* What it names has said its first levels by now. */
static int start(struct component *component)
{
	struct switch_controller *it = (struct switch_controller *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	when_ask(&it->when, false);
	switched_end_manual(&it->switched, now_ns);
	carry_out(it, now_ns, (struct switched_why){ now_ns, NULL, SWITCHED_AT_START });
	return switched_start(component);
}

/* Whoever is next, and still knows, must not switch on a compressor that has just gone off. */
static void stop(struct component *component)
{
	struct switch_controller *it = (struct switch_controller *)component;

	switched_stop(component);
	switching_switched(&it->switching, it->switched.on, it->switched.why.at_ns);
}

static void deinit(struct component *component)
{
	struct switch_controller *it = (struct switch_controller *)component;

	for (size_t i = 0; it->peers && i < component->peers_n; i++)
		hub_unsubscribe(&it->peers[i]);
	free(it->peers);
	when_deinit(&it->when);
	it->timer = sd_event_source_disable_unref(it->timer);
	switched_deinit(component);
}

static const struct switched_kind kind = { .on = &switch_on, .off = &switch_off, .decide = decide, .then = then };

const struct component_class switch_class = {
	.kind = "Switch",
	.about = ABOUT("A relay for any purpose, which a condition or a person switches.", .example = "fan"),
	SWITCHED_CLASS(kind),
	.kind_class = "switch",
	.instance_size = sizeof(struct switch_controller),
	.config_size = sizeof(struct switch_config),
	.options = options,
	.properties = properties,
	.actions = switched_actions,
	.kept = kept,
	.events = events,
	.init = init,
	.restored = restored,
	.ask = ask,
	.describe = switched_describe,
	.why = why,
	.start = start,
	.stop = stop,
	.deinit = deinit,
};
