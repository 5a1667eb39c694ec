/* What switches one line. Must not know what it is for. */
#include "family/switched.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/problem.h"
#include "util/timer.h"

static const struct switched_kind *kind_of(const struct switched *output)
{
	return output->component.class->family;
}

static const char *const causes[] = {
	[SWITCHED_AT_START] = "start",
	[SWITCHED_BY_MOTION] = "motion",
	[SWITCHED_BY_NO_MOTION] = "no motion",
	[SWITCHED_BY_OFF_DELAY] = "off-delay",
	[SWITCHED_BY_SENSOR_UNAVAILABLE] = "sensor unavailable",
	[SWITCHED_BY_SENSOR_SUSPECT] = "sensor suspect",
	[SWITCHED_BY_HAND] = "manual",
	[SWITCHED_BY_BUTTON] = "button",
	[SWITCHED_AUTOMATIC_AGAIN] = "automatic again",
	[SWITCHED_MANUAL_TIME_OVER] = "manual time is over",
	[SWITCHED_LINE_AVAILABLE] = "relay available again",
	[SWITCHED_SERVICE_STOPPED] = "the service is stopped",
	[SWITCHED_BY_CONDITION] = "condition",
	[SWITCHED_BY_TIME] = "what it waited for is over",
	[SWITCHED_BY_MAX_ON] = "MaxOnSec= is over",
	[SWITCHED_BY_PULSE] = "PulseSec= is over",
	[SWITCHED_BY_TEMPERATURE] = "temperature",
	[SWITCHED_BY_EXCLUSION] = "Excludes=: another one is to be on",
};

/* It is why it is so, also for a successor. */
static void set_why(struct switched *output, struct switched_why why)
{
	output->why = why;
	output->why_by = why.by ? hub_source_id(why.by) : 0;
}

/* What the line does, if that is something else than was said last. A line that is absent does nothing. */
static void say(struct switched *output)
{
	bool on = output->on && (output->line ? output_is_available(output->line) : output->component.missing == 0);

	if (output->said_on == on)
		return;
	output->said_on = on;
	component_emit(&output->component, on ? kind_of(output)->on : kind_of(output)->off, output->why.at_ns,
	               output->why.by, causes[output->why.cause]);
}

/* What a person had set, it shows from the start on: no sensor has led to it that says its first level meanwhile. */
static bool is_as_set_before(const struct switched *output)
{
	return !output->component.started && output->mode != SWITCHED_AUTOMATIC;
}

/* What all demands come to. */
static HOT bool settle(struct switched *output, struct switched_why why)
{
	bool on = output->line ? output_wanted(output->line) == OUTPUT_ON : output->wanted;

	if (output->on == on)
		return false;
	output->on = on;
	set_why(output, is_as_set_before(output) ? (struct switched_why){ why.at_ns, NULL, SWITCHED_AT_START } : why);
	say(output);
	return true;
}

HOT bool switched_show(struct switched *output, bool on, struct switched_why why)
{
	output->wanted = on;
	if (output->line)
		output_demand(output->line, &output->demand, OUTPUT_AUTOMATIC, on ? OUTPUT_ON : OUTPUT_OFF, why.at_ns);
	return settle(output, why);
}

void switched_set_mode(struct switched *output, enum switched_mode mode, uint64_t for_usec,
                       const struct hub_source *by, enum switched_cause cause)
{
	struct manual_now now = manual_now();

	output->mode = mode;
	manual_end_set(&output->manual_end, now, for_usec);
	kind_of(output)->decide(output, (struct switched_why){ now.monotonic_ns, by, cause });
	timer_set(output->manual_timer, output->manual_end.at_ns);
	component_changed(&output->component);
	component_tell(&output->component, now.monotonic_ns);
}

/* Somebody asks for the other state, or for no state in particular any more. */
void switched_press(struct switched *output, const struct event *event)
{
	if (strcmp(event->text, "single") == 0)
		switched_set_mode(output, output->on ? SWITCHED_OFF_BY_HAND : SWITCHED_ON_BY_HAND, 0, event->source,
		                  SWITCHED_BY_BUTTON);
	else if (strcmp(event->text, "long") == 0)
		switched_set_mode(output, SWITCHED_AUTOMATIC, 0, event->source, SWITCHED_AUTOMATIC_AGAIN);
}

static int on_manual_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	switched_set_mode(userdata, SWITCHED_AUTOMATIC, 0, NULL, SWITCHED_MANUAL_TIME_OVER);
	return 0;
}

void switched_clock_set(struct component *component)
{
	struct switched *output = (struct switched *)component;

	if (!manual_end_follow(&output->manual_end, manual_now()))
		return;
	timer_set(output->manual_timer, output->manual_end.at_ns);
	component_changed(component);
}

/* --- by hand --------------------------------------------------------------------------------- */

static void set_by_hand(struct component *component, bool on, uint64_t for_usec)
{
	switched_set_mode((struct switched *)component, on ? SWITCHED_ON_BY_HAND : SWITCHED_OFF_BY_HAND, for_usec, NULL,
	                  SWITCHED_BY_HAND);
}

int switched_set_on(struct component *component, const union value *arguments, struct problem *problem)
{
	(void)problem;
	set_by_hand(component, arguments[0].b, 0);
	return 0;
}

int switched_set_on_for(struct component *component, const union value *arguments, struct problem *problem)
{
	if (arguments[1].t == 0 || arguments[1].t > MANUAL_END_USEC_MAX)
		return problem_set(problem, -EINVAL, "expected a time from 1 µs to 10 years, in µs, got %" PRIu64,
		                   arguments[1].t);
	set_by_hand(component, arguments[0].b, arguments[1].t);
	return 0;
}

int switched_set_automatic(struct component *component, const union value *arguments, struct problem *problem)
{
	(void)arguments, (void)problem;
	switched_set_mode((struct switched *)component, SWITCHED_AUTOMATIC, 0, NULL, SWITCHED_AUTOMATIC_AGAIN);
	return 0;
}

const struct interface_action switched_actions[] = { SWITCHED_ACTIONS, { 0 } };

/* --- what is seen of it ---------------------------------------------------------------------- */

void switched_get_on(const struct component *component, union value *ret)
{
	ret->b = ((const struct switched *)component)->said_on;
}

void switched_get_mode(const struct component *component, union value *ret)
{
	ret->s = ((const struct switched *)component)->mode == SWITCHED_AUTOMATIC ? "automatic" : "manual";
}

void switched_get_manual_until(const struct component *component, union value *ret)
{
	ret->t = ((const struct switched *)component)->manual_end.shown_usec;
}

void switched_describe(const struct component *component, char *buffer, size_t size)
{
	const struct switched *output = (const struct switched *)component;

	snprintf(buffer, size, "%s%s", output->said_on ? "on" : "off",
	         output->mode == SWITCHED_AUTOMATIC ? "" : ", manual");
}

static void say_manual_end(const struct switched *output, struct why *ret)
{
	if (output->manual_end.at_ns == NEVER_NS)
		cut_copy(ret->then, sizeof ret->then, "it stays so until somebody makes it automatic again");
	else
		cut_copy(ret->then, sizeof ret->then, "automatic again");
	ret->then_ns = output->manual_end.at_ns;
}

void switched_why(const struct component *component, struct why *ret)
{
	const struct switched *output = (const struct switched *)component;

	ret->since_ns = output->why.at_ns;
	ret->by = output->why.by;
	cut_copy(ret->because, sizeof ret->because, causes[output->why.cause]);
	if (output->mode != SWITCHED_AUTOMATIC)
		say_manual_end(output, ret);
	else if (kind_of(output)->then)
		kind_of(output)->then(output, ret);
}

static enum truth is(const struct component *component, bool on, uint64_t *ret_since_ns)
{
	const struct switched *output = (const struct switched *)component;

	*ret_since_ns = output->why.at_ns;
	if (component->missing > 0)
		return TRUTH_UNKNOWN;
	return output->said_on == on ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_on(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, true, ret_since_ns);
}

static enum truth is_off(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, false, ret_since_ns);
}

static enum truth is_manual(const struct component *component, uint64_t *ret_since_ns)
{
	*ret_since_ns = 0;
	return ((const struct switched *)component)->mode == SWITCHED_AUTOMATIC ? TRUTH_FALSE : TRUTH_TRUE;
}

const struct component_state switched_states[] = {
	{ "on", is_on },
	{ "off", is_off },
	{ "manual", is_manual },
	{ 0 },
};

/* --- what survives --------------------------------------------------------------------------- */

static void be_automatic(struct switched *output)
{
	output->mode = SWITCHED_AUTOMATIC;
	manual_end_set(&output->manual_end, manual_now(), 0);
}

static void restore_why(struct switched *output, uint64_t now_ns)
{
	struct switched_why *why = &output->why;

	if (why->cause < 0 || why->cause >= SWITCHED_CAUSES || why->at_ns > now_ns)
		*why = (struct switched_why){ 0 };
	else
		why->by = hub_source_by_id(output->component.room->hub, (uint16_t)output->why_by);
}

void switched_restored(struct component *component, enum kept_over over)
{
	struct switched *output = (struct switched *)component;

	if (over == KEPT_OVER_RESTART)
		restore_why(output, clock_now_ns(CLOCK_MONOTONIC));
	if (output->mode <= SWITCHED_AUTOMATIC || output->mode >= SWITCHED_MODES)
		be_automatic(output);
	else if (over == KEPT_OVER_RESTART)
		manual_end_recall(&output->manual_end, manual_now());
	else if (!manual_end_restore(&output->manual_end, manual_now()))
		be_automatic(output); /* it is over, or makes no sense */
	output->on = output->said_on;
}

/* --- life ------------------------------------------------------------------------------------ */

static void on_unavailable(const char *reason, void *userdata)
{
	struct switched *output = userdata;

	output->said_on = false;
	component_unavailable(&output->component, reason);
}

static void on_available(const char *reason, void *userdata)
{
	struct switched *output = userdata;

	component_available(&output->component, reason);
	set_why(output, (struct switched_why){ clock_now_ns(CLOCK_MONOTONIC), output->why.by, SWITCHED_LINE_AVAILABLE });
	say(output);
}

const struct line_availability switched_availability = {
	.unavailable = on_unavailable,
	.available = on_available,
};

int switched_init(struct component *component)
{
	struct switched *output = (struct switched *)component;
	const struct switched_config *config = component->config;
	struct component_room *room = component->room;
	struct gpio_settings settings = {
		.line = config->line,
		.consumer = gpio_consumer(component_name(component), output->consumer),
		.active_low = config->active_low,
		.stored_as = component_stored_as(component, "Line", output->stored_as),
	};
	int r = 0;

	output->manual_end.at_ns = NEVER_NS;
	if (config->line)
		r = output_new(room->lines, room->store, &settings, &switched_availability, output, &output->line);
	return r < 0 ? r : timer_new(room->event, &output->manual_timer, on_manual_time, output);
}

void switched_end_manual(struct switched *output, uint64_t now_ns)
{
	if (output->manual_end.at_ns <= now_ns)
		be_automatic(output);
}

int switched_start(struct component *component)
{
	struct switched *output = (struct switched *)component;

	if (output->why.at_ns == 0)
		set_why(output, (struct switched_why){ clock_now_ns(CLOCK_MONOTONIC), NULL, SWITCHED_AT_START });
	timer_set(output->manual_timer, output->manual_end.at_ns);
	if (output->line)
		output_start(output->line);
	say(output);
	return 0;
}

bool switched_stops(const struct component *component)
{
	return ((const struct switched_config *)component->config)->stop_value != OUTPUT_STOP_KEEP;
}

void switched_stop(struct component *component)
{
	struct switched *output = (struct switched *)component;
	const struct switched_config *config = component->config;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (config->stop_value == OUTPUT_STOP_KEEP)
		return;
	output->wanted = config->stop_value == OUTPUT_STOP_ON;
	if (output->line)
		output_demand(output->line, &output->at_stop, OUTPUT_AT_STOP, output->wanted ? OUTPUT_ON : OUTPUT_OFF, now_ns);
	settle(output, (struct switched_why){ now_ns, NULL, SWITCHED_SERVICE_STOPPED });
}

void switched_deinit(struct component *component)
{
	struct switched *output = (struct switched *)component;

	output->manual_timer = sd_event_source_disable_unref(output->manual_timer);
	output->line = output_free(output->line);
}
