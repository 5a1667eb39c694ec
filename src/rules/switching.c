#include "rules/switching.h"

#include "util/clock.h"

const char *const switching_unknown_words[] = {
	[SWITCHING_UNKNOWN_OFF] = "off",
	[SWITCHING_UNKNOWN_ON] = "on",
	[SWITCHING_UNKNOWN_KEEP] = "keep",
	NULL,
};

void switching_start(struct switching *switching, uint64_t now_ns)
{
	if (switching->since_ns == 0 || switching->since_ns > now_ns) {
		switching->since_ns = now_ns;
		switching->spent = switching->spent && switching->on;
	}
	if (switching->held_ns > now_ns)
		switching->held_ns = now_ns;
}

void switching_yield(struct switching *switching)
{
	switching->spent = true;
	switching->spent_by = SWITCHING_EXCLUDED;
}

void switching_asked(struct switching *switching)
{
	switching->spent = false;
}

void switching_switched(struct switching *switching, bool on, uint64_t now_ns)
{
	if (switching->on == on)
		return;
	switching->on = on;
	switching->since_ns = now_ns;
}

static void ask_again(struct switching *switching, uint64_t at_ns)
{
	if (at_ns < switching->next_ns)
		switching->next_ns = at_ns;
}

/* What is not known is neither a beginning nor an end. */
static bool wanted_by_condition(struct switching *switching, const struct switching_settings *settings,
                                enum truth condition, uint64_t at_ns, uint64_t now_ns)
{
	uint64_t over_ns;

	if (condition == TRUTH_UNKNOWN && settings->when_unknown == SWITCHING_UNKNOWN_KEEP)
		return switching->wanted;
	if (condition == TRUTH_UNKNOWN && settings->when_unknown == SWITCHING_UNKNOWN_ON)
		condition = TRUTH_TRUE;
	if (condition == TRUTH_TRUE) {
		switching->holds = true;
		return true;
	}
	if (switching->holds) {
		switching->holds = false;
		switching->held_ns = at_ns;
	}
	over_ns = clock_later_ns(switching->held_ns, settings->off_delay_ns);
	if (!switching->wanted || over_ns <= now_ns)
		return false;
	switching->why = SWITCHING_OFF_DELAY;
	ask_again(switching, over_ns);
	return true;
}

/* On, and wanted so: for how long it may be. */
static bool has_time(struct switching *switching, uint64_t time_ns, enum switching_why why, uint64_t now_ns)
{
	uint64_t over_ns = clock_later_ns(switching->since_ns, time_ns);

	if (time_ns == 0)
		return true;
	if (over_ns > now_ns) {
		ask_again(switching, over_ns);
		return true;
	}
	switching->spent = true;
	switching->spent_by = (int)why;
	return false;
}

/* It cannot be another before this time is over. */
static bool is_held(struct switching *switching, uint64_t time_ns, enum switching_why why, uint64_t now_ns)
{
	uint64_t over_ns = clock_later_ns(switching->since_ns, time_ns);

	if (time_ns == 0 || over_ns <= now_ns)
		return false;
	switching->why = why;
	ask_again(switching, over_ns);
	return true;
}

/* It may be on as soon as those that it excludes have been off for long enough. */
static bool is_excluded(struct switching *switching, const struct switching_settings *settings, uint64_t now_ns)
{
	uint64_t free_ns = clock_later_ns(switching->others_off_ns, switching->others_off_ns > 0 ? settings->dead_time_ns : 0);

	if (free_ns <= now_ns)
		return false;
	switching->why = SWITCHING_EXCLUDED;
	ask_again(switching, free_ns);
	return true;
}

static bool yields(const struct switching *switching)
{
	return switching->spent && switching->spent_by == SWITCHING_EXCLUDED;
}

static bool decide(struct switching *switching, const struct switching_settings *settings, bool wanted, uint64_t now_ns)
{
	if (switching->on && wanted && !yields(switching))
		return has_time(switching, settings->pulse_ns, SWITCHING_PULSE, now_ns) &&
		       has_time(switching, settings->max_on_ns, SWITCHING_MAX_ON, now_ns);
	if (switching->on)
		return has_time(switching, settings->max_on_ns, SWITCHING_MAX_ON, now_ns) &&
		       is_held(switching, settings->min_on_ns, SWITCHING_MIN_ON, now_ns);
	if (!wanted || switching->spent)
		return false;
	return !is_excluded(switching, settings, now_ns) && !is_held(switching, settings->min_off_ns, SWITCHING_MIN_OFF, now_ns);
}

/* One that is switched on has times of its own, which are looked at at once. */
bool switching_update(struct switching *switching, const struct switching_settings *settings, enum truth condition,
                      uint64_t at_ns, enum switching_hand hand, uint64_t now_ns)
{
	bool before = switching->on, wanted, on;

	switching->next_ns = NEVER_NS;
	switching->why = SWITCHING_WANTED;
	switching->wanted = wanted_by_condition(switching, settings, condition, at_ns, now_ns);
	wanted = hand == SWITCHING_BY_NOBODY ? switching->wanted : hand == SWITCHING_ON_BY_HAND;
	if (!wanted)
		switching->spent = false;
	on = decide(switching, settings, wanted, now_ns);
	if (on != before) {
		switching->on = on;
		switching->since_ns = now_ns;
		switching->next_ns = NEVER_NS;
		if (on)
			decide(switching, settings, wanted, now_ns);
	}
	if (!switching->on && wanted && switching->spent)
		switching->why = (enum switching_why)switching->spent_by;
	return on != before;
}
