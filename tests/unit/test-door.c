/* A door in time: courses of what happens to it, with what is due then. */
#include "rules/door.h"

#include <inttypes.h>
#include <stdlib.h>

#include "helpers.h"
#include "util/clock.h"

#define S NSEC_PER_SEC
#define STEPS_MAX 16

enum what {
	END,
	OPEN,
	CLOSE,
	LOSE, /* the contact does not know any more */
	LOCK,
	UNLOCK,
	WAIT,  /* until then */
	AGAIN, /* somebody else goes on with it */
};

struct step {
	enum what what;
	uint64_t at_s;
	enum door_due due; /* that comes of it */
	bool strike, jammed;
	uint64_t next_s; /* 0: never */
	bool forced;
};

static const struct {
	const char *name;
	struct door_settings settings;
	bool locked;
	struct step steps[STEPS_MAX];
} rows[] = {
	{ "no key is set: nothing is due", { 0 }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 20, DOOR_NOTHING, false, false, 0, false },
	    { CLOSE, 90, DOOR_NOTHING, false, false, 0, false } } },
	{ "the strike is on for its time", { .strike_ns = 3 * S }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, true, false, 13, false },
	    { OPEN, 11, DOOR_NOTHING, true, false, 13, false },
	    { WAIT, 12, DOOR_NOTHING, true, false, 13, false },
	    { WAIT, 13, DOOR_STRIKE_OFF, false, false, 0, false } } },
	{ "asked again, its time begins anew", { .strike_ns = 3 * S }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, true, false, 13, false },
	    { UNLOCK, 12, DOOR_NOTHING, true, false, 15, false },
	    { WAIT, 15, DOOR_STRIKE_OFF, false, false, 0, false } } },
	{ "locked again, it is off at once", { .strike_ns = 3 * S }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, true, false, 13, false }, { LOCK, 11, DOOR_NOTHING, false, false, 0, false } } },
	{ "a successor does not go on with it", { .strike_ns = 3 * S }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, true, false, 13, false }, { AGAIN, 11, DOOR_NOTHING, false, false, 0, false } } },
	{ "unlocked and not opened", { .relock_ns = 10 * S }, true,
	  { { CLOSE, 5, DOOR_NOTHING, false, false, 0, false },
	    { UNLOCK, 10, DOOR_NOTHING, false, false, 20, false },
	    { WAIT, 20, DOOR_RELOCK, false, false, 0, false } } },
	{ "opened and closed: from then on", { .relock_ns = 10 * S }, true,
	  { { CLOSE, 5, DOOR_NOTHING, false, false, 0, false },
	    { UNLOCK, 10, DOOR_NOTHING, false, false, 20, false },
	    { OPEN, 15, DOOR_NOTHING, false, false, 0, false },
	    { WAIT, 100, DOOR_NOTHING, false, false, 0, false },
	    { CLOSE, 200, DOOR_NOTHING, false, false, 210, false },
	    { OPEN, 205, DOOR_NOTHING, false, false, 0, false },
	    { CLOSE, 206, DOOR_NOTHING, false, false, 216, false },
	    { WAIT, 216, DOOR_RELOCK, false, false, 0, false } } },
	{ "no contact: from when it was unlocked", { .relock_ns = 10 * S }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, false, false, 20, false }, { WAIT, 20, DOOR_RELOCK, false, false, 0, false } } },
	{ "a contact that goes does not keep it unlocked", { .relock_ns = 10 * S }, true,
	  { { UNLOCK, 10, DOOR_NOTHING, false, false, 20, false },
	    { OPEN, 11, DOOR_NOTHING, false, false, 0, false },
	    { LOSE, 3600, DOOR_NOTHING, false, false, 3610, false },
	    { WAIT, 3610, DOOR_RELOCK, false, false, 0, false } } },
	{ "unlocked from the start", { .relock_ns = 10 * S }, false,
	  { { AGAIN, 10, DOOR_NOTHING, false, false, 20, false }, { WAIT, 20, DOOR_RELOCK, false, false, 0, false } } },
	{ "opened while locked: forced, and not said to be jammed", { 0 }, true,
	  { { CLOSE, 10, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 20, DOOR_NOTHING, false, true, 0, true },
	    { CLOSE, 30, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 40, DOOR_NOTHING, false, true, 0, true } } },
	{ "open from the start: jammed, and nobody has forced it", { 0 }, true,
	  { { OPEN, 10, DOOR_JAMMED, false, true, 0, false }, { WAIT, 20, DOOR_NOTHING, false, true, 0, false } } },
	{ "locked while it is open: said each time", { 0 }, true,
	  { { UNLOCK, 5, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 10, DOOR_NOTHING, false, false, 0, false },
	    { LOCK, 20, DOOR_JAMMED, false, true, 0, false },
	    { AGAIN, 21, DOOR_NOTHING, false, true, 0, false },
	    { UNLOCK, 30, DOOR_NOTHING, false, false, 0, false },
	    { LOCK, 40, DOOR_JAMMED, false, true, 0, false },
	    { CLOSE, 50, DOOR_NOTHING, false, false, 0, false } } },
	{ "a contact that comes back open", { 0 }, true,
	  { { CLOSE, 5, DOOR_NOTHING, false, false, 0, false },
	    { LOSE, 10, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 20, DOOR_JAMMED, false, true, 0, false } } },
	{ "open for too long: once", { .open_too_long_ns = 60 * S }, true,
	  { { UNLOCK, 5, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 10, DOOR_NOTHING, false, false, 70, false },
	    { AGAIN, 20, DOOR_NOTHING, false, false, 70, false },
	    { WAIT, 70, DOOR_TOO_LONG, false, false, 0, false },
	    { AGAIN, 80, DOOR_NOTHING, false, false, 0, false },
	    { CLOSE, 90, DOOR_NOTHING, false, false, 0, false },
	    { OPEN, 100, DOOR_NOTHING, false, false, 160, false } } },
	{ "what is due first comes first", { .strike_ns = 3 * S, .open_too_long_ns = 60 * S, .relock_ns = 10 * S }, true,
	  { { CLOSE, 5, DOOR_NOTHING, false, false, 0, false },
	    { UNLOCK, 10, DOOR_NOTHING, true, false, 13, false },
	    { WAIT, 13, DOOR_STRIKE_OFF, false, false, 20, false },
	    { OPEN, 15, DOOR_NOTHING, false, false, 75, false } } },
};

struct seen {
	bool locked, forced;
	unsigned dues; /* a bit for each */
};

static void happen(struct door *door, const struct door_settings *settings, const struct step *step, struct seen *seen)
{
	static const enum door_is is[] = { [OPEN] = DOOR_OPEN, [CLOSE] = DOOR_CLOSED, [LOSE] = DOOR_UNKNOWN };

	if (step->what == OPEN || step->what == CLOSE || step->what == LOSE)
		seen->forced = door_moves(door, is[step->what], seen->locked, step->at_s * S);
	if (step->what == LOCK || step->what == UNLOCK)
		seen->locked = step->what == LOCK;
	if (step->what == LOCK)
		door_locked(door);
	if (step->what == UNLOCK)
		door_unlocked(door, settings, step->at_s * S);
	if (step->what == AGAIN)
		door_start(door, seen->locked, step->at_s * S);
}

static void take_dues(struct door *door, const struct door_settings *settings, uint64_t at_s, struct seen *seen)
{
	enum door_due due;
	uint64_t due_ns;

	while ((due = door_due(door, settings, seen->locked, at_s * S, &due_ns)) != DOOR_NOTHING) {
		seen->dues |= 1U << due;
		assert_true(due_ns <= at_s * S);
		if (due == DOOR_RELOCK) {
			seen->locked = true;
			door_locked(door);
		}
	}
}

static unsigned expect_step(size_t row, const struct step *step, const struct door *door, const struct seen *seen)
{
	const struct door_settings *settings = &rows[row].settings;
	uint64_t next_ns = step->next_s ? step->next_s * S : NEVER_NS;

	if (seen->dues != (step->due ? 1U << step->due : 0))
		return row_fails("%s: at %" PRIu64 " it is something else that is due: %u", rows[row].name, step->at_s, seen->dues);
	if (seen->forced != step->forced || door_is_jammed(door, seen->locked) != step->jammed)
		return row_fails("%s: at %" PRIu64 " it is forced or jammed, or not", rows[row].name, step->at_s);
	if (door_strike_is_on(door, settings, step->at_s * S) != step->strike)
		return row_fails("%s: at %" PRIu64 " the strike is on, or not", rows[row].name, step->at_s);
	if (door->next_ns != next_ns)
		return row_fails("%s: at %" PRIu64 " next is %" PRIu64, rows[row].name, step->at_s, door->next_ns / S);
	return 0;
}

static unsigned run(size_t row)
{
	struct door door = { 0 };
	struct seen seen = { .locked = rows[row].locked };

	for (const struct step *step = rows[row].steps; step->what != END; step++) {
		seen.forced = false;
		seen.dues = 0;
		happen(&door, &rows[row].settings, step, &seen);
		take_dues(&door, &rows[row].settings, step->at_s, &seen);
		if (expect_step(row, step, &door, &seen))
			return 1;
	}
	return 0;
}

static void test_rows(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		failed += run(i);
	assert_int_equal(failed, 0);
}

/* What makes no sense, as another version may have kept it: the strike is off. */
static void test_nonsense(void **state)
{
	const struct door_settings settings = { .strike_ns = 3 * S };
	struct door door = { .is = (enum door_is)77, .strike_ns = NEVER_NS - 5, .unlocked_ns = NEVER_NS, .is_ns = NEVER_NS };
	struct seen seen = { .locked = false };

	(void)state;
	door_start(&door, false, 100 * S);
	assert_false(door_strike_is_on(&door, &settings, 100 * S));
	assert_int_equal(door.is, DOOR_UNKNOWN);
	take_dues(&door, &settings, 103, &seen);
	assert_int_equal(door.next_ns, NEVER_NS);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_nonsense) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
