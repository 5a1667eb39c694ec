/* The door of a lock: its strike and its contact. What follows from them is in rules/door.c. */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "kinds/door-lock.h"
#include "roomd/message-ids.h"
#include "util/clock.h"
#include "util/memory.h"
#include "util/timer.h"

const struct event_type lock_jammed = {
	.name = "lock_jammed",
	.level = LOG_WARNING,
	.words = "locked, but the door is open",
	.message_id = ROOMD_MESSAGE_JAMMED,
	.about = ABOUT("It should be locked, but the door is open: it cannot be locked before somebody closes the "
	               "door.",
	               .title = "A door should be locked, but is open",
	               .advice = "It will be locked as soon as somebody closes the door. Nothing else has to be done. If the "
	                         "door is closed already, look at the contact and its magnet: \"roomctl show "
	                         "@ROOMD_COMPONENT@\"."),
};
const struct event_type door_open_too_long = {
	.name = "door_open_too_long",
	.level = LOG_WARNING,
	.words = "the door is open for too long",
	.message_id = ROOMD_MESSAGE_OPEN_TOO_LONG,
	.about = ABOUT("The door has been open for longer than _OpenTooLongSec=_. This is reported once each time.",
	               .title = "A door has been open for too long"),
};

struct door_settings lock_door_settings(const struct door_lock *lock)
{
	const struct lock_config *config = lock->component.config;

	return (struct door_settings){
		.strike_ns = config->strike_line ? config->strike_ns : 0,
		.open_too_long_ns = config->open_too_long_ns,
		.relock_ns = config->relock_ns,
	};
}

/* --- what is due ----------------------------------------------------------------------------- */

static void relock(struct door_lock *lock, uint64_t at_ns)
{
	enum lock_cause cause = lock->door.is_ns <= lock->door.unlocked_ns ? LOCK_NOT_OPENED
	                        : lock->door.is == DOOR_CLOSED             ? LOCK_CLOSED
	                                                                   : LOCK_NOT_KNOWN;

	door_locked(&lock->door);
	lock_carry_out(lock, lock_rules_set(&lock->rules, true), at_ns, NULL, cause);
}

static void show_strike(struct door_lock *lock, const struct door_settings *settings, uint64_t now_ns)
{
	if (lock->strike)
		output_demand(lock->strike, &lock->strike_demand, OUTPUT_AUTOMATIC,
		              door_strike_is_on(&lock->door, settings, now_ns) ? OUTPUT_ON : OUTPUT_OFF, now_ns);
}

/* What is due until `now_ns`, one by one: locking it is followed, too. */
static void follow_until(struct door_lock *lock, uint64_t now_ns)
{
	struct door_settings settings = lock_door_settings(lock);
	uint64_t due_ns;
	enum door_due due;

	show_strike(lock, &settings, now_ns);
	component_changed(&lock->component);
	due = door_due(&lock->door, &settings, lock->rules.locked, now_ns, &due_ns);
	timer_set(lock->door_time, lock->door.next_ns);
	if (due == DOOR_NOTHING)
		return;
	if (due_ns < lock->begun_ns)
		due_ns = lock->begun_ns; /* nobody was there to do it then */
	if (due == DOOR_JAMMED)
		component_emit(&lock->component, &lock_jammed, due_ns, lock->contact->source, NULL);
	else if (due == DOOR_TOO_LONG)
		component_emit(&lock->component, &door_open_too_long, due_ns, lock->contact->source, NULL);
	else if (due == DOOR_RELOCK)
		relock(lock, due_ns);
	follow_until(lock, now_ns);
}

void lock_door_follow(struct door_lock *lock)
{
	follow_until(lock, clock_now_ns(CLOCK_MONOTONIC));
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	lock_door_follow(userdata);
	return 0;
}

/* --- the contact ----------------------------------------------------------------------------- */

/* A contact that is being made anew does not know. */
static enum door_is look(const struct door_lock *lock, uint64_t *ret_since_ns)
{
	const struct component *contact = component_of(lock->contact->source);
	enum truth open;

	*ret_since_ns = 0;
	if (!contact)
		return DOOR_UNKNOWN;
	open = component_state_find(contact->class, "open")->is(contact, ret_since_ns);
	return open == TRUTH_TRUE ? DOOR_OPEN : open == TRUTH_FALSE ? DOOR_CLOSED : DOOR_UNKNOWN;
}

/* What it says now. What was due before that comes first: a door may lock itself right before it is opened. */
static void follow_contact(struct door_lock *lock, uint64_t at_ns)
{
	uint64_t since_ns;
	enum door_is is = look(lock, &since_ns);
	enum lock_outcome outcome = LOCK_NOTHING;

	if (is != DOOR_UNKNOWN && since_ns > 0)
		at_ns = since_ns;
	if (is != lock->door.is)
		follow_until(lock, at_ns);
	if (door_moves(&lock->door, is, lock->rules.locked, at_ns))
		outcome = lock_rules_forced(&lock->rules, at_ns);
	lock_carry_out(lock, outcome, at_ns, lock->contact->source, LOCK_BY_FORCE);
	lock_door_follow(lock);
	component_changed(&lock->component);
	component_tell(&lock->component, at_ns); /* it may be jammed no more, of which there is no event */
}

static void on_contact(const struct event *event, void *userdata)
{
	follow_contact(userdata, event->monotonic_ns);
}

/* --- what survives --------------------------------------------------------------------------- */

/* A record of its own, where there is a door: each edge copies all records. */
const struct kept_field lock_door_kept[] = {
	{ "forced_ns", KEPT_U64, offsetof(struct door_lock, rules.forced_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when an alert was raised last because the door was forced open") },
	{ "door", KEPT_INT, offsetof(struct door_lock, door.is), KEPT_OVER_RESTART,
	  .about = ABOUT("what the contact says of the door") },
	{ "door_ns", KEPT_U64, offsetof(struct door_lock, door.is_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when") },
	{ "unlocked_ns", KEPT_U64, offsetof(struct door_lock, door.unlocked_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when it is unlocked, or when that was asked for again") },
	{ "contact_id", KEPT_INT, offsetof(struct door_lock, contact_id), KEPT_OVER_RESTART,
	  .about = ABOUT("the contact that said so") },
	{ "too_long_said", KEPT_BOOL, offsetof(struct door_lock, door.too_long_said), KEPT_OVER_RESTART,
	  .about = ABOUT("whether it was said that the door is open for too long") },
	{ "jam_said", KEPT_BOOL, offsetof(struct door_lock, door.jam_said), KEPT_OVER_RESTART,
	  .about = ABOUT("whether it was said that it cannot be locked") },
	{ 0 },
};

static bool has_door(const struct door_lock *lock)
{
	return lock->contact || ((const struct lock_config *)lock->component.config)->relock_ns > 0;
}

static int recall(struct door_lock *lock)
{
	char name[COMPONENT_STORED_AS_SIZE];
	int r;

	if (!has_door(lock))
		return 0;
	r = memory_keep(lock->component.room->memory, component_stored_as(&lock->component, "Contact", name),
	                lock_door_kept, lock);
	return r < 0 ? r : 0;
}

/* --- life ------------------------------------------------------------------------------------ */

static const struct component_peer *find_contact(const struct component *component)
{
	for (size_t i = 0; i < component->peers_n; i++)
		if (strcmp(component->peers[i].key->key, "Contact") == 0)
			return &component->peers[i];
	return NULL;
}

static int init_strike(struct door_lock *lock, const char *consumer)
{
	const struct lock_config *config = lock->component.config;
	const struct component_room *room = lock->component.room;
	struct gpio_settings strike = {
		.line = config->strike_line,
		.consumer = consumer,
		.active_low = config->strike_active_low,
		.stored_as = component_stored_as(&lock->component, "StrikeLine", lock->strike_stored_as),
	};

	return config->strike_line ? output_new(room->lines, room->store, &strike, &lock_line_availability, lock, &lock->strike) : 0;
}

int lock_door_init(struct door_lock *lock, const char *consumer)
{
	struct component *component = &lock->component;
	int r;

	lock->door.next_ns = NEVER_NS;
	lock->contact = find_contact(component);
	r = timer_new(component->room->event, &lock->door_time, on_time, lock);
	if (r >= 0)
		r = init_strike(lock, consumer);
	if (r >= 0)
		r = recall(lock);
	if (r >= 0 && lock->contact)
		hub_subscribe(component->room->hub, &lock->contact_events, lock->contact->source, on_contact, lock);
	return r;
}

/* What was known of another contact says nothing of this one. */
void lock_door_restored(struct door_lock *lock, uint64_t now_ns)
{
	int id = lock->contact ? (int)hub_source_id(lock->contact->source) : 0;

	if (lock->contact_id != id)
		lock->door = (struct door){ .unlocked_ns = lock->door.unlocked_ns, .next_ns = NEVER_NS };
	lock->contact_id = id;
	door_start(&lock->door, lock->rules.locked, now_ns);
}

/* A contact that is made anew says nothing of itself. */
void lock_door_ask(struct door_lock *lock)
{
	if (lock->contact && lock->component.started)
		follow_contact(lock, clock_now_ns(CLOCK_MONOTONIC));
}

void lock_door_begin(struct door_lock *lock, uint64_t now_ns)
{
	lock->begun_ns = now_ns;
	lock_door_restored(lock, now_ns);
}

/* A strike that its predecessor has left on goes off, unless the button has just been pressed. */
void lock_door_start(struct door_lock *lock, uint64_t now_ns)
{
	struct door_settings settings = lock_door_settings(lock);

	show_strike(lock, &settings, now_ns);
	if (lock->strike)
		output_start(lock->strike);
	if (lock->contact)
		follow_contact(lock, now_ns);
	lock_door_follow(lock);
}

/* Whether it is stopped, restarted or made anew, and whoever comes next, if anybody does: the strike is off. */
void lock_door_deinit(struct door_lock *lock)
{
	char name[COMPONENT_STORED_AS_SIZE];

	if (lock->strike)
		output_demand(lock->strike, &lock->strike_demand, OUTPUT_AUTOMATIC, OUTPUT_OFF, 0);
	if (has_door(lock))
		memory_leave(lock->component.room->memory, component_stored_as(&lock->component, "Contact", name));
	hub_unsubscribe(&lock->contact_events);
	lock->door_time = sd_event_source_disable_unref(lock->door_time);
	lock->strike = output_free(lock->strike);
}
