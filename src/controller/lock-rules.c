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
	return LOCK_ALERT;
}

enum lock_outcome lock_rules_press(struct lock_rules *rules)
{
	if (rules->alert) {
		rules->alert = false;
		return LOCK_ACKNOWLEDGED;
	}
	rules->locked = !rules->locked;
	return rules->locked ? LOCK_LOCKED : LOCK_UNLOCKED;
}
