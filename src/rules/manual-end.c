#include "rules/manual-end.h"

#include "util/clock.h"

/* A wall clock that shows an earlier time, 2020-01-01, was not set; what was kept of it says nothing. */
#define CLOCK_IS_SET_USEC (UINT64_C(1577836800) * USEC_PER_SEC)

struct manual_now manual_now(void)
{
	return (struct manual_now){
		.monotonic_ns = clock_now_ns(CLOCK_MONOTONIC),
		.realtime_usec = clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC,
	};
}

/* What is left on each of the clocks; less than nothing: it is over. */
static int64_t left_by_monotonic(const struct manual_end *end, struct manual_now now)
{
	return (int64_t)(end->at_ns / NSEC_PER_USEC - now.monotonic_ns / NSEC_PER_USEC);
}

static int64_t left_by_wall_clock(const struct manual_end *end, struct manual_now now)
{
	return (int64_t)(end->at_usec - now.realtime_usec);
}

static void count_from_wall_clock(struct manual_end *end, struct manual_now now, int64_t left_usec)
{
	end->at_ns = now.monotonic_ns + (uint64_t)(left_usec > 0 ? left_usec : 0) * NSEC_PER_USEC;
}

static void count_from_monotonic(struct manual_end *end, struct manual_now now)
{
	end->at_usec = now.realtime_usec + (uint64_t)left_by_monotonic(end, now);
	end->shown_usec = end->at_usec;
	end->by_wall_clock = false;
}

void manual_end_set(struct manual_end *end, struct manual_now now, uint64_t for_usec)
{
	*end = (struct manual_end){ .at_ns = NEVER_NS, .for_usec = for_usec };
	if (for_usec == 0)
		return;
	end->at_ns = now.monotonic_ns + for_usec * NSEC_PER_USEC;
	count_from_monotonic(end, now);
}

/* By the wall clock there is more left than was asked for: it is behind. */
static bool is_too_long(const struct manual_end *end, int64_t left_usec)
{
	return left_usec > (int64_t)(end->for_usec ? end->for_usec : MANUAL_END_USEC_MAX);
}

bool manual_end_restore(struct manual_end *end, struct manual_now now)
{
	int64_t left_usec = left_by_wall_clock(end, now);
	bool too_long = is_too_long(end, left_usec);

	if (end->at_usec == 0) {
		manual_end_set(end, now, 0);
		return true;
	}
	if (left_usec <= 0 || end->for_usec > MANUAL_END_USEC_MAX || (too_long && end->for_usec == 0)) {
		manual_end_set(end, now, 0);
		return false;
	}
	count_from_wall_clock(end, now, too_long ? (int64_t)end->for_usec : left_usec);
	end->by_wall_clock = end->at_usec >= CLOCK_IS_SET_USEC;
	end->shown_usec = too_long ? now.realtime_usec + end->for_usec : end->at_usec;
	if (!end->by_wall_clock)
		count_from_monotonic(end, now);
	return true;
}

void manual_end_recall(struct manual_end *end, struct manual_now now)
{
	if (end->at_ns == NEVER_NS || end->at_usec == 0) {
		manual_end_set(end, now, 0);
		return;
	}
	end->shown_usec = end->at_usec;
	if (end->by_wall_clock && is_too_long(end, left_by_wall_clock(end, now)))
		end->shown_usec = now.realtime_usec + (uint64_t)left_by_monotonic(end, now);
	manual_end_follow(end, now);
}

bool manual_end_follow(struct manual_end *end, struct manual_now now)
{
	int64_t left_usec = left_by_wall_clock(end, now);
	int64_t moved_usec = left_usec - left_by_monotonic(end, now);
	bool was_too_long = end->shown_usec != end->at_usec;

	if (end->at_ns == NEVER_NS)
		return false;
	if (moved_usec < (int64_t)USEC_PER_SEC && moved_usec > -(int64_t)USEC_PER_SEC) {
		end->shown_usec = end->at_usec;
		return false;
	}
	if (!end->by_wall_clock || (is_too_long(end, left_usec) && !was_too_long)) {
		count_from_monotonic(end, now);
	} else if (is_too_long(end, left_usec)) {
		end->shown_usec = now.realtime_usec + (uint64_t)left_by_monotonic(end, now);
	} else {
		count_from_wall_clock(end, now, left_usec);
		end->by_wall_clock = false;
		end->shown_usec = end->at_usec;
	}
	return true;
}
