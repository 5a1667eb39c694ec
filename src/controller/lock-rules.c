#include "controller/lock-rules.h"

#include "util/clock.h"

void lock_rules_init(struct lock_rules *rules, bool locked, uint64_t alert_interval_ns)
{
	*rules = (struct lock_rules){ .alert_interval_ns = alert_interval_ns, .locked = locked };
}

enum lock_outcome lock_rules_motion(struct lock_rules *rules, uint64_t at_ns)
{
	if (!rules->locked || at_ns < rules->next_alert_ns)
		return LOCK_NOTHING;
	if (__builtin_add_overflow(at_ns, rules->alert_interval_ns, &rules->next_alert_ns))
		rules->next_alert_ns = NEVER_NS;
	rules->alert = true;
	rules->alert_ns = at_ns;
	return LOCK_ALERT;
}

enum lock_outcome lock_rules_set(struct lock_rules *rules, bool locked)
{
	if (rules->locked == locked)
		return LOCK_NOTHING;
	rules->locked = locked;
	if (!locked)
		rules->alert = false;
	return locked ? LOCK_LOCKED : LOCK_UNLOCKED;
}

enum lock_outcome lock_rules_acknowledge(struct lock_rules *rules)
{
	if (!rules->alert)
		return LOCK_NOTHING;
	rules->alert = false;
	return LOCK_ACKNOWLEDGED;
}

enum lock_outcome lock_rules_press(struct lock_rules *rules)
{
	return rules->alert ? lock_rules_acknowledge(rules) : lock_rules_set(rules, !rules->locked);
}
