/* Action: an event starts a unit of systemd's, which does what roomd does not: send a message, ring a phone. It is started
 * after whatever switches something has been told of the event. A condition that begins to hold is an event of the action's
 * own, so that it goes the same way. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "family/when.h"
#include "kinds/action-config.h"
#include "kinds/kinds.h"
#include "report/report.h"
#include "roomd/component.h"
#include "roomd/message-ids.h"
#include "roomd/unit-start.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/cut.h"
#include "util/problem.h"
#include "util/timer.h"

#define PATH_SIZE 192
#define AGAIN_NS (NSEC_PER_SEC / 10)

static const struct event_type condition_met = {
	.name = "condition_met",
	.text_name = "condition",
	.level = LOG_INFO,
	.words = "its condition holds",
	.about = ABOUT("Its condition, _When=_, has become true. _by_ is the component whose change made it true."),
};
static const struct event_type action_started = {
	.name = "action_started",
	.text_name = "cause",
	.level = LOG_INFO,
	.words = "unit started",
	.about = ABOUT("Its unit is being started. _cause_ is the event, and _by_ the component, that led to it."),
};
static const struct event_type action_ended = {
	.name = "action_ended",
	.level = LOG_DEBUG,
	.words = "unit has done its work",
	.about = ABOUT("Its unit has ended successfully."),
};
static const struct event_type action_failed = {
	.name = "action_failed",
	.text_name = "reason",
	.level = LOG_WARNING,
	.words = "failed",
	.message_id = ROOMD_MESSAGE_ACTION_FAILED,
	.about = ABOUT("Its unit could not be started, or has failed. The next event starts it again, or its "
	               "condition does when that has ended and becomes true again.",
	               .title = "An action has failed",
	               .advice = "The message says which of the two. \"systemctl status\" and \"journalctl --unit\" of the "
	                         "unit show its own messages.\n\n"
	                         "\"Access denied\" or \"Interactive authentication required\": only units whose names "
	                         "begin with roomd-action- may be started, and only while polkit runs with the rule of "
	                         "this package, /usr/share/polkit-1/rules.d/60-roomd.rules."),
};

enum result {
	RESULT_NONE,
	RESULT_DONE,
	RESULT_FAILED,
};

struct action {
	struct component component;
	struct hub_late_subscription events;
	struct unit_start start;
	sd_event_source *due;
	bool waiting; /* `event` is to start it */
	bool lost;    /* one waited when its predecessor ended, and is not known any more */
	struct event event;
	uint64_t started_ns;            /* the last time; 0: never */
	const struct event_type *cause; /* why that was; NULL: never, or before a restart */
	const struct hub_source *by;    /* who led to it */
	struct when when;
	bool known;        /* whether the condition holds, at some time since the start */
	bool held;         /* it did, when that was known last, or asked after that */
	uint64_t held_id;  /* which one that was: its condition_memory has it */
	uint64_t replaced; /* events that another one has taken the place of */
	int result;        /* enum result, of the last time */
};

/* --- the event ------------------------------------------------------------------------------- */

static bool is_who(const char *who, size_t length, const struct hub_source *source)
{
	const char *name = hub_source_name(source), *kind = hub_source_kind(source);
	size_t kind_length = strlen(kind);

	if (strlen(name) == length && strncmp(who, name, length) == 0)
		return true;
	return length > kind_length && strncmp(who, kind, kind_length) == 0 && who[kind_length] == '/' &&
	       strlen(name) == length - kind_length - 1 && strncmp(who + kind_length + 1, name, length - kind_length - 1) == 0;
}

/* Of its own events only that of its condition starts it: one that fails would fail for ever. */
static bool is_meant(const struct action *action, const struct event *event)
{
	const struct action_config *config = action->component.config;
	bool own = event->source == action->component.source;
	size_t length;

	if (!config->on)
		return own && event->type == &condition_met;
	if (own || strcmp(event->type->name, action_event(config->on, &length)) != 0)
		return false;
	return length == 0 || is_who(config->on, length, event->source);
}

/* For the unit: whole, or as it was before. */
static int write_event(const struct action *action)
{
	uint64_t realtime_ns = clock_now_ns(CLOCK_REALTIME) - (clock_now_ns(CLOCK_MONOTONIC) - action->event.monotonic_ns);
	const char *folder = getenv("RUNTIME_DIRECTORY");
	_cleanup_(cleanup_free) char *line = json_event_line(&action->event, realtime_ns);
	char path[PATH_SIZE], written[PATH_SIZE + 4];
	int fd, r;

	if (!line)
		return -ENOMEM;
	snprintf(path, sizeof path, "%s/action-%s.json", folder && *folder ? folder : ACTION_FOLDER,
	         component_name(&action->component));
	snprintf(written, sizeof written, "%s.new", path);
	fd = open(written, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = write(fd, line, strlen(line)) == (ssize_t)strlen(line) ? 0 : -EIO;
	close(fd);
	return r < 0 || rename(written, path) == 0 ? r : -errno;
}

/* --- starting -------------------------------------------------------------------------------- */

static void say_failed(struct action *action, const char *reason)
{
	action->result = RESULT_FAILED;
	component_emit(&action->component, &action_failed, clock_now_ns(CLOCK_MONOTONIC), NULL, reason);
}

static int start_unit(struct action *action, struct problem *problem)
{
	const struct action_config *config = action->component.config;
	int r = write_event(action);

	if (r < 0)
		return problem_set(problem, r, "the event cannot be written for it: %s", problem_errno(r));
	action->start.unit = config->unit;
	r = unit_start(action->component.room->units, &action->start);
	if (r < 0)
		return problem_set(problem, r, "the unit %s cannot be started: %s", config->unit,
		                   r == -ENOTCONN ? "roomd is not on the system bus" : problem_errno(r));
	return 0;
}

/* Its own event is owed to somebody else. */
static const struct hub_source *led_by(const struct action *action)
{
	return action->event.source == action->component.source ? action->event.by : action->event.source;
}

static void run(struct action *action)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
	struct problem problem;

	action->waiting = false;
	action->started_ns = now_ns;
	action->cause = action->event.type;
	action->by = led_by(action);
	if (start_unit(action, &problem) < 0) {
		say_failed(action, problem.text);
		return;
	}
	component_emit(&action->component, &action_started, now_ns, action->by, action->cause->name);
}

/* While the service starts nobody starts units. */
static uint64_t due_ns_of(const struct action *action, uint64_t now_ns)
{
	const struct action_config *config = action->component.config;

	if (!action->component.room->units)
		return clock_later_ns(now_ns, AGAIN_NS);
	return action->started_ns ? clock_later_ns(action->started_ns, config->at_most_every_ns) : 0;
}

/* Now, or when it is due; while it runs, afterwards. */
static void run_when_due(struct action *action)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC), due_ns = due_ns_of(action, now_ns);

	if (!action->waiting || action->start.starter)
		return;
	if (due_ns <= now_ns)
		run(action);
	else
		timer_set(action->due, due_ns);
}

static int on_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	run_when_due(userdata);
	return 0;
}

static void on_ended(const char *reason, void *userdata)
{
	struct action *action = userdata;

	if (reason) {
		say_failed(action, reason);
	} else {
		action->result = RESULT_DONE;
		component_emit(&action->component, &action_ended, clock_now_ns(CLOCK_MONOTONIC), NULL, NULL);
	}
	run_when_due(action);
}

static int on_event(const struct event *event, void *userdata)
{
	struct action *action = userdata;

	if (!is_meant(action, event))
		return 0;
	action->replaced += action->waiting;
	action->event = *event;
	action->waiting = true;
	component_changed(&action->component);
	run_when_due(action);
	return 0;
}

/* --- the condition --------------------------------------------------------------------------- */

static const char *format_condition(const struct action *action, char buffer[static CONDITION_TEXT_SIZE])
{
	return condition_format(action->when.condition, buffer);
}

/* What was before a restart counts until something is known again; then, whoever is unknown does not hold. */
static bool begins(struct action *action)
{
	bool held = action->held;

	if (action->when.result.truth == TRUTH_UNKNOWN && !action->known)
		return false;
	action->known = true;
	action->held = action->when.result.truth == TRUTH_TRUE;
	return action->held && !held;
}

/* On the way from an edge to a relay: the unit is started later, by the event. */
static void consider(struct action *action, uint64_t at_ns)
{
	char text[CONDITION_TEXT_SIZE];

	if (begins(action))
		component_emit(&action->component, &condition_met, at_ns, when_by(&action->when), format_condition(action, text));
}

/* What those that are started before it say first is one thing with what they say last until then. */
static void on_condition(struct component *component, uint64_t at_ns, const struct hub_source *by)
{
	(void)by;
	if (component->started)
		consider((struct action *)component, at_ns);
}

/* Of one that is another than before, or the first, nothing is known: with what it is nothing begins. */
static void forget_other_condition(struct action *action)
{
	uint64_t id = action->when.memory.text_id; /* 0: there is none */

	if (action->held_id != id)
		action->held = true;
	action->held_id = id;
}

static void ask(struct component *component)
{
	when_ask(&((struct action *)component)->when, component->started);
}

/* --- what is seen of it ---------------------------------------------------------------------- */

static bool is_running(const struct component *component)
{
	return ((const struct action *)component)->start.starter;
}

static int result_of(const struct component *component)
{
	return ((const struct action *)component)->result;
}

static const char *word_of(const struct component *component)
{
	if (is_running(component))
		return "running";
	return result_of(component) == RESULT_FAILED ? "failed" : "idle";
}

static void get_state(const struct component *component, union value *ret)
{
	ret->s = word_of(component);
}

static void get_started_at(const struct component *component, union value *ret)
{
	ret->t = ((const struct action *)component)->started_ns / NSEC_PER_USEC;
}

static void get_replaced(const struct component *component, union value *ret)
{
	ret->t = ((const struct action *)component)->replaced;
}

static const struct interface_property properties[] = {
	{ "State", 's', ABOUT("\"idle\", \"running\", or \"failed\" after its last start has."), get_state },
	{ "StartedAt", 't', ABOUT("When it was started last; 0: never."), get_started_at, VALUE_CLOCK_MONOTONIC },
	{ "Replaced", 't', ABOUT("How many events did not start it because a later one did (AtMostEverySec=)."), get_replaced,
	  .diagnostic = true },
	{ 0 },
};

static enum truth is_idle(const struct component *component, uint64_t *ret_since_ns)
{
	*ret_since_ns = 0;
	return strcmp(word_of(component), "idle") == 0 ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth is_running_now(const struct component *component, uint64_t *ret_since_ns)
{
	*ret_since_ns = ((const struct action *)component)->started_ns;
	return is_running(component) ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth has_failed(const struct component *component, uint64_t *ret_since_ns)
{
	*ret_since_ns = 0;
	return strcmp(word_of(component), "failed") == 0 ? TRUTH_TRUE : TRUTH_FALSE;
}

static const struct component_state states[] = {
	{ "idle", is_idle },
	{ "running", is_running_now },
	{ "failed", has_failed },
	{ 0 },
};

static const struct event_type *const events[] = { &condition_met, &action_started, &action_ended, &action_failed, NULL };

static void describe(const struct component *component, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s", word_of(component));
}

static void say_because(const struct action *action, struct why *ret)
{
	char text[CONDITION_TEXT_SIZE];

	if (action->cause)
		cut_copy(ret->because, sizeof ret->because,
		         when_is_set(&action->when) ? format_condition(action, text) : action->cause->name);
}

static void say_next(const struct action *action, struct why *ret)
{
	const struct action_config *config = action->component.config;
	char term[WHY_TEXT_SIZE];

	if (when_is_set(&action->when))
		snprintf(ret->then, sizeof ret->then, "%s is started when When= %s; %s", config->unit,
		         action->held ? "has ended and holds anew" : "holds", when_describe(&action->when, term, sizeof term));
	else
		snprintf(ret->then, sizeof ret->then, "%s is started at the next '%s'", config->unit, config->on);
}

static void why(const struct component *component, struct why *ret)
{
	const struct action *action = (const struct action *)component;

	ret->since_ns = action->started_ns;
	ret->by = action->by || !when_is_set(&action->when) ? action->by : when_by(&action->when);
	say_because(action, ret);
	say_next(action, ret);
}

static const struct kept_field kept[] = {
	{ "started_ns", KEPT_U64, offsetof(struct action, started_ns), KEPT_OVER_RESTART,
	  .clock = VALUE_CLOCK_MONOTONIC, .about = ABOUT("when its unit was started last") },
	{ "result", KEPT_INT, offsetof(struct action, result), KEPT_OVER_RESTART,
	  .about = ABOUT("what came of that") },
	{ "held", KEPT_BOOL, offsetof(struct action, held), KEPT_OVER_RESTART,
	  .about = ABOUT("whether its condition held when that was known last") },
	{ "waiting", KEPT_BOOL, offsetof(struct action, waiting), KEPT_OVER_RESTART,
	  .about = ABOUT("whether an event waits to start it") },
	{ "held_id", KEPT_U64, offsetof(struct action, held_id), KEPT_OVER_RESTART,
	  .about = ABOUT("which condition that was") },
	{ 0 },
};

/* --- life ------------------------------------------------------------------------------------ */

static int init(struct component *component)
{
	struct action *action = (struct action *)component;
	char name[COMPONENT_STORED_AS_SIZE];
	int r;

	action->start.ended = on_ended;
	action->start.userdata = action;
	r = timer_new(component->room->event, &action->due, on_due, action);
	if (r >= 0)
		r = when_init(&action->when, component, "When", on_condition);
	if (r < 0)
		return r;
	return hub_subscribe_late_kept(component->room->hub, &action->events, component_stored_as(component, "On", name), on_event,
	                               NULL, action);
}

/* What waited for AtMostEverySec=: a condition begins anew, with which it waits again; an event is not known any more. */
static void restored(struct component *component, enum kept_over over)
{
	struct action *action = (struct action *)component;
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	(void)over;
	if (action->started_ns > now_ns)
		action->started_ns = now_ns;
	if (action->waiting && when_is_set(&action->when))
		action->held = false;
	action->lost = action->waiting && !when_is_set(&action->when);
	action->waiting = false;
}

/* What the condition names has said its first levels by now. */
static int start(struct component *component)
{
	struct action *action = (struct action *)component;

	forget_other_condition(action);
	if (action->lost)
		say_failed(action, "an event that waited for AtMostEverySec= is not known after the restart");
	action->lost = false;
	if (!when_is_set(&action->when))
		return 0;
	when_ask(&action->when, false);
	consider(action, clock_now_ns(CLOCK_MONOTONIC));
	return 0;
}

static void deinit(struct component *component)
{
	struct action *action = (struct action *)component;

	if (action->events.hub)
		hub_unsubscribe_late(&action->events);
	when_deinit(&action->when);
	unit_start_forget(&action->start);
	action->due = sd_event_source_disable_unref(action->due);
}

const struct component_class action_class = {
	.kind = "Action",
	.about = ABOUT("A systemd unit that an event or a condition starts, to send a message for example.", .example = "alarm"),
	.layer = COMPONENT_CONTROLLER,
	.kind_class = "action",
	.instance_size = sizeof(struct action),
	.config_size = sizeof(struct action_config),
	.options = action_options,
	.properties = properties,
	.kept = kept,
	.events = events,
	.states = states,
	.check = action_check,
	.init = init,
	.restored = restored,
	.ask = ask,
	.describe = describe,
	.why = why,
	.start = start,
	.deinit = deinit,
};
