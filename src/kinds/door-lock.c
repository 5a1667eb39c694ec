/* DoorLock: alerts at motion while locked, an LED that shows the state, a button; its door is in door-lock-door.c. The
 * rules are in rules/lock-rules.c; this ties them to the hub and the lines. */
#include "kinds/door-lock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "kinds/kinds.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/problem.h"

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
	.about = ABOUT("There was motion near the locked door, or, with the cause _forced_, the door was opened while it was "
	               "locked. _by_ is the sensor that saw the motion, and the location is where it was.",
	               .title = "Motion near a locked door",
	               .advice = "The lock's LED blinks until the alert is acknowledged with the lock's button, or the door "
	                         "is unlocked. There is at most one alert in AlertIntervalSec=.\n\n"
	                         "If nobody was there: a PIR fires at draughts, sunlight and radiators, and for a minute "
	                         "after power-on (WarmupSec= of its section).\n\n"
	                         "If the message says \"forced\", the door may also have been opened from the inside, if no "
	                         "key is needed there. People inside should unlock the door first, for example with its "
	                         "button."),
};
static const struct event_type lock_acknowledged = {
	.name = "lock_acknowledged",
	.text_name = "cause",
	.level = LOG_NOTICE,
	.words = "alert acknowledged",
	.about = ABOUT("Somebody has acknowledged the alert."),
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

const char *const lock_causes[LOCK_CAUSES] = {
	[LOCK_AT_START] = "start",
	[LOCK_BY_HAND] = "manual",
	[LOCK_BY_BUTTON] = "button",
	[LOCK_BY_MOTION] = "motion",
	[LOCK_BY_FORCE] = "forced",
	[LOCK_CLOSED] = "closed for RelockSec=",
	[LOCK_NOT_OPENED] = "not opened within RelockSec=",
	[LOCK_NOT_KNOWN] = "not known to be open for RelockSec=",
};

static void turn(struct door_lock *lock, enum lock_outcome outcome, uint64_t at_ns, enum lock_cause cause)
{
	struct door_settings settings = lock_door_settings(lock);

	if (outcome == LOCK_LOCKED)
		door_locked(&lock->door);
	else if (outcome == LOCK_UNLOCKED)
		door_unlocked(&lock->door, &settings, at_ns);
	else
		return;
	lock->since_ns = at_ns;
	lock->cause = (int)cause;
}

/* First the LED and the strike, then the event. */
void lock_carry_out(struct door_lock *lock, enum lock_outcome outcome, uint64_t at_ns, const struct hub_source *by,
                    enum lock_cause cause)
{
	static const struct event_type *const types[] = {
		[LOCK_ALERT] = &lock_alert,
		[LOCK_ACKNOWLEDGED] = &lock_acknowledged,
		[LOCK_LOCKED] = &lock_locked,
		[LOCK_UNLOCKED] = &lock_unlocked,
	};

	if (outcome == LOCK_NOTHING)
		return;
	turn(lock, outcome, at_ns, cause);
	show(lock, at_ns);
	component_emit(&lock->component, types[outcome], at_ns, by, lock_causes[cause]);
	lock_door_follow(lock);
}

static void on_sensor(const struct event *event, void *userdata)
{
	struct door_lock *lock = userdata;

	if (event->type->means != EVENT_MEANS_BEGUN)
		return;
	lock_carry_out(lock, lock_rules_motion(&lock->rules, event->monotonic_ns), event->monotonic_ns,
	          event->source, LOCK_BY_MOTION);
}

/* Only an edge is a press: a button that is held at start, or whose press was lost, must not unlock. */
static void on_button(bool active, uint64_t monotonic_ns, enum input_level_from from, void *userdata)
{
	struct door_lock *lock = userdata;
	bool press = active && !lock->pressed && from == INPUT_EDGE;

	lock->component.room->counters.edges += from == INPUT_EDGE;
	lock->pressed = active;
	if (press)
		lock_carry_out(lock, lock_rules_press(&lock->rules), monotonic_ns, NULL, LOCK_BY_BUTTON);
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

const struct line_availability lock_line_availability = {
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

	lock_carry_out(lock, lock_rules_set(&lock->rules, locked), clock_now_ns(CLOCK_MONOTONIC), NULL, LOCK_BY_HAND);
	return 0;
}

static int lock_it(struct component *component, const union value *arguments,
                   struct problem *problem)
{
	(void)arguments, (void)problem;
	return set_locked(component, true);
}

static int unlock_it(struct component *component, const union value *arguments,
                     struct problem *problem)
{
	(void)arguments, (void)problem;
	return set_locked(component, false);
}

static int acknowledge(struct component *component, const union value *arguments,
                       struct problem *problem)
{
	struct door_lock *lock = (struct door_lock *)component;
	enum lock_outcome outcome = lock_rules_acknowledge(&lock->rules);

	(void)arguments;
	if (outcome == LOCK_NOTHING)
		return problem_set(problem, -EALREADY, "no alert is open");
	lock_carry_out(lock, outcome, clock_now_ns(CLOCK_MONOTONIC), NULL, LOCK_BY_HAND);
	return 0;
}

/* Whoever rings is let in, and once more if they were too slow. */
static int open_it(struct component *component, const union value *arguments, struct problem *problem)
{
	struct door_lock *lock = (struct door_lock *)component;
	struct door_settings settings = lock_door_settings(lock);
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)arguments;
	if (!lock->strike)
		return problem_set(problem, -EINVAL, "expected a lock with an electric strike (StrikeLine=)");
	if (lock->rules.locked)
		return set_locked(component, false);
	door_unlocked(&lock->door, &settings, now_ns);
	lock_door_follow(lock);
	component_emit(component, &lock_unlocked, now_ns, NULL, lock_causes[LOCK_BY_HAND]);
	return 0;
}

static const struct interface_action actions[] = {
	{ .name = "Lock",
	  .about = ABOUT("Locks the door. Nothing happens if it is locked."),
	  .right = RIGHT_CONTROL,
	  .run = lock_it },
	{ .name = "Unlock",
	  .about = ABOUT("Unlocks the door, ends an open alert, and switches the strike on. Nothing happens if it "
	                 "is unlocked."),
	  .right = RIGHT_UNLOCK,
	  .run = unlock_it },
	{ .name = "Open",
	  .about = ABOUT("Lets somebody in: unlocks the door, and switches the strike on, even if the door was "
	                 "unlocked. It is an error without _StrikeLine=_."),
	  .right = RIGHT_UNLOCK,
	  .run = open_it },
	{ .name = "Acknowledge",
	  .about = ABOUT("Ends an open alert; the door stays locked. It is an error if no alert is open."),
	  .right = RIGHT_CONTROL,
	  .run = acknowledge },
	{ 0 },
};

static const struct event_type *const events[] = {
	&lock_locked,
	&lock_unlocked,
	&lock_alert,
	&lock_acknowledged,
	&lock_jammed,
	&door_open_too_long,
	&event_output_available,
	&event_output_unavailable,
	&event_edges_lost,
	NULL,
};

/* --- what survives --------------------------------------------------------------------------- */

static const struct kept_field kept[] = {
	{ "locked", KEPT_BOOL, offsetof(struct door_lock, rules.locked), KEPT_OVER_POWER_LOSS,
	  .about = ABOUT("whether it is locked") },
	{ "alert", KEPT_BOOL, offsetof(struct door_lock, rules.alert), KEPT_OVER_POWER_LOSS,
	  .about = ABOUT("whether an alert is open") },
	{ "alert_ns", KEPT_U64, offsetof(struct door_lock, rules.alert_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when the last alert was raised") },
	{ "blink_ns", KEPT_U64, offsetof(struct door_lock, blink_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when the LED blinks") },
	{ "pressed", KEPT_BOOL, offsetof(struct door_lock, pressed), KEPT_OVER_RESTART,
	  .about = ABOUT("whether its button is pressed") },
	{ "since_ns", KEPT_U64, offsetof(struct door_lock, since_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when it is locked, or is not") },
	{ "cause", KEPT_INT, offsetof(struct door_lock, cause), KEPT_OVER_RESTART,
	  .about = ABOUT("why it is") },
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
	if (lock->rules.forced_ns > now_ns)
		lock->rules.forced_ns = now_ns;
	if (lock->cause < LOCK_AT_START || lock->cause >= LOCK_CAUSES)
		lock->cause = LOCK_AT_START;
	if (lock->since_ns > now_ns)
		lock->since_ns = now_ns;
	lock_door_restored(lock, now_ns);
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

	r = output_new(room->lines, room->store, &led, &lock_line_availability, lock, &lock->led);
	if (r >= 0)
		r = lock_door_init(lock, consumer);
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
		if (&component->peers[i] != lock->contact)
			hub_subscribe(component->room->hub, &lock->motion[i], component->peers[i].source, on_sensor, lock);
	return 0;
}

/* The button first: what it has seen that its predecessor did not come to is done before a line shows anything. */
static int start(struct component *component)
{
	struct door_lock *lock = (struct door_lock *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	lock_door_begin(lock, now_ns);
	if (lock->button)
		input_start(lock->button);
	show(lock, lock->rules.alert_ns ? lock->rules.alert_ns : now_ns);
	output_start(lock->led);
	lock_door_start(lock, now_ns);
	return 0;
}

static void ask(struct component *component)
{
	lock_door_ask((struct door_lock *)component);
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
	lock_door_deinit(lock);
	lock->button = input_free(lock->button);
	lock->led = output_free(lock->led);
}

const struct component_class door_lock_class = {
	.kind = "DoorLock",
	.about = ABOUT("The lock of a door: an LED, alerts, a button, a strike.", .example = "front"),
	.layer = COMPONENT_CONTROLLER,
	.kind_class = "lock",
	.instance_size = sizeof(struct door_lock),
	.config_size = sizeof(struct lock_config),
	.options = lock_options,
	.check = lock_check,
	.properties = lock_properties,
	.actions = actions,
	.kept = kept,
	.kept_apart = lock_door_kept,
	.events = events,
	.states = lock_states,
	.init = init,
	.restored = restored,
	.ask = ask,
	.describe = lock_describe,
	.why = lock_why,
	.start = start,
	.stop = stop,
	.stops = stops,
	.deinit = deinit,
};
