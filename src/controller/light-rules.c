#include "controller/light-rules.h"

#include "util/cleanup.h"
#include "util/clock.h"

void light_rules_init(struct light_rules *rules, uint64_t off_delay_ns)
{
	*rules = (struct light_rules){ .off_delay_ns = off_delay_ns, .off_at_ns = NEVER_NS };
}

static bool start_delay(struct light_rules *rules, uint64_t at_ns)
{
	/* Sensors are read one after the other, so the last to clear need not be the last to be heard of. */
	if (at_ns > rules->last_clear_ns)
		rules->last_clear_ns = at_ns;
	if (rules->active > 0 || !rules->on)
		return false;
	if (__builtin_add_overflow(rules->last_clear_ns, rules->off_delay_ns, &rules->off_at_ns))
		rules->off_at_ns = NEVER_NS;
	return light_rules_time(rules, at_ns);
}

HOT bool light_rules_motion(struct light_rules *rules, bool *sensor_active, bool active, uint64_t at_ns)
{
	bool was_on = rules->on;

	if (*sensor_active == active)
		return false;
	*sensor_active = active;
	if (!active) {
		rules->active--;
		return start_delay(rules, at_ns);
	}
	rules->active++;
	rules->on = true;
	rules->off_at_ns = NEVER_NS;
	return !was_on;
}

bool light_rules_resume(struct light_rules *rules, uint64_t now_ns)
{
	if (!rules->on || rules->active > 0) {
		rules->off_at_ns = NEVER_NS;
		return false;
	}
	/* No delay was running: what kept the light on has gone without a word. */
	return start_delay(rules, rules->off_at_ns == NEVER_NS ? now_ns : 0) ||
	       light_rules_time(rules, now_ns);
}

bool light_rules_time(struct light_rules *rules, uint64_t now_ns)
{
	if (now_ns < rules->off_at_ns)
		return false;
	rules->off_at_ns = NEVER_NS;
	rules->on = false;
	return true;
}
