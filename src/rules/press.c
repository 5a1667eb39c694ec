#include "rules/press.h"

#include "util/cleanup.h"
#include "util/clock.h"

uint64_t press_next_ns(const struct press *press, const struct press_settings *settings)
{
	if (press->state == PRESS_BEGUN && settings->long_ns > 0)
		return clock_later_ns(press->since_ns, settings->long_ns);
	if (press->state == PRESS_ONCE)
		return clock_later_ns(press->since_ns, settings->double_ns);
	return NEVER_NS;
}

static void enter(struct press *press, enum press_state state, uint64_t at_ns)
{
	press->state = state;
	press->since_ns = at_ns;
}

/* It is certain. */
static unsigned say(struct press *press, enum press_meaning meaning, enum press_state then, uint64_t at_ns,
                    struct press_said *ret)
{
	*ret = (struct press_said){ meaning, at_ns };
	enter(press, then, at_ns);
	return 1;
}

HOT bool press_time(struct press *press, const struct press_settings *settings, uint64_t now_ns,
                    struct press_said *ret)
{
	uint64_t next_ns = press_next_ns(press, settings);

	if (next_ns == NEVER_NS || now_ns < next_ns)
		return false;
	if (press->state == PRESS_BEGUN)
		return say(press, PRESS_LONG, PRESS_HELD, next_ns, ret);
	return say(press, PRESS_SINGLE, PRESS_RELEASED, next_ns, ret);
}

static HOT unsigned begin(struct press *press, const struct press_settings *settings, uint64_t at_ns,
                          struct press_said *ret)
{
	if (press->state == PRESS_ONCE)
		return say(press, PRESS_DOUBLE, PRESS_HELD, at_ns, ret);
	if (press->state == PRESS_RELEASED && settings->double_ns == 0 && settings->long_ns == 0)
		return say(press, PRESS_SINGLE, PRESS_HELD, at_ns, ret);
	if (press->state == PRESS_RELEASED)
		enter(press, PRESS_BEGUN, at_ns);
	return 0;
}

/* Without doubles it is certain at once. */
static HOT unsigned end(struct press *press, const struct press_settings *settings, uint64_t at_ns,
                        struct press_said *ret)
{
	if (press->state == PRESS_BEGUN) {
		enter(press, PRESS_ONCE, at_ns);
		return press_time(press, settings, at_ns, ret);
	}
	if (press->state != PRESS_ONCE)
		enter(press, PRESS_RELEASED, at_ns);
	return 0;
}

HOT unsigned press_input(struct press *press, const struct press_settings *settings, bool pressed,
                         uint64_t at_ns, struct press_said ret[static PRESS_SAID_MAX])
{
	unsigned n = press_time(press, settings, at_ns, ret);

	return n + (pressed ? begin : end)(press, settings, at_ns, ret + n);
}

bool press_restored(struct press *press, uint64_t now_ns)
{
	if (press->state > PRESS_UNKNOWN && press->state <= PRESS_ONCE && press->since_ns <= now_ns)
		return true;
	*press = (struct press){ 0 };
	return false;
}
