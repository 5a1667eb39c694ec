#include "rules/light-rules.h"

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
	if (rules->active > 0)
		return false;
	rules->spent = false;
	if (!rules->on)
		return false;
	rules->off_at_ns = clock_later_ns(rules->last_clear_ns, rules->off_delay_ns);
	return light_rules_time(rules, at_ns);
}

static bool is_within(uint64_t at_ns, uint64_t since_ns, uint64_t time_ns)
{
	return since_ns > 0 && at_ns >= since_ns && at_ns - since_ns < time_ns;
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
	if (rules->ignore_ns > 0 && !rules->on && is_within(at_ns, rules->switched_ns, rules->ignore_ns)) {
		rules->ignored = true;
		return false;
	}
	rules->ignored = false;
	if (rules->spent || (rules->forbidden && !rules->on))
		return false;
	rules->on = true;
	rules->off_at_ns = NEVER_NS;
	return !was_on;
}

bool light_rules_allow(struct light_rules *rules, bool allowed)
{
	rules->forbidden = !allowed;
	if (!allowed || rules->on || rules->active == 0 || rules->ignored || rules->spent)
		return false;
	rules->on = true;
	rules->off_at_ns = NEVER_NS;
	return true;
}

void light_rules_go_on(struct light_rules *rules, bool *sensor_active)
{
	rules->active += !*sensor_active;
	*sensor_active = true;
	rules->ignored = true;
}

void light_rules_cut(struct light_rules *rules)
{
	rules->spent = rules->active > 0;
	rules->on = false;
	rules->off_at_ns = NEVER_NS;
}

/* By hand, or by motion, it ends what the off-delay has begun. */
HOT void light_rules_switched(struct light_rules *rules, uint64_t at_ns)
{
	bool by_delay = !rules->on && at_ns == rules->delay_over_ns;

	rules->switched_ns = at_ns;
	if (by_delay && rules->off_delay_ns >= LIGHT_LOOP_OFF_DELAY_NS)
		rules->loop_off_ns = at_ns;
	else if (!rules->on)
		rules->loop_off_ns = 0;
}

/* Any other motion than what follows its going off at once is somebody's. */
bool light_rules_loops(struct light_rules *rules, bool switched_on, uint64_t at_ns)
{
	if (!is_within(at_ns, rules->loop_off_ns, LIGHT_LOOP_WINDOW_NS))
		rules->loop_times = 0;
	else if (switched_on)
		rules->loop_times++;
	if (rules->loop_times < LIGHT_LOOP_TIMES || rules->loop_said)
		return false;
	rules->loop_said = true;
	return true;
}

bool light_rules_resume(struct light_rules *rules, uint64_t now_ns)
{
	rules->spent = rules->spent && rules->active > 0;
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
	rules->delay_over_ns = now_ns;
	rules->on = false;
	return true;
}
