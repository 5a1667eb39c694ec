#include "rules/door.h"

#include "util/clock.h"

static uint64_t not_after(uint64_t ns, uint64_t now_ns)
{
	return ns < now_ns ? ns : now_ns;
}

void door_start(struct door *door, bool locked, uint64_t now_ns)
{
	if (door->is < DOOR_UNKNOWN || door->is > DOOR_OPEN)
		door->is = DOOR_UNKNOWN;
	door->is_ns = not_after(door->is_ns, now_ns);
	door->strike_ns = 0;
	door->unlocked_ns = not_after(door->unlocked_ns, now_ns);
	if (locked)
		door->unlocked_ns = 0;
	else if (door->unlocked_ns == 0)
		door->unlocked_ns = now_ns;
}

bool door_moves(struct door *door, enum door_is is, bool locked, uint64_t at_ns)
{
	bool forced = locked && door->is == DOOR_CLOSED && is == DOOR_OPEN;

	if (door->is == is)
		return false;
	door->is = is;
	door->is_ns = at_ns;
	door->too_long_said = false;
	door->jam_said = forced;
	return forced;
}

void door_locked(struct door *door)
{
	door->unlocked_ns = 0;
	door->strike_ns = 0;
}

void door_unlocked(struct door *door, const struct door_settings *settings, uint64_t at_ns)
{
	door->unlocked_ns = at_ns;
	door->strike_ns = settings->strike_ns > 0 ? at_ns : 0;
	door->jam_said = false;
}

bool door_is_jammed(const struct door *door, bool locked)
{
	return locked && door->is == DOOR_OPEN;
}

static uint64_t strike_ends_ns(const struct door *door, const struct door_settings *settings)
{
	return door->strike_ns > 0 ? clock_later_ns(door->strike_ns, settings->strike_ns) : NEVER_NS;
}

bool door_strike_is_on(const struct door *door, const struct door_settings *settings, uint64_t now_ns)
{
	return door->strike_ns > 0 && strike_ends_ns(door, settings) > now_ns;
}

static uint64_t too_long_ns(const struct door *door, const struct door_settings *settings)
{
	if (door->is != DOOR_OPEN || door->too_long_said || settings->open_too_long_ns == 0)
		return NEVER_NS;
	return clock_later_ns(door->is_ns, settings->open_too_long_ns);
}

uint64_t door_relocks_ns(const struct door *door, const struct door_settings *settings)
{
	uint64_t from_ns = door->unlocked_ns;

	if (door->unlocked_ns == 0 || settings->relock_ns == 0 || door->is == DOOR_OPEN)
		return NEVER_NS;
	if (door->is_ns > from_ns)
		from_ns = door->is_ns;
	return clock_later_ns(from_ns, settings->relock_ns);
}

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

enum door_due door_due(struct door *door, const struct door_settings *settings, bool locked, uint64_t now_ns,
                       uint64_t *ret_ns)
{
	uint64_t strike_ns = strike_ends_ns(door, settings), too_long = too_long_ns(door, settings);
	uint64_t relock_ns = door_relocks_ns(door, settings);

	*ret_ns = now_ns;
	if (door_is_jammed(door, locked) && !door->jam_said) {
		door->jam_said = true;
		return DOOR_JAMMED;
	}
	door->next_ns = earlier(strike_ns, earlier(too_long, relock_ns));
	if (door->next_ns > now_ns || door->next_ns == NEVER_NS) /* also if that is what the time is said to be */
		return DOOR_NOTHING;
	*ret_ns = door->next_ns;
	if (door->next_ns == strike_ns) {
		door->strike_ns = 0;
		return DOOR_STRIKE_OFF;
	}
	if (door->next_ns == relock_ns)
		return DOOR_RELOCK;
	door->too_long_said = true;
	return DOOR_TOO_LONG;
}
