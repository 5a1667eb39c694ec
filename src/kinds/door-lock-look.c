/* What is seen of a lock. */
#include "kinds/door-lock.h"

#include <stdio.h>

#include "util/clock.h"
#include "util/cut.h"

static void get_locked(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct door_lock *)component)->rules.locked;
}

static void get_alert(const struct component *component, union interface_value *ret)
{
	ret->b = ((const struct door_lock *)component)->rules.alert;
}

/* One from before a power failure is as old as the machine's start, as far as anybody knows. */
static void get_alert_at(const struct component *component, union interface_value *ret)
{
	const struct door_lock *lock = (const struct door_lock *)component;

	ret->t = (lock->rules.alert_ns ? lock->rules.alert_ns : lock->blink_ns) / NSEC_PER_USEC;
}

const struct interface_property lock_properties[] = {
	{ "Locked", 'b', ABOUT("Whether it is locked."), get_locked },
	{ "Alert", 'b', ABOUT("Whether an alert is open: raised, and not acknowledged."), get_alert },
	{ "AlertAt", 't', ABOUT("When the last alert was raised; 0: never."), get_alert_at,
	  INTERFACE_CLOCK_MONOTONIC },
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
	return truth_of(rules_of(component)->locked, 0, ret_since_ns);
}

static enum truth is_unlocked(const struct component *component, uint64_t *ret_since_ns)
{
	return truth_of(!rules_of(component)->locked, 0, ret_since_ns);
}

static enum truth has_alert(const struct component *component, uint64_t *ret_since_ns)
{
	const struct lock_rules *rules = rules_of(component);

	return truth_of(rules->alert, rules->alert ? rules->alert_ns : 0, ret_since_ns);
}

const struct component_state lock_states[] = {
	{ "locked", is_locked },
	{ "unlocked", is_unlocked },
	{ "alert", has_alert },
	{ 0 },
};

void lock_describe(const struct component *component, char *buffer, size_t size)
{
	const struct lock_rules *rules = &((const struct door_lock *)component)->rules;

	snprintf(buffer, size, "%s%s", rules->locked ? "locked" : "unlocked", rules->alert ? ", ALERT" : "");
}

/* Who locked or unlocked it is in the journal; of an alert it is known when it was. */
void lock_why(const struct component *component, struct why *ret)
{
	const struct lock_rules *rules = rules_of(component);

	if (rules->alert) {
		ret->since_ns = rules->alert_ns;
		cut_copy(ret->because, sizeof ret->because, "there was motion while it was locked");
		cut_copy(ret->then, sizeof ret->then, "the alert ends when somebody acknowledges it, or unlocks");
	} else if (rules->locked) {
		cut_copy(ret->then, sizeof ret->then, "an alert with the next motion");
	}
}
