#include "io/remote.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/timespan.h"
#include "util/timer.h"

struct remote {
	struct remote *next;
	struct remotes *remotes;
	struct remote_settings settings;
	const struct remote_handlers *handlers;
	void *userdata;
	sd_event_source *hold; /* set while what is known holds without anybody who feeds it */
	bool fed;              /* somebody does */
	bool active;           /* the level that was given last; false while it is gone */
	uint64_t last_ns;      /* when something was said of it last */
	uint64_t late;
	bool is_late; /* so was the last change, and it was said */
};

static void go(struct remote *remote, const char *reason)
{
	remote->active = false;
	remote->last_ns = clock_now_ns(CLOCK_MONOTONIC);
	remote->handlers->gone(reason, remote->userdata);
}

static void go_unfed(struct remote *remote)
{
	struct problem problem;

	problem_set(&problem, -ENOTCONN, "no bridge feeds %s; is roomd-mqtt running?", remote->settings.name);
	go(remote, problem.text);
}

static int on_hold_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	go_unfed(userdata);
	return 0;
}

static void hold(struct remote *remote)
{
	timer_set(remote->hold, clock_now_ns(CLOCK_MONOTONIC) + REMOTE_HOLD_NS);
}

/* --- what is fed ----------------------------------------------------------------------------- */

/* How old it is; the clocks of two hubs differ, so what is to come has just happened. */
static uint64_t age_of(const struct remote_feed *feed)
{
	uint64_t now_usec = clock_now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
	uint64_t age_usec = now_usec > feed->realtime_usec ? now_usec - feed->realtime_usec : 0;

	return age_usec < NEVER_NS / NSEC_PER_USEC ? age_usec * NSEC_PER_USEC : NEVER_NS;
}

/* In this room's time, and in order. */
static uint64_t time_of(struct remote *remote, uint64_t age_ns)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (age_ns > remote->settings.max_age_ns)
		age_ns = remote->settings.max_age_ns;
	if (now_ns - remote->last_ns > age_ns)
		remote->last_ns = now_ns - age_ns;
	return remote->last_ns;
}

static void give_level(struct remote *remote, bool active, bool is_late, uint64_t age_ns)
{
	remote->active = active && (!is_late || remote->active);
	remote->handlers->level(remote->active, time_of(remote, age_ns), remote->userdata);
}

/* 1: it is the first one since one came in time. */
static int note_late(struct remote *remote, bool is_late, uint64_t age_ns, struct problem *problem)
{
	bool was_late = remote->is_late;
	char age[TIMESPAN_TEXT_SIZE], most[TIMESPAN_TEXT_SIZE];

	remote->late += is_late;
	remote->is_late = is_late;
	if (!is_late || was_late)
		return 0;
	problem_set(problem, 1,
	            "Remote=%s: a change came %s late, more than RemoteMaxAgeSec=%s, and does not count as a change; "
	            "are the clocks of both hubs right (timedatectl)?",
	            remote->settings.name, timespan_format(age_ns / NSEC_PER_SEC * USEC_PER_SEC, age),
	            timespan_format(remote->settings.max_age_ns / NSEC_PER_USEC, most));
	return 1;
}

static int give(struct remote *remote, const struct remote_feed *feed, struct problem *problem)
{
	uint64_t age_ns = age_of(feed);
	bool is_late = feed->fresh && age_ns > remote->settings.max_age_ns;

	if (feed->type == REMOTE_LEVEL)
		give_level(remote, feed->level, is_late, age_ns);
	else if (!is_late)
		remote->handlers->number(feed->number, time_of(remote, age_ns), remote->userdata);
	return feed->fresh ? note_late(remote, is_late, age_ns, problem) : 0;
}

static int take(struct remote *remote, const struct remote_feed *feed, struct problem *problem)
{
	remote->fed = true;
	timer_set(remote->hold, NEVER_NS);
	if (feed->available)
		return give(remote, feed, problem);
	go(remote, *feed->reason ? feed->reason : "it is unavailable at its hub");
	return 0;
}

static int check(const struct remote *remote, const struct remote_feed *feed, struct problem *problem)
{
	static const char *const types[] = { [REMOTE_LEVEL] = "a boolean", [REMOTE_NUMBER] = "a double" };

	if (!feed->available)
		return 0;
	if (feed->type != remote->settings.takes)
		return problem_set(problem, -EINVAL, "expected %s as the value of %s", types[remote->settings.takes],
		                   remote->settings.name);
	if (feed->type == REMOTE_NUMBER && !isfinite(feed->number))
		return problem_set(problem, -EINVAL, "expected a finite number as the value of %s", remote->settings.name);
	return 0;
}

int remotes_feed(struct remotes *remotes, const char *name, const struct remote_feed *feed, struct problem *problem)
{
	bool is_there = false;
	int r, late = 0;

	for (struct remote *remote = remotes->first; remote; remote = remote->next) {
		if (strcmp(remote->settings.name, name) != 0)
			continue;
		r = check(remote, feed, problem);
		if (r < 0)
			return r;
		is_there = true;
		late |= take(remote, feed, problem);
	}
	return is_there ? late : problem_set(problem, -ENOENT, "there is no sensor with Remote=%s", name);
}

void remotes_lose(struct remotes *remotes, const char *reason)
{
	for (struct remote *remote = remotes->first; remote; remote = remote->next) {
		if (remote->fed)
			go(remote, reason);
		remote->fed = false;
	}
}

void remotes_hold(struct remotes *remotes)
{
	for (struct remote *remote = remotes->first; remote; remote = remote->next) {
		if (remote->fed)
			hold(remote);
		remote->fed = false;
	}
}

/* --- life ------------------------------------------------------------------------------------ */

int remote_new(struct remotes *remotes, sd_event *event, const struct remote_settings *settings,
               const struct remote_handlers *handlers, void *userdata, struct remote **ret)
{
	_cleanup_(remote_freep) struct remote *remote = calloc(1, sizeof *remote);
	struct remote **end = &remotes->first;
	int r;

	if (!remote)
		return -ENOMEM;
	remote->settings = *settings;
	remote->handlers = handlers;
	remote->userdata = userdata;
	r = timer_new(event, &remote->hold, on_hold_over, remote);
	if (r < 0)
		return r;
	while (*end)
		end = &(*end)->next;
	*end = remote;
	remote->remotes = remotes;
	*ret = TAKE_PTR(remote);
	return 0;
}

struct remote *remote_free(struct remote *remote)
{
	if (!remote)
		return NULL;
	for (struct remote **r = remote->remotes ? &remote->remotes->first : NULL; r && *r; r = &(*r)->next)
		if (*r == remote) {
			*r = remote->next;
			break;
		}
	sd_event_source_disable_unref(remote->hold);
	free(remote);
	return NULL;
}

void remote_start(struct remote *remote, const struct remote_known *known)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (!known) {
		go_unfed(remote);
		return;
	}
	remote->active = known->active;
	remote->last_ns = known->since_ns < now_ns ? known->since_ns : now_ns;
	hold(remote);
}

uint64_t remote_late(const struct remote *remote)
{
	return remote->late;
}

static bool was_before(const struct remotes *remotes, const struct remote *remote)
{
	const struct remote *other = remotes->first;

	while (strcmp(other->settings.name, remote->settings.name) != 0)
		other = other->next;
	return other != remote;
}

const char *remotes_next(const struct remotes *remotes, const struct remote **position)
{
	const struct remote *remote = *position ? (*position)->next : remotes->first;

	while (remote && was_before(remotes, remote))
		remote = remote->next;
	*position = remote;
	return remote ? remote->settings.name : NULL;
}
