/* Schedule: active from one time of day to another, by the clock or the sun. Its times are in rules/schedule.c. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <syslog.h>

#include "io/wall-clock.h"
#include "kinds/kinds.h"
#include "roomd/component.h"
#include "rules/schedule.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/local-time.h"
#include "util/problem.h"
#include "util/timer.h"

/* Whether the clock is known is asked so often until it is: the kernel tells nobody. */
#define ASK_CLOCK_NS (5 * NSEC_PER_SEC)
#define NOT_KNOWN "the clock is not set: it is not synchronized, and not from a real-time clock"

#define CAUSES ABOUT("_cause_ is _time_, or, if something else made it begin or end, _start_ or _clock set_.")

static const struct event_type schedule_begun = {
	.name = "schedule_begun",
	.text_name = "cause",
	.level = LOG_INFO,
	.words = "active",
	.about = CAUSES,
};
static const struct event_type schedule_ended = {
	.name = "schedule_ended",
	.text_name = "cause",
	.level = LOG_INFO,
	.words = "inactive",
	.about = CAUSES,
};

struct schedule_config {
	char *location;
	unsigned days;
	struct schedule_time from, to;
	double latitude, longitude;
};

#define FIELD(key_, type_, field_) \
	.key = key_, .type = &option_##type_, .offset = offsetof(struct schedule_config, field_)

static const struct option options[] = {
	OPTION_LOCATION(struct schedule_config),
	{ FIELD("Days", days, days),
	  .default_text = "",
	  .about = ABOUT("The days on which the schedule begins, such as _Mon..Fri_ or _Sat Sun_.", .unset = "every day") },
	{ FIELD("From", time_of_day, from),
	  .about = ABOUT("When the schedule begins. This is a time of the clock, _HH:MM_ or _HH:MM:SS_, or "
	                 "_sunrise_ or _sunset_. A time of the sun may be followed by _+_ or _-_ and at most 12 "
	                 "hours, such as _sunset-30min_. When the offset from UTC changes, as for summer time, a "
	                 "time that does not exist means the moment of the change, and a time that comes twice "
	                 "means the first one. The schedule is unavailable until the clock is known to be right: "
	                 "until it is synchronized (_timedatectl_ shows this), unless it was set from a real-time "
	                 "clock at boot. A clock that somebody has set by hand is not known to be right.",
	                 .example = "sunset") },
	{ FIELD("To", time_of_day, to),
	  .about = ABOUT("When the schedule ends, written in the same way, or _24:00_. If this time is not later "
	                 "in the day than _From=_, it is on the next day. If one of the two is a time of the sun "
	                 "and the other is not, sunrise and clock times until 12:00 count as morning, sunset and "
	                 "later clock times as afternoon; only a morning after an afternoon is on the next day. So "
	                 "_From=sunset_ with _To=23:00_ is never active on days when the sun sets after 23:00. In "
	                 "the polar night the sun rises and sets at noon; in the polar day it does so at midnight.",
	                 .example = "23:00") },
	{ FIELD("Latitude", number, latitude),
	  .default_text = "",
	  .min = -90,
	  .max = 90,
	  .expected = "degrees from -90 to 90, north is positive, such as 52.5",
	  .about = ABOUT("The place whose sun counts: degrees of latitude, north is positive.", .example = "52.5", .unset = "unknown") },
	{ FIELD("Longitude", number, longitude),
	  .default_text = "",
	  .min = -180,
	  .max = 180,
	  .expected = "degrees from -180 to 180, east is positive, such as 13.4",
	  .about = ABOUT("The place whose sun counts: degrees of longitude, east is positive.", .example = "13.4", .unset = "unknown") },
	{ 0 },
};

static struct schedule schedule_of(const struct schedule_config *config)
{
	return (struct schedule){
		.days = config->days,
		.from = config->from,
		.to = config->to,
		.latitude = config->latitude,
		.longitude = config->longitude,
	};
}

static bool is_ever(const struct schedule_config *config)
{
	struct schedule schedule = schedule_of(config);

	return schedule_is_ever(&schedule);
}

static int check(const struct component_class *class, const void *config, const char **ret_key, struct problem *problem)
{
	const struct schedule_config *c = config;
	bool sun = c->from.base > SCHEDULE_CLOCK || c->to.base > SCHEDULE_CLOCK;

	(void)class;
	*ret_key = "To";
	if (c->from.base && c->from.base == c->to.base && c->from.seconds == c->to.seconds)
		return problem_set(problem, -EINVAL, "another time than that of From=; the whole day is 00:00 to 24:00");
	*ret_key = "From";
	if (c->from.base == SCHEDULE_CLOCK && c->from.seconds == 24 * 3600)
		return problem_set(problem, -EINVAL, "00:00, as 24:00 is the end of a day");
	*ret_key = isnan(c->latitude) ? "Latitude" : "Longitude";
	if (sun && (isnan(c->latitude) || isnan(c->longitude)))
		return problem_set(problem, -EINVAL, "degrees, such as Latitude=52.5 and Longitude=13.4, as the sun is different "
		                                     "elsewhere");
	*ret_key = "To";
	if (c->from.base && c->to.base && !is_ever(c))
		return problem_set(problem, -EINVAL, "a time that comes after From= on some day of the year");
	return 0;
}

enum said {
	SAID_NOTHING,
	SAID_ACTIVE,
	SAID_INACTIVE,
};

struct schedule_sensor {
	struct component component;
	struct schedule schedule;
	sd_event_source *timer;
	struct wall_clock_zone zone;
	bool known;        /* the clock is, once for all */
	uint64_t plan;     /* what tells one from another */
	int said;          /* enum said */
	uint64_t since_ns;   /* since when by the plan, CLOCK_MONOTONIC; 0: since before the boot, or a week */
	uint64_t until_ns;   /* until when; NEVER_NS: not within a week */
	uint64_t until_usec; /* the same on CLOCK_REALTIME; 0 */
};

/* --- the time -------------------------------------------------------------------------------- */

/* What the kernel's clock shows then, or showed. Before the boot it showed nothing. */
static uint64_t monotonic_at(int64_t seconds, uint64_t monotonic_ns, uint64_t realtime_ns)
{
	int64_t from_now_ns = seconds * (int64_t)NSEC_PER_SEC - (int64_t)realtime_ns;

	return from_now_ns < 0 && (uint64_t)-from_now_ns >= monotonic_ns ? 0 : monotonic_ns + (uint64_t)from_now_ns;
}

static void say(struct schedule_sensor *it, bool active, uint64_t at_ns, const char *cause)
{
	enum said said = active ? SAID_ACTIVE : SAID_INACTIVE;

	if (it->said == (int)said)
		return;
	it->said = (int)said;
	component_emit(&it->component, active ? &schedule_begun : &schedule_ended, at_ns, NULL, cause);
}

/* Where time alone has led to what it is now, that was when the plan says; also while nobody ran. */
static void follow_clock(struct schedule_sensor *it, bool by_plan, const char *cause)
{
	uint64_t realtime_ns = clock_now_ns(CLOCK_REALTIME), monotonic_ns = clock_now_ns(CLOCK_MONOTONIC);
	struct schedule_now now = schedule_at(&it->schedule, (int64_t)(realtime_ns / NSEC_PER_SEC));

	it->since_ns = now.since == INT64_MIN ? 0 : monotonic_at(now.since, monotonic_ns, realtime_ns);
	it->until_ns = now.until == INT64_MAX ? NEVER_NS : monotonic_at(now.until, monotonic_ns, realtime_ns);
	it->until_usec = now.until == INT64_MAX ? 0 : (uint64_t)now.until * USEC_PER_SEC;
	timer_set(it->timer, monotonic_at(now.ask_again, monotonic_ns, realtime_ns));
	say(it, now.active, by_plan && it->since_ns ? it->since_ns : monotonic_ns, cause);
	component_changed(&it->component);
	component_tell(&it->component, monotonic_ns); /* it may be so for another time than before */
}

/* It is asked again until it is known, and then goes on for good. */
static void await_clock(struct schedule_sensor *it)
{
	if (!wall_clock_is_known()) {
		timer_set(it->timer, clock_later_ns(clock_now_ns(CLOCK_MONOTONIC), ASK_CLOCK_NS));
		return;
	}
	it->known = true;
	component_available(&it->component, "the clock is set");
	follow_clock(it, false, "clock set");
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct schedule_sensor *it = userdata;

	(void)source, (void)usec;
	if (it->known)
		follow_clock(it, true, "time");
	else
		await_clock(it);
	return 0;
}

/* What it jumps over has not been. */
static void clock_set(struct component *component)
{
	struct schedule_sensor *it = (struct schedule_sensor *)component;

	if (!component->started)
		return;
	if (it->known)
		follow_clock(it, false, "clock set");
	else
		await_clock(it);
}

/* Where nobody says it, it is found the next time. */
static void on_zone(void *userdata)
{
	clock_set(userdata);
}

/* --- what is seen of it ---------------------------------------------------------------------- */

static enum truth is(const struct component *component, enum said said, uint64_t *ret_since_ns)
{
	const struct schedule_sensor *it = (const struct schedule_sensor *)component;

	*ret_since_ns = it->since_ns;
	if (component->missing > 0 || it->said == SAID_NOTHING)
		return TRUTH_UNKNOWN;
	return it->said == (int)said ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_active(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, SAID_ACTIVE, ret_since_ns);
}

static enum truth is_inactive(const struct component *component, uint64_t *ret_since_ns)
{
	return is(component, SAID_INACTIVE, ret_since_ns);
}

static const struct component_state states[] = {
	{ "active", is_active },
	{ "inactive", is_inactive },
	{ 0 },
};

static void get_active(const struct component *component, union value *ret)
{
	ret->b = component->missing == 0 && ((const struct schedule_sensor *)component)->said == SAID_ACTIVE;
}

static void get_until(const struct component *component, union value *ret)
{
	ret->t = component->missing == 0 ? ((const struct schedule_sensor *)component)->until_usec : 0;
}

static const struct interface_property properties[] = {
	{ "Active", 'b', ABOUT("Whether it is active; _false_ while the clock is not set."), get_active,
	  .class = "active" },
	{ "Until", 't', ABOUT("When its present state ends; the time changes when the clock is set. 0: not within "
	                      "a week."), get_until,
	  VALUE_CLOCK_REALTIME },
	{ 0 },
};

static const struct event_type *const events[] = {
	&schedule_begun, &schedule_ended, &event_sensor_available, &event_sensor_unavailable, NULL,
};

static void describe(const struct component *component, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s",
	         ((const struct schedule_sensor *)component)->said == SAID_ACTIVE ? schedule_begun.words : schedule_ended.words);
}

static void why(const struct component *component, struct why *ret)
{
	const struct schedule_sensor *it = (const struct schedule_sensor *)component;
	const struct schedule_config *config = component->config;
	char days[SCHEDULE_TEXT_SIZE], from[SCHEDULE_TEXT_SIZE], to[SCHEDULE_TEXT_SIZE];

	ret->since_ns = it->since_ns;
	ret->then_ns = it->until_ns;
	schedule_days_format(config->days, days);
	snprintf(ret->because, sizeof ret->because, "it is active from %s to %s%s%s", schedule_time_format(&config->from, from),
	         schedule_time_format(&config->to, to), *days ? ", " : "", days);
	cut_copy(ret->then, sizeof ret->then, it->said == SAID_ACTIVE ? schedule_ended.words : schedule_begun.words);
}

static const struct kept_field kept[] = {
	{ "known", KEPT_BOOL, offsetof(struct schedule_sensor, known), KEPT_OVER_RESTART,
	  .about = ABOUT("whether the clock was known") },
	{ "said", KEPT_INT, offsetof(struct schedule_sensor, said), KEPT_OVER_RESTART,
	  .about = ABOUT("what was said last: active or inactive") },
	{ "plan", KEPT_U64, offsetof(struct schedule_sensor, plan), KEPT_OVER_RESTART,
	  .about = ABOUT("which plan that was by") },
	{ "since_ns", KEPT_U64, offsetof(struct schedule_sensor, since_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("since when it is active or inactive") },
	{ 0 },
};

/* --- life ------------------------------------------------------------------------------------ */

static int init(struct component *component)
{
	struct schedule_sensor *it = (struct schedule_sensor *)component;
	const struct schedule_config *config = component->config;

	it->until_ns = NEVER_NS;
	it->schedule = schedule_of(config);
	wall_clock_watch_zone(&it->zone, component->room->event, on_zone, it);
	return timer_new(component->room->event, &it->timer, on_time, it);
}

static void restored(struct component *component, enum kept_over over)
{
	struct schedule_sensor *it = (struct schedule_sensor *)component;

	(void)over;
	if (it->said < SAID_NOTHING || it->said > SAID_INACTIVE)
		it->said = SAID_NOTHING;
}

/* By the plan that its predecessor had. Another one has not led to what it was. */
static bool goes_on(struct schedule_sensor *it)
{
	uint64_t before = it->plan;

	it->plan = schedule_id(&it->schedule);
	return it->said != SAID_NOTHING && it->plan == before;
}

static int start(struct component *component)
{
	struct schedule_sensor *it = (struct schedule_sensor *)component;

	bool same = goes_on(it);

	it->known |= wall_clock_is_known();
	if (it->known) {
		follow_clock(it, same, "start");
		return 0;
	}
	component_unavailable(component, NOT_KNOWN);
	timer_set(it->timer, clock_later_ns(clock_now_ns(CLOCK_MONOTONIC), ASK_CLOCK_NS));
	return 0;
}

static void deinit(struct component *component)
{
	struct schedule_sensor *it = (struct schedule_sensor *)component;

	it->timer = sd_event_source_disable_unref(it->timer);
	wall_clock_forget_zone(&it->zone);
}

const struct component_class schedule_class = {
	.kind = "Schedule",
	.about = ABOUT("A time of the day, for conditions: from one time to another, of the clock or the sun.", .example = "evening"),
	.layer = COMPONENT_SENSOR,
	.kind_class = "schedule",
	.instance_size = sizeof(struct schedule_sensor),
	.config_size = sizeof(struct schedule_config),
	.options = options,
	.properties = properties,
	.kept = kept,
	.events = events,
	.states = states,
	.check = check,
	.init = init,
	.restored = restored,
	.clock_set = clock_set,
	.describe = describe,
	.why = why,
	.start = start,
	.deinit = deinit,
};
