#include "rules/suspect.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/clock.h"
#include "util/timespan.h"

#define HOUR_NS (3600 * NSEC_PER_SEC)

static bool is_too_many(const struct suspect *suspect, const struct suspect_settings *settings)
{
	return settings->changes_max > 0 && suspect->changes > settings->changes_max;
}

/* Half of an odd number is rounded up: 1 is fewer than half of 3. */
static unsigned recover(struct suspect *suspect, const struct suspect_settings *settings)
{
	if (!suspect->too_many ||
	    suspect->changes_before >= settings->changes_max - settings->changes_max / 2)
		return SUSPECT_NOTHING;
	suspect->too_many = false;
	return SUSPECT_CHANGES_NO_MORE;
}

static void begin_hour(struct suspect *suspect, uint64_t hour_ns)
{
	suspect->hour_ns = hour_ns;
	suspect->changes_before = suspect->changes;
	suspect->changes = 0;
}

/* The hours that are over by then. */
static unsigned end_hours(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns)
{
	uint64_t over_ns = clock_since_ns(suspect->hour_ns, now_ns);

	if (suspect->hour_ns == 0 || over_ns < HOUR_NS)
		return SUSPECT_NOTHING;
	suspect->hours = is_too_many(suspect, settings) ? suspect->hours + 1 : 0;
	begin_hour(suspect, suspect->hour_ns + HOUR_NS);
	if (over_ns >= 2 * HOUR_NS) { /* one had none */
		suspect->hours = 0;
		begin_hour(suspect, 0);
	}
	return recover(suspect, settings);
}

static unsigned count_change(struct suspect *suspect, const struct suspect_settings *settings, uint64_t at_ns)
{
	if (suspect->hour_ns == 0)
		suspect->hour_ns = at_ns;
	suspect->changes++;
	if (suspect->too_many || !is_too_many(suspect, settings) || suspect->hours + 1 < settings->hours)
		return SUSPECT_NOTHING;
	suspect->too_many = true;
	return SUSPECT_CHANGES;
}

static unsigned set_active(struct suspect *suspect, bool active, uint64_t at_ns)
{
	bool was_stuck = suspect->stuck;

	suspect->lasted_ns = clock_since_ns(suspect->since_ns, at_ns);
	suspect->active = active;
	suspect->since_ns = at_ns;
	suspect->stuck = false;
	return was_stuck ? SUSPECT_STUCK_NO_MORE : SUSPECT_NOTHING;
}

unsigned suspect_input(struct suspect *suspect, const struct suspect_settings *settings, bool active,
                       uint64_t at_ns)
{
	unsigned outcome = end_hours(suspect, settings, at_ns);

	if (active == suspect->active)
		return outcome;
	outcome |= set_active(suspect, active, at_ns);
	return outcome | count_change(suspect, settings, at_ns);
}

static uint64_t stuck_ns(const struct suspect *suspect, const struct suspect_settings *settings)
{
	if (!suspect->active || suspect->stuck || settings->stuck_ns == 0)
		return NEVER_NS;
	return clock_later_ns(suspect->since_ns, settings->stuck_ns);
}

unsigned suspect_time(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns)
{
	uint64_t at_ns = stuck_ns(suspect, settings);
	unsigned outcome = end_hours(suspect, settings, now_ns);

	if (at_ns == NEVER_NS || now_ns < at_ns)
		return outcome;
	suspect->stuck = true;
	return outcome | SUSPECT_STUCK;
}

uint64_t suspect_next_ns(const struct suspect *suspect, const struct suspect_settings *settings)
{
	uint64_t next_ns = stuck_ns(suspect, settings), hour_ns = clock_later_ns(suspect->hour_ns, HOUR_NS);

	return suspect->too_many && hour_ns < next_ns ? hour_ns : next_ns;
}

void suspect_restored(struct suspect *suspect, const struct suspect_settings *settings, uint64_t now_ns)
{
	suspect->stuck = suspect->stuck && suspect->active && settings->stuck_ns > 0;
	suspect->too_many = suspect->too_many && settings->changes_max > 0;
	if (suspect->since_ns > now_ns)
		suspect->since_ns = now_ns;
	if (suspect->hour_ns > now_ns || (suspect->too_many && suspect->hour_ns == 0))
		suspect->hour_ns = now_ns;
}

/* Nobody wants to know what is less than a second of that. */
static char *span(uint64_t ns, char buffer[static TIMESPAN_TEXT_SIZE])
{
	return timespan_format(ns / NSEC_PER_SEC * USEC_PER_SEC, buffer);
}

static void describe_changes(const struct suspect *suspect, const struct suspect_settings *settings,
                             char buffer[static SUSPECT_TEXT_SIZE])
{
	if (settings->hours <= 1)
		snprintf(buffer, SUSPECT_TEXT_SIZE,
		         "it has changed more than %" PRIu64 " times within an hour", settings->changes_max);
	else
		snprintf(buffer, SUSPECT_TEXT_SIZE,
		         "it has changed more than %" PRIu64 " times in each of %u hours in a row, %" PRIu64
		         " times in the last whole one",
		         settings->changes_max, settings->hours, suspect->changes_before);
}

char *suspect_describe(const struct suspect *suspect, const struct suspect_settings *settings,
                       enum suspect_outcome outcome, char buffer[static SUSPECT_TEXT_SIZE])
{
	char time[TIMESPAN_TEXT_SIZE];

	if (outcome == SUSPECT_STUCK)
		snprintf(buffer, SUSPECT_TEXT_SIZE, "it has been active for longer than %s",
		         timespan_format(settings->stuck_ns / NSEC_PER_USEC, time));
	else if (outcome == SUSPECT_STUCK_NO_MORE)
		snprintf(buffer, SUSPECT_TEXT_SIZE, "it is inactive again, after %s",
		         span(suspect->lasted_ns, time));
	else if (outcome == SUSPECT_CHANGES)
		describe_changes(suspect, settings, buffer);
	else
		snprintf(buffer, SUSPECT_TEXT_SIZE, "it has changed %" PRIu64 " times in the last hour",
		         suspect->changes_before);
	return buffer;
}
