#include "rules/delay.h"

#include "util/cleanup.h"
#include "util/clock.h"

static HOT uint64_t delay_of_input(const struct delay *delay, const struct delay_settings *settings)
{
	if (delay->input == DELAY_ACTIVE)
		return settings->on_ns;
	return delay->level == DELAY_ACTIVE ? settings->off_ns : 0;
}

HOT uint64_t delay_next_ns(const struct delay *delay, const struct delay_settings *settings)
{
	if (delay->input == delay->level)
		return NEVER_NS;
	return clock_later_ns(delay->input_ns, delay_of_input(delay, settings));
}

HOT bool delay_time(struct delay *delay, const struct delay_settings *settings, uint64_t now_ns,
                    struct delay_change *ret)
{
	uint64_t next_ns = delay_next_ns(delay, settings);

	if (next_ns == NEVER_NS || now_ns < next_ns)
		return false;
	*ret = (struct delay_change){ .active = delay->input == DELAY_ACTIVE,
		                      .first = delay->level == DELAY_UNKNOWN,
		                      .at_ns = next_ns };
	delay->level = delay->input;
	delay->since_ns = next_ns;
	return true;
}

HOT unsigned delay_input(struct delay *delay, const struct delay_settings *settings, bool active,
                         uint64_t at_ns, struct delay_change ret[static DELAY_CHANGES_MAX])
{
	int input = active ? DELAY_ACTIVE : DELAY_INACTIVE;
	unsigned n = delay_time(delay, settings, at_ns, ret);

	if (input == delay->input)
		return n;
	delay->input = input;
	delay->input_ns = at_ns > delay->since_ns ? at_ns : delay->since_ns;
	return n + delay_time(delay, settings, delay->input_ns, ret + n);
}

static bool is_level(int level)
{
	return level == DELAY_INACTIVE || level == DELAY_ACTIVE;
}

bool delay_restored(struct delay *delay, uint64_t now_ns)
{
	if (is_level(delay->input) && (is_level(delay->level) || delay->level == DELAY_UNKNOWN) &&
	    delay->input_ns <= now_ns && delay->since_ns <= now_ns)
		return true;
	*delay = (struct delay){ 0 };
	return false;
}
