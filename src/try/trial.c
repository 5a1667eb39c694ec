#define _GNU_SOURCE
#include "try/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/json.h"
#include "try/moment.h"
#include "try/wall.h"
#include "util/clock.h"

#define TICKS_NS UINT64_C(20000000) /* two ticks of User Mode Linux, which sees an edge at the next one */
#define QUIET_NS UINT64_C(1000000)
#define REAL_QUIET_NS UINT64_C(200000000)

int trial_init(struct trial *trial, const struct config *config, struct world *world, struct service *service,
               const char *roomctl)
{
	size_t n = world->plan->remotes_n + 1;

	*trial = (struct trial){ .config = config, .world = world, .service = service, .roomctl = roomctl };
	trial->remote_levels = calloc(n, sizeof *trial->remote_levels);
	trial->remote_numbers = calloc(n, sizeof *trial->remote_numbers);
	trial->remotes_plugged = calloc(n, sizeof *trial->remotes_plugged);
	return trial->remote_levels && trial->remote_numbers && trial->remotes_plugged ? 0 : -ENOMEM;
}

void trial_deinit(struct trial *trial)
{
	free(trial->remote_levels);
	free(trial->remote_numbers);
	free(trial->remotes_plugged);
	*trial = (struct trial){ 0 };
}

const struct config_component *trial_subject(const struct trial *trial, const struct statement *statement)
{
	return &trial->config->components[statement->subject];
}

char *trial_now(char text[static TRIAL_TIME_SIZE])
{
	uint64_t now_ns = clock_now_ns(CLOCK_REALTIME);
	char seconds[32] = "?";
	struct tm tm;

	if (clock_local((time_t)(now_ns / NSEC_PER_SEC), &tm))
		strftime(seconds, sizeof seconds, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(text, TRIAL_TIME_SIZE, "%s.%03u", seconds, (unsigned)(now_ns % NSEC_PER_SEC / 1000000));
	return text;
}

/* --- time ------------------------------------------------------------------------------------ */

int trial_settle(struct trial *trial, uint64_t debounce_ns, struct problem *problem)
{
	bool is_virtual = wall_is_virtual();
	int r = 0;

	if (is_virtual || debounce_ns > 0)
		r = service_wait(trial->service, clock_now_ns(CLOCK_MONOTONIC) + (is_virtual ? TICKS_NS : 0) + debounce_ns,
		                 false, problem);
	return r < 0 ? r : service_settle(trial->service, is_virtual ? QUIET_NS : REAL_QUIET_NS, problem);
}

/* An event that has a value is one of a reading; one that is hardly later may have been begun before. */
static bool is_read(const struct trial *trial, const struct json_object *event)
{
	return member_of(event, "value") && strcmp(member_text(event, "source"), trial->reads->name) == 0 &&
	       strcmp(member_text(event, "kind"), trial->reads->class->kind) == 0 &&
	       member_number(event, "monotonic_ns") > trial->given_ns + QUIET_NS;
}

static bool has_read(const struct trial *trial)
{
	for (size_t i = 0; trial->reads && i < trial->service->events_n; i++)
		if (is_read(trial, trial->service->events[i]))
			return true;
	return false;
}

int trial_wait_read(struct trial *trial, struct problem *problem)
{
	int r = 0;

	while (r >= 0 && clock_now_ns(CLOCK_MONOTONIC) < trial->settled_ns && !has_read(trial))
		r = service_wait(trial->service, trial->settled_ns, true, problem);
	if (r >= 0 && trial->settled_ns > 0)
		r = trial_settle(trial, 0, problem);
	trial->settled_ns = 0;
	trial->reads = NULL;
	return r;
}

static int wait_for(struct trial *trial, uint64_t ns, struct problem *problem)
{
	return service_wait(trial->service, clock_later_ns(clock_now_ns(CLOCK_MONOTONIC), ns), false, problem);
}

static int wait_until(struct trial *trial, const struct statement_time *time, struct problem *problem)
{
	uint64_t now_ns = clock_now_ns(CLOCK_REALTIME);
	int64_t moment;
	int r = moment_of_at(time, (int64_t)((now_ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC), &moment);
	char text[TRIAL_TIME_SIZE];

	if (r < 0)
		return problem_set(problem, r, "expected a time that is still to come; it is %s", trial_now(text));
	return wait_for(trial, clock_since_ns(now_ns, (uint64_t)moment * NSEC_PER_SEC), problem);
}

/* --- a test ---------------------------------------------------------------------------------- */

static int set_clock(const struct statement_time *time, struct problem *problem)
{
	int64_t moment = moment_of_clock(time, (int64_t)(clock_now_ns(CLOCK_REALTIME) / NSEC_PER_SEC));
	int r = wall_set(moment);

	if (r >= 0)
		r = wall_say_synchronized();
	return r < 0 ? problem_set(problem, r, "setting the clock: %s", problem_errno(r)) : 0;
}

/* At a whole second of CLOCK_MONOTONIC, so that the kernel's ticks are where they were the last time. */
static int align(struct problem *problem)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
	const struct timespec next = { .tv_sec = (time_t)(now_ns / NSEC_PER_SEC + 1) };
	int r = -clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);

	return r < 0 ? problem_set(problem, r, "waiting: %s", problem_errno(r)) : 0;
}

static void rest_remotes(struct trial *trial)
{
	const struct plan *plan = trial->world->plan;

	for (size_t i = 0; i < plan->remotes_n; i++) {
		trial->remote_levels[i] = false;
		trial->remote_numbers[i] = plan->remotes[i].quantity ? plan->remotes[i].quantity->usual : 0;
		trial->remotes_plugged[i] = true;
	}
}

static int begin(struct trial *trial, struct problem *problem)
{
	int r;

	trial->settled_ns = 0;
	rest_remotes(trial);
	setenv("TZ", trial->test->zone, 1);
	tzset();
	r = service_end(trial->service, SERVICE_POWER_LOST, problem);
	if (r >= 0)
		r = service_forget(trial->service, problem);
	if (r >= 0)
		r = world_rest(trial->world, problem);
	if (r >= 0)
		r = service_configure(trial->config, problem);
	if (r >= 0)
		r = align(problem);
	return r < 0 || !wall_is_ours() ? r : set_clock(&trial->test->start, problem);
}

static int start(struct trial *trial, struct problem *problem)
{
	int r = service_start(trial->service, problem);

	if (r >= 0)
		r = trial_feed_all(trial, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

int trial_show(struct trial *trial, struct problem *problem)
{
	int r;

	rest_remotes(trial);
	if (wall_is_ours()) /* else the machine knows whether it is right */
		wall_say_synchronized();
	r = service_forget(trial->service, problem);
	if (r >= 0)
		r = service_configure(trial->config, problem);
	return r < 0 ? r : start(trial, problem);
}

static int do_next(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	if (trial_is_expectation(statement))
		return trial_expect(trial, statement, problem);
	switch (statement->kind) {
	case STATEMENT_AT:
		return wait_until(trial, &statement->time, problem);
	case STATEMENT_AFTER:
		return wait_for(trial, statement->duration_ns, problem);
	case STATEMENT_CLOCK:
		return set_clock(&statement->time, problem);
	default:
		return trial_act(trial, statement, problem);
	}
}

/* Whatever has been read by then has had its time. */
static int do_one(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	bool passes_time = statement->kind == STATEMENT_AT || statement->kind == STATEMENT_AFTER;
	int r = 0;

	trial->statement = statement;
	if (!passes_time && statement->kind != STATEMENT_VALUE && !statement->has_within)
		r = trial_wait_read(trial, problem);
	if (r >= 0 && !passes_time && !trial_is_expectation(statement))
		service_forget_events(trial->service);
	return r < 0 ? r : do_next(trial, statement, problem);
}

static int do_watched(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	int r;

	if (trial->watch)
		trial->watch->begins(statement, trial->watch->userdata);
	r = do_one(trial, statement, problem);
	if (trial->watch)
		trial->watch->done(statement, r, trial->watch->userdata);
	return r;
}

int trial_run(struct trial *trial, const struct roomtest *file, const struct roomtest_case *test, struct problem *problem)
{
	struct roomtest_cursor cursor = { 0 };
	const struct statement *statement;
	int r;

	trial->file = file;
	trial->test = test;
	trial->statement = NULL;
	r = begin(trial, problem);
	if (r >= 0)
		r = start(trial, problem);
	while (r >= 0 && (statement = roomtest_step(test, &cursor)))
		r = do_watched(trial, statement, problem);
	return r;
}
