/* Statements by which something is done to the room. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "try/moment.h"
#include "try/trial.h"
#include "try/wall.h"
#include "util/clock.h"

#define HOLD_NS UINT64_C(60000000) /* nobody presses a button for less */
#define READ_NS UINT64_C(50000000) /* for the worker that reads, beyond the interval */

/* --- sensors of other hubs ------------------------------------------------------------------- */

static int feed(struct trial *trial, size_t i, bool fresh, struct problem *problem)
{
	const struct plan_remote *remote = &trial->world->plan->remotes[i];

	return service_feed(trial->service, remote->text, trial->remotes_plugged[i],
	                    remote->quantity ? &trial->remote_numbers[i] : NULL, trial->remote_levels[i], fresh, problem);
}

int trial_feed_all(struct trial *trial, struct problem *problem)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < trial->world->plan->remotes_n; i++)
		r = feed(trial, i, false, problem);
	return r;
}

size_t trial_find_remote(const struct trial *trial, const struct config_component *component)
{
	const struct plan *plan = trial->world->plan;

	for (size_t i = 0; i < plan->remotes_n; i++)
		if (world_is_same(plan->remotes[i].component, component))
			return i;
	return SIZE_MAX;
}

/* --- lines ----------------------------------------------------------------------------------- */

const struct plan_line *trial_find_input(const struct trial *trial, const struct config_component *component)
{
	const struct plan *plan = trial->world->plan;

	for (size_t i = 0; i < plan->lines_n; i++)
		if (plan->lines[i].input && world_is_same(plan->lines[i].component, component))
			return &plan->lines[i];
	return NULL;
}

static int set_input(struct trial *trial, const struct plan_line *line, bool active, struct problem *problem)
{
	int r = world_set_line(trial->world, line, active, problem);

	return r < 0 ? r : trial_settle(trial, line->debounce_ns, problem);
}

static int set_level(struct trial *trial, const struct statement *statement, bool active, struct problem *problem)
{
	const struct config_component *component = trial_subject(trial, statement);
	const struct plan_line *line = trial_find_input(trial, component);
	size_t remote = trial_find_remote(trial, component);
	int r;

	if (line)
		return set_input(trial, line, active, problem);
	if (remote == SIZE_MAX)
		return problem_set(problem, -ENODEV, "%s has no input line", component->name);
	trial->remote_levels[remote] = active;
	r = feed(trial, remote, true, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

static int hold(struct trial *trial, const struct plan_line *line, uint64_t ns, struct problem *problem)
{
	int r = set_input(trial, line, true, problem);

	if (r >= 0)
		r = service_wait(trial->service, clock_now_ns(CLOCK_MONOTONIC) + ns, false, problem);
	return r < 0 ? r : set_input(trial, line, false, problem);
}

/* A short press is as short as it can be, so that it is none of the others whatever their times are. */
static int press(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	const struct config_component *component = trial_subject(trial, statement);
	const struct plan_line *line = trial_find_input(trial, component);
	uint64_t double_ns = plan_timespan(component, "DoubleSec"), long_ns = plan_timespan(component, "LongSec");
	uint64_t short_ns = long_ns > 0 && long_ns < 4 * HOLD_NS ? 0 : HOLD_NS;
	bool is_double = strcmp(statement->word, "double") == 0, is_long = strcmp(statement->word, "long") == 0;
	int r;

	if (!line)
		return problem_set(problem, -ENODEV, "%s has no input line", component->name);
	r = hold(trial, line, is_long ? long_ns : short_ns, problem);
	if (r >= 0 && is_double)
		r = hold(trial, line, short_ns, problem);
	if (r < 0 || is_double || is_long)
		return r;
	r = service_wait(trial->service, clock_now_ns(CLOCK_MONOTONIC) + double_ns, false, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

/* --- what is measured ------------------------------------------------------------------------ */

size_t trial_find_channel(const struct trial *trial, const struct config_component *component)
{
	const struct plan *plan = trial->world->plan;

	for (size_t i = 0; i < plan->channels_n; i++)
		if (world_is_same(plan->channels[i].component, component))
			return i;
	return SIZE_MAX;
}

static int set_remote_value(struct trial *trial, size_t remote, double value, struct problem *problem)
{
	int r;

	trial->remote_numbers[remote] = value;
	r = feed(trial, remote, true, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

static void note_reading(struct trial *trial, const struct plan_channel *channel)
{
	uint64_t by_ns;

	trial->given_ns = clock_now_ns(CLOCK_MONOTONIC);
	by_ns = clock_later_ns(trial->given_ns, clock_later_ns(channel->interval_ns, READ_NS));
	trial->reads = trial->settled_ns == 0 ? channel->component : NULL;
	if (by_ns > trial->settled_ns)
		trial->settled_ns = by_ns;
}

static int set_value(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	const struct config_component *component = trial_subject(trial, statement);
	size_t remote = trial_find_remote(trial, component), channel = trial_find_channel(trial, component);

	if (remote != SIZE_MAX)
		return set_remote_value(trial, remote, statement->number, problem);
	if (channel == SIZE_MAX)
		return problem_set(problem, -ENODEV, "%s has no device", component->name);
	note_reading(trial, &trial->world->plan->channels[channel]);
	return world_set_value(trial->world, channel, statement->number, problem);
}

/* --- the whole ------------------------------------------------------------------------------- */

static int plug(struct trial *trial, const struct statement *statement, bool plugged, struct problem *problem)
{
	const struct config_component *component = trial_subject(trial, statement);
	size_t remote = trial_find_remote(trial, component);
	int r = world_plug(trial->world, component, plugged, problem);

	if (r >= 0 && remote != SIZE_MAX) {
		trial->remotes_plugged[remote] = plugged;
		r = feed(trial, remote, true, problem);
	}
	if (r >= 0) /* until a device is asked for again: io/arrivals.h */
		r = service_wait(trial->service, clock_now_ns(CLOCK_MONOTONIC) + 2 * READ_NS, false, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

static int pass_without_service(uint64_t ns, struct problem *problem)
{
	uint64_t until_ns = clock_now_ns(CLOCK_MONOTONIC) + ns;
	const struct timespec until = { .tv_sec = (time_t)(until_ns / NSEC_PER_SEC),
		                        .tv_nsec = (long)(until_ns % NSEC_PER_SEC) };
	int r = -clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);

	return r < 0 ? problem_set(problem, r, "waiting: %s", problem_errno(r)) : 0;
}

static int start_anew(struct trial *trial, enum service_end how, uint64_t away_ns, struct problem *problem)
{
	int r = service_end(trial->service, how, problem);

	if (r >= 0 && away_ns > 0)
		r = pass_without_service(away_ns, problem);
	if (wall_is_ours())
		wall_say_synchronized(); /* the kernel doubts it after some hours */
	if (r >= 0)
		r = service_start(trial->service, problem);
	if (r >= 0)
		r = trial_feed_all(trial, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

static int run_roomctl(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	const char **arguments = calloc(statement->arguments_n + 2, sizeof *arguments);
	_cleanup_(cleanup_free) char *said = NULL;
	int r;

	if (!arguments)
		return problem_set(problem, -ENOMEM, "out of memory");
	arguments[0] = trial->roomctl;
	for (size_t i = 0; i < statement->arguments_n; i++)
		arguments[i + 1] = statement->arguments[i];
	r = service_run(trial->service, arguments, &said, problem);
	free(arguments);
	if (r > 0)
		return problem_set(problem, -EPROTO, "expected roomctl to succeed; its exit status is %d, and it says: %.400s", r,
		                   said);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

static int reload(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	_cleanup_(config_freep) struct config *config = NULL;
	int r = config_load(statement->word, &config, &errors);

	if (r < 0)
		return problem_set(problem, r, "reload %s: %.400s", statement->word,
		                   errors.n > 0 ? errors.texts[0] : problem_errno(r));
	r = service_configure(config, problem);
	if (r >= 0)
		r = service_reload(trial->service, problem);
	return r < 0 ? r : trial_settle(trial, 0, problem);
}

int trial_act(struct trial *trial, const struct statement *statement, struct problem *problem)
{
	switch (statement->kind) {
	case STATEMENT_MOTION:
	case STATEMENT_OPEN:
		return set_level(trial, statement, true, problem);
	case STATEMENT_NO_MOTION:
	case STATEMENT_CLOSE:
		return set_level(trial, statement, false, problem);
	case STATEMENT_PRESS:
		return press(trial, statement, problem);
	case STATEMENT_VALUE:
		return set_value(trial, statement, problem);
	case STATEMENT_UNPLUG:
	case STATEMENT_PLUG:
		return plug(trial, statement, statement->kind == STATEMENT_PLUG, problem);
	case STATEMENT_RESTART:
		return start_anew(trial, SERVICE_STOPPED, 0, problem);
	case STATEMENT_KILL:
		return start_anew(trial, SERVICE_KILLED, 0, problem);
	case STATEMENT_POWER_LOSS:
		return start_anew(trial, SERVICE_POWER_LOST, statement->duration_ns, problem);
	case STATEMENT_RELOAD:
		return reload(trial, statement, problem);
	case STATEMENT_ROOMCTL:
		return run_roomctl(trial, statement, problem);
	default:
		return problem_set(problem, -EOPNOTSUPP, "this room has no broker: 'broker' is for rooms with roomd-mqtt, which "
		                                         "are not tried yet");
	}
}
