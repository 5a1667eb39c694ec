#include "rules/lock-rules.h"

void lock_rules_init(struct lock_rules *rules, bool locked, uint64_t alert_interval_ns)
{
	*rules = (struct lock_rules){ .alert_interval_ns = alert_interval_ns, .locked = locked };
}

/* By the interval that is set now, whatever it was at the alert. Sensors are read one after the other: what
 * was before the alert may be heard of behind it. */
static bool is_within_interval(const struct lock_rules *rules, uint64_t last_ns, uint64_t at_ns)
{
	if (last_ns == 0)
		return false;
	return at_ns < last_ns || at_ns - last_ns < rules->alert_interval_ns;
}

static enum lock_outcome raise_alert(struct lock_rules *rules, uint64_t at_ns)
{
	rules->alert = true;
	rules->alert_ns = at_ns;
	return LOCK_ALERT;
}

enum lock_outcome lock_rules_motion(struct lock_rules *rules, uint64_t at_ns)
{
	if (!rules->locked || is_within_interval(rules, rules->alert_ns, at_ns))
		return LOCK_NOTHING;
	return raise_alert(rules, at_ns);
}

enum lock_outcome lock_rules_forced(struct lock_rules *rules, uint64_t at_ns)
{
	if (!rules->locked || is_within_interval(rules, rules->forced_ns, at_ns))
		return LOCK_NOTHING;
	rules->forced_ns = at_ns;
	return raise_alert(rules, at_ns);
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
