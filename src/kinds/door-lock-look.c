/* What is seen of a lock. */
#include "kinds/door-lock.h"

#include <stdio.h>

#include "util/clock.h"
#include "util/cut.h"

static void get_locked(const struct component *component, union value *ret)
{
	ret->b = ((const struct door_lock *)component)->rules.locked;
}

static void get_alert(const struct component *component, union value *ret)
{
	ret->b = ((const struct door_lock *)component)->rules.alert;
}

/* One from before a power failure is as old as the machine's start, as far as anybody knows. */
static void get_alert_at(const struct component *component, union value *ret)
{
	const struct door_lock *lock = (const struct door_lock *)component;

	ret->t = (lock->rules.alert_ns ? lock->rules.alert_ns : lock->blink_ns) / NSEC_PER_USEC;
}

static bool is_jammed_now(const struct door_lock *lock)
{
	return door_is_jammed(&lock->door, lock->rules.locked);
}

static void get_jammed(const struct component *component, union value *ret)
{
	ret->b = is_jammed_now((const struct door_lock *)component);
}

static void get_door_open(const struct component *component, union value *ret)
{
	ret->b = ((const struct door_lock *)component)->door.is == DOOR_OPEN;
}

static void get_strike(const struct component *component, union value *ret)
{
	const struct door_lock *lock = (const struct door_lock *)component;

	ret->b = lock->strike && output_wanted(lock->strike) == OUTPUT_ON;
}

static uint64_t relocks_ns(const struct door_lock *lock)
{
	struct door_settings settings = lock_door_settings(lock);

	return door_relocks_ns(&lock->door, &settings);
}

static void get_relocks_at(const struct component *component, union value *ret)
{
	uint64_t at_ns = relocks_ns((const struct door_lock *)component);

	ret->t = at_ns == NEVER_NS ? 0 : at_ns / NSEC_PER_USEC;
}

const struct interface_property lock_properties[] = {
	{ "Locked", 'b', ABOUT("Whether it is locked."), get_locked, .class = "locked" },
	{ "Alert", 'b', ABOUT("Whether an alert is open: raised, and not acknowledged."), get_alert, .class = "alert" },
	{ "AlertAt", 't', ABOUT("When the last alert was raised; 0: never."), get_alert_at,
	  VALUE_CLOCK_MONOTONIC },
	{ "DoorOpen", 'b', ABOUT("Whether the door is open; _false_, too, where nobody knows."), get_door_open,
	  .class = "opening" },
	{ "Jammed", 'b', ABOUT("Whether it is locked, and the door open all the same."), get_jammed, .class = "jammed" },
	{ "Strike", 'b', ABOUT("Whether the electric strike is on."), get_strike, .class = "running" },
	{ "RelocksAt", 't', ABOUT("When it locks itself (_RelockSec=_), as it stands; 0: it does not."), get_relocks_at,
	  VALUE_CLOCK_MONOTONIC },
	{ 0 },
};

static const struct lock_rules *rules_of(const struct component *component)
{
	return &((const struct door_lock *)component)->rules;
}

static enum truth truth_of(bool value, uint64_t since_ns, uint64_t *ret_since_ns)
{
	*ret_since_ns = since_ns;
	return value ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_locked(const struct component *component, uint64_t *ret_since_ns)
{
	return truth_of(rules_of(component)->locked, ((const struct door_lock *)component)->since_ns, ret_since_ns);
}

static enum truth is_unlocked(const struct component *component, uint64_t *ret_since_ns)
{
	return truth_of(!rules_of(component)->locked, ((const struct door_lock *)component)->since_ns, ret_since_ns);
}

static enum truth has_alert(const struct component *component, uint64_t *ret_since_ns)
{
	const struct lock_rules *rules = rules_of(component);

	return truth_of(rules->alert, rules->alert ? rules->alert_ns : 0, ret_since_ns);
}

/* Nobody knows as long as the contact does not. Without one it is not. */
static enum truth is_jammed(const struct component *component, uint64_t *ret_since_ns)
{
	const struct door_lock *lock = (const struct door_lock *)component;

	*ret_since_ns = lock->door.is_ns > lock->since_ns ? lock->door.is_ns : lock->since_ns;
	if (lock->contact && lock->rules.locked && lock->door.is == DOOR_UNKNOWN)
		return TRUTH_UNKNOWN;
	return is_jammed_now(lock) ? TRUTH_TRUE : TRUTH_FALSE;
}

const struct component_state lock_states[] = {
	{ "locked", is_locked },
	{ "unlocked", is_unlocked },
	{ "alert", has_alert },
	{ "jammed", is_jammed },
	{ 0 },
};

void lock_describe(const struct component *component, char *buffer, size_t size)
{
	const struct door_lock *lock = (const struct door_lock *)component;
	const struct lock_rules *rules = &lock->rules;

	snprintf(buffer, size, "%s%s%s", rules->locked ? "locked" : "unlocked",
	         is_jammed_now(lock)               ? ", JAMMED"
	         : lock->door.is == DOOR_OPEN ? ", open"
	                                      : "",
	         rules->alert ? ", ALERT" : "");
}

/* --- why ------------------------------------------------------------------------------------- */

static void why_alert(const struct door_lock *lock, struct why *ret)
{
	const struct lock_rules *rules = &lock->rules;

	ret->since_ns = rules->alert_ns;
	cut_copy(ret->because, sizeof ret->because,
	         rules->forced_ns == rules->alert_ns && rules->forced_ns > 0 ? "the door was opened while it was locked"
	                                                                     : "there was motion while it was locked");
	cut_copy(ret->then, sizeof ret->then, "the alert ends when somebody acknowledges it, or unlocks");
}

static const char *then_of(const struct door_lock *lock)
{
	if (is_jammed_now(lock))
		return "locked for good when somebody closes the door";
	if (lock->rules.locked)
		return "an alert with the next motion";
	if (relocks_ns(lock) != NEVER_NS)
		return lock->contact ? "locked, unless somebody opens the door" : "locked";
	return lock->door.is == DOOR_OPEN && lock_door_settings(lock).relock_ns > 0 ? "locked some time after the door is closed"
	                                                                            : "locked when somebody locks it";
}

void lock_why(const struct component *component, struct why *ret)
{
	const struct door_lock *lock = (const struct door_lock *)component;

	if (lock->rules.alert) {
		why_alert(lock, ret);
		return;
	}
	ret->since_ns = lock->since_ns;
	cut_copy(ret->because, sizeof ret->because, lock_causes[lock->cause]);
	if (lock->contact && (is_jammed_now(lock) || lock->cause == LOCK_CLOSED))
		ret->by = lock->contact->source;
	ret->then_ns = relocks_ns(lock);
	cut_copy(ret->then, sizeof ret->then, then_of(lock));
}
