/* DoorLock: alerts at motion while locked, an LED that shows the state, a button. The rules are in
 * rules/lock-rules.c; this ties them to the hub and the lines. */
#include "kinds/door-lock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "kinds/kinds.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/problem.h"

enum initial_state {
	INITIAL_LOCKED,
	INITIAL_UNLOCKED,
	INITIAL_LAST,
};

static const char *const initial_states[] = { "locked", "unlocked", "last", NULL };

#define NOW_IS ABOUT("What it is from now on.")

static const struct event_type lock_locked = {
	.name = "locked",
	.text_name = "cause",
	.level = LOG_NOTICE,
	.words = "locked",
	.about = NOW_IS,
};
static const struct event_type lock_unlocked = {
	.name = "unlocked",
	.text_name = "cause",
	.level = LOG_NOTICE,
	.words = "unlocked",
	.about = NOW_IS,
};
static const struct event_type lock_alert = {
	.name = "lock_alert",
	.text_name = "cause",
	.at_by = true,
	.level = LOG_WARNING,
	.words = "ALERT while locked",
	.message_id = ROOMD_MESSAGE_ALERT,
	.about = ABOUT("Motion near a locked door, seen by _by_. Its location is where the motion was."),
};
static const struct event_type lock_acknowledged = {
	.name = "lock_acknowledged",
	.text_name = "cause",
	.level = LOG_NOTICE,
	.words = "alert acknowledged",
	.about = ABOUT("Somebody has acknowledged the alert."),
};

static const struct option options[] = {
	OPTION_LOCATION(struct lock_config),
	{ .key = "LedLine",
	  .type = &option_line,
	  .offset = offsetof(struct lock_config, led_line),
	  .about = ABOUT(
		  "The LED's line: on is locked, off is unlocked, blinking (2 Hz) is an alert that nobody has "
		  "acknowledged.",
		  .example = "LOCK_LED") },
	{ .key = "ActiveLow",
	  .type = &option_bool,
	  .offset = offsetof(struct lock_config, active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if a low level lights the LED.") },
	{ .key = "Motion",
	  .type = &option_names,
	  .offset = offsetof(struct lock_config, motion),
	  .default_text = "",
	  .refers_to = "MotionSensor",
	  .about = ABOUT("Names of the motion sensors near the door, with spaces between.",
	                 .unset = "all of them") },
	{ .key = "InitialState",
	  .type = &option_word,
	  .offset = offsetof(struct lock_config, initial_state),
	  .default_text = "locked",
	  .words = initial_states,
	  .about = ABOUT(
		  "_locked_, _unlocked_ or _last_: as it was before the restart or the power failure, or locked if "
		  "nothing is kept (see *roomd*(8), FILES).") },
	{ .key = "AlertIntervalSec",
	  .type = &option_timespan,
	  .offset = offsetof(struct lock_config, alert_interval_ns),
	  .default_text = "30s",
	  .about = ABOUT("At most one alert in this time.") },
	{ .key = "ButtonLine",
	  .type = &option_line,
	  .offset = offsetof(struct lock_config, button_line),
	  .default_text = "",
	  .about = ABOUT(
		  "A push button or key switch, indoors. It acknowledges an open alert; with none open it "
		  "unlocks or locks.",
		  .example = "LOCK_BUTTON") },
	{ .key = "ButtonActiveLow",
	  .type = &option_bool,
	  .offset = offsetof(struct lock_config, button_active_low),
	  .default_text = "no",
	  .about = ABOUT("_yes_ if the button pulls the line low.") },
	{ .key = "ButtonBias",
	  .type = &option_word,
	  .offset = offsetof(struct lock_config, button_bias),
	  .default_text = "as-is",
	  .words = input_biases,
	  .about = ABOUT(
		  "The pull resistor of the button's line: _as-is_, _disabled_, _pull-up_ or _pull-down_. A button "
		  "to ground without a resistor of its own needs _pull-up_, and _ButtonActiveLow=yes_.") },
	/* A contact of a push button bounces for a few ms, and nobody presses one for less than the default.
	 */
	{ .key = "ButtonDebounceSec",
	  .type = &option_timespan,
	  .offset = offsetof(struct lock_config, button_debounce_ns),
	  .default_text = "20ms",
	  .max = INPUT_DEBOUNCE_USEC_MAX,
	  .expected = INPUT_DEBOUNCE_EXPECTED,
	  .about = ABOUT(
		  "The kernel ignores changes that are shorter than this, and a press counts so much later. A contact "
		  "that chatters for longer unlocks, locks and unlocks again: give a worn one more. With _0_ each bounce "
		  "is a press; that is for chips whose lines the kernel cannot debounce and whose button is debounced by "
		  "its circuit.") },
	{ .key = "StopValue",
	  .type = &option_word,
	  .offset = offsetof(struct lock_config, stop_value),
	  .default_text = "keep",
	  .words = output_stop_values,
	  .about = OUTPUT_STOP_ABOUT("the LED") },
	{ 0 },
};

/* An alert that is raised again while it is open leaves the LED in its rhythm, over a restart, too. */
static void show(struct door_lock *lock, uint64_t at_ns)
{
	const struct lock_rules *rules = &lock->rules;

	if (!rules->alert)
		lock->blink_ns = 0;
	else if (lock->blink_ns == 0)
		lock->blink_ns = at_ns;
	output_demand(lock->led, &lock->demand, OUTPUT_AUTOMATIC,
	              rules->alert    ? OUTPUT_BLINK
	              : rules->locked ? OUTPUT_ON
	                              : OUTPUT_OFF,
	              rules->alert ? lock->blink_ns : at_ns);
}

/* First the LED, then the event. */
static void carry_out(struct door_lock *lock, enum lock_outcome outcome, uint64_t at_ns,
                      const struct hub_source *by, const char *cause)
{
	static const struct event_type *const types[] = {
		[LOCK_ALERT] = &lock_alert,
		[LOCK_ACKNOWLEDGED] = &lock_acknowledged,
		[LOCK_LOCKED] = &lock_locked,
		[LOCK_UNLOCKED] = &lock_unlocked,
	};

	if (outcome == LOCK_NOTHING)
		return;
	show(lock, at_ns);
	component_emit(&lock->component, types[outcome], at_ns, by, cause);
}

static void on_sensor(const struct event *event, void *userdata)
{
	struct door_lock *lock = userdata;

	if (event->type->means != EVENT_MEANS_BEGUN)
		return;
	carry_out(lock, lock_rules_motion(&lock->rules, event->monotonic_ns), event->monotonic_ns,
	          event->source, "motion");
}

/* Only an edge is a press: a button that is held at start, or whose press was lost, must not unlock. */
static void on_button(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata)
{
	struct door_lock *lock = userdata;
	bool press = active && !lock->pressed && from == INPUT_EDGE;

	lock->component.room->counters.edges += from == INPUT_EDGE;
	lock->pressed = active;
	if (press)
		carry_out(lock, lock_rules_press(&lock->rules), monotonic_ns, NULL, "button");
}

static void on_edge_contained(void *userdata)
{
	struct door_lock *lock = userdata;

	lock->component.room->counters.edges++;
}

static void on_edges_lost(uint64_t count, uint64_t monotonic_ns, void *userdata)
{
	struct door_lock *lock = userdata;

	lock->component.room->counters.edges_lost += count;
	component_emit_count(&lock->component, &event_edges_lost, monotonic_ns, count);
}

static void on_unavailable(const char *reason, void *userdata)
{
	struct door_lock *lock = userdata;

	component_unavailable(&lock->component, reason);
}

static void on_available(const char *reason, void *userdata)
{
	struct door_lock *lock = userdata;

	component_available(&lock->component, reason);
}

static const struct line_availability led_availability = {
	.unavailable = on_unavailable,
	.available = on_available,
};

static const struct input_handlers button_handlers = {
	.level = on_button,
	.edge_contained = on_edge_contained,
	.edges_lost = on_edges_lost,
	.availability = { .unavailable = on_unavailable, .available = on_available },
};

/* --- by hand --------------------------------------------------------------------------------- */

static int set_locked(struct component *component, bool locked)
{
	struct door_lock *lock = (struct door_lock *)component;

	carry_out(lock, lock_rules_set(&lock->rules, locked), clock_now_ns(CLOCK_MONOTONIC), NULL, "manual");
	return 0;
}

static int lock_it(struct component *component, const union interface_value *arguments,
                   struct problem *problem)
{
	(void)arguments, (void)problem;
	return set_locked(component, true);
}

static int unlock_it(struct component *component, const union interface_value *arguments,
                     struct problem *problem)
{
	(void)arguments, (void)problem;
	return set_locked(component, false);
}

static int acknowledge(struct component *component, const union interface_value *arguments,
                       struct problem *problem)
{
	struct door_lock *lock = (struct door_lock *)component;
	enum lock_outcome outcome = lock_rules_acknowledge(&lock->rules);

	(void)arguments;
	if (outcome == LOCK_NOTHING)
		return problem_set(problem, -EALREADY, "no alert is open");
	carry_out(lock, outcome, clock_now_ns(CLOCK_MONOTONIC), NULL, "manual");
	return 0;
}

static const struct interface_action actions[] = {
	{ .name = "Lock",
	  .about = ABOUT("Locks. Nothing happens if it is locked."),
	  .right = RIGHT_CONTROL,
	  .run = lock_it },
	{ .name = "Unlock",
	  .about = ABOUT("Unlocks, which also ends an open alert. Nothing happens if it is unlocked."),
	  .right = RIGHT_UNLOCK,
	  .run = unlock_it },
	{ .name = "Acknowledge",
	  .about = ABOUT("Ends an open alert; it stays locked. An error if none is open."),
	  .right = RIGHT_CONTROL,
	  .run = acknowledge },
	{ 0 },
};

static const struct event_type *const events[] = {
	&lock_locked,
	&lock_unlocked,
	&lock_alert,
	&lock_acknowledged,
	&event_output_available,
	&event_output_unavailable,
	&event_edges_lost,
	NULL,
};

/* --- what survives --------------------------------------------------------------------------- */

static const struct kept_field kept[] = {
	{ "locked", KEPT_BOOL, offsetof(struct door_lock, rules.locked), KEPT_OVER_POWER_LOSS },
	{ "alert", KEPT_BOOL, offsetof(struct door_lock, rules.alert), KEPT_OVER_POWER_LOSS },
	{ "alert_ns", KEPT_U64, offsetof(struct door_lock, rules.alert_ns), KEPT_OVER_RESTART },
	{ "blink_ns", KEPT_U64, offsetof(struct door_lock, blink_ns), KEPT_OVER_RESTART },
	{ "pressed", KEPT_BOOL, offsetof(struct door_lock, pressed), KEPT_OVER_RESTART },
	{ 0 },
};

/* After the machine has gone off, InitialState= says what holds; an alert that nobody has seen stays open. */
static void restored(struct component *component, enum kept_over over)
{
	struct door_lock *lock = (struct door_lock *)component;
	const struct lock_config *config = component->config;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (over == KEPT_OVER_POWER_LOSS) {
		if (config->initial_state != INITIAL_LAST)
			lock->rules.locked = config->initial_state == INITIAL_LOCKED;
		lock->rules.alert_ns = 0; /* on a clock that has begun anew */
	}
	if (!lock->rules.locked)
		lock->rules.alert = false;
	if (lock->rules.alert_ns > now_ns || lock->blink_ns > now_ns)
		lock->rules.alert_ns = lock->blink_ns = now_ns;
}

/* --- life ------------------------------------------------------------------------------------ */

static int init_lines(struct door_lock *lock)
{
	const struct lock_config *config = lock->component.config;
	const char *consumer = gpio_consumer(component_name(&lock->component), lock->consumer);
	struct gpio_settings led = {
		.line = config->led_line,
		.consumer = consumer,
		.active_low = config->active_low,
		.stored_as = component_stored_as(&lock->component, "LedLine", lock->led_stored_as),
	};
	struct gpio_settings button = {
		.line = config->button_line,
		.consumer = consumer,
		.active_low = config->button_active_low,
		.bias = (enum gpio_bias)config->button_bias,
		.debounce_ns = config->button_debounce_ns,
		.stored_as = component_stored_as(&lock->component, "ButtonLine", lock->button_stored_as),
	};
	const struct component_room *room = lock->component.room;
	int r;

	r = output_new(room->lines, room->store, &led, &led_availability, lock, &lock->led);
	if (r < 0 || !config->button_line)
		return r;
	return input_new(room->lines, room->store, room->memory, &button, &button_handlers, lock,
	                 &lock->button);
}

static int init(struct component *component)
{
	struct door_lock *lock = (struct door_lock *)component;
	const struct lock_config *config = component->config;
	int r;

	lock_rules_init(&lock->rules, config->initial_state != INITIAL_UNLOCKED, config->alert_interval_ns);
	r = init_lines(lock);
	if (r < 0)
		return r;
	lock->motion = calloc(component->peers_n, sizeof *lock->motion);
	if (!lock->motion && component->peers_n > 0)
		return -ENOMEM;
	for (size_t i = 0; i < component->peers_n; i++)
		hub_subscribe(component->room->hub, &lock->motion[i], component->peers[i].source, on_sensor, lock);
	return 0;
}

static int start(struct component *component)
{
	struct door_lock *lock = (struct door_lock *)component;

	show(lock, lock->rules.alert_ns ? lock->rules.alert_ns : clock_now_ns(CLOCK_MONOTONIC));
	output_start(lock->led);
	if (lock->button)
		input_start(lock->button);
	return 0;
}

static bool stops(const struct component *component)
{
	return ((const struct lock_config *)component->config)->stop_value != OUTPUT_STOP_KEEP;
}

static void stop(struct component *component)
{
	struct door_lock *lock = (struct door_lock *)component;
	const struct lock_config *config = component->config;

	if (config->stop_value != OUTPUT_STOP_KEEP)
		output_demand(lock->led, &lock->at_stop, OUTPUT_AT_STOP,
		              config->stop_value == OUTPUT_STOP_ON ? OUTPUT_ON : OUTPUT_OFF, 0);
}

static void deinit(struct component *component)
{
	struct door_lock *lock = (struct door_lock *)component;

	for (size_t i = 0; lock->motion && i < component->peers_n; i++)
		hub_unsubscribe(&lock->motion[i]);
	free(lock->motion);
	lock->button = input_free(lock->button);
	lock->led = output_free(lock->led);
}

const struct component_class door_lock_class = {
	.kind = "DoorLock",
	.about = ABOUT("The lock of a door: an LED, alerts, and a button.", .example = "front"),
	.layer = COMPONENT_CONTROLLER,
	.instance_size = sizeof(struct door_lock),
	.config_size = sizeof(struct lock_config),
	.options = options,
	.properties = lock_properties,
	.actions = actions,
	.kept = kept,
	.events = events,
	.states = lock_states,
	.init = init,
	.restored = restored,
	.describe = lock_describe,
	.why = lock_why,
	.start = start,
	.stop = stop,
	.stops = stops,
	.deinit = deinit,
};
