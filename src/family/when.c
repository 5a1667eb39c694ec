#include "family/when.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/memory.h"
#include "util/timer.h"

/* --- asking ---------------------------------------------------------------------------------- */

static void ask_value(const struct component_measure *measure, const struct component *component,
                      struct condition_seen *ret)
{
	ret->value = measure->value(component, &ret->since_ns);
	ret->hysteresis = measure->hysteresis(component);
}

/* Who is being made anew is not known for a moment. */
static void ask(const struct condition_term *term, unsigned i, struct condition_seen *ret, void *userdata)
{
	const struct when *when = userdata;
	const struct component *component = component_of(when->peers[i].source);

	*ret = (struct condition_seen){ .truth = TRUTH_UNKNOWN, .value = NAN };
	if (!component)
		return;
	if (term->test == CONDITION_STATE)
		ret->truth = component_state_find(component->class, term->state)->is(component, &ret->since_ns);
	else
		ask_value(component->class->measure, component, ret);
}

/* Time does not go back: what one sensor says late is not before what another said in time. */
static void evaluate(struct when *when, uint64_t now_ns)
{
	if (now_ns > when->asked_ns)
		when->asked_ns = now_ns;
	when->result = condition_evaluate(when->condition, &when->memory, when->asked_ns, ask, when);
	timer_set(when->timer, when->result.next_ns);
}

static void evaluate_and_tell(struct when *when, uint64_t now_ns, const struct hub_source *by)
{
	enum truth before = when->result.truth;

	evaluate(when, now_ns);
	if (when->result.truth != before)
		when->changed(when->component, when->asked_ns, by);
}

static void on_event(const struct event *event, void *userdata)
{
	evaluate_and_tell(userdata, event->monotonic_ns, event->source);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	evaluate_and_tell(userdata, clock_now_ns(CLOCK_MONOTONIC), NULL);
	return 0;
}

/* --- what survives --------------------------------------------------------------------------- */

#define KEPT_SINCE(i_) \
	{ "since_" #i_ "_ns", KEPT_U64, offsetof(struct condition_memory, since_ns[i_]), KEPT_OVER_RESTART }

/* A record of its own, where there is a condition, and of it only the times of the terms that there are, the last ones of
 * the table: each edge copies all records. */
static const struct kept_field kept[] = {
	KEPT_SINCE(15), KEPT_SINCE(14), KEPT_SINCE(13), KEPT_SINCE(12), KEPT_SINCE(11), KEPT_SINCE(10),
	KEPT_SINCE(9), KEPT_SINCE(8), KEPT_SINCE(7), KEPT_SINCE(6), KEPT_SINCE(5), KEPT_SINCE(4),
	KEPT_SINCE(3), KEPT_SINCE(2), KEPT_SINCE(1), KEPT_SINCE(0),
	{ "text_id", KEPT_U64, offsetof(struct condition_memory, text_id), KEPT_OVER_RESTART },
	{ "truths", KEPT_U64, offsetof(struct condition_memory, truths), KEPT_OVER_RESTART },
	{ 0 },
};
_Static_assert(ELEMENTS(kept) == CONDITION_TERMS_MAX + 3, "a time for each term");

static int recall(struct when *when)
{
	char name[COMPONENT_STORED_AS_SIZE];
	int r = memory_keep(when->component->room->memory, component_stored_as(when->component, when->key, name),
	                    kept + CONDITION_TERMS_MAX - when->condition->terms_n, &when->memory);

	condition_restored(when->condition, &when->memory, clock_now_ns(CLOCK_MONOTONIC));
	return r < 0 ? r : 0;
}

/* --- life ------------------------------------------------------------------------------------ */

static const struct option *find_key(const struct component *component, const char *key)
{
	const struct option *option = component->class->options;

	while (strcmp(option->key, key) != 0)
		option++;
	return option;
}

static const struct component_peer *first_peer(const struct component *component, const struct option *option)
{
	const struct component_peer *peer = component->peers;

	while (peer->key != option)
		peer++;
	return peer;
}

static bool is_before(const struct when *when, unsigned i)
{
	for (unsigned j = 0; j < i; j++)
		if (when->peers[j].source == when->peers[i].source)
			return true;
	return false;
}

int when_init(struct when *when, struct component *component, const char *key, when_changed changed)
{
	const struct option *option = find_key(component, key);
	const struct option_condition_value *value =
		(const void *)((const char *)component->config + option->offset);
	struct hub *hub = component->room->hub;
	int r;

	when->component = component;
	when->changed = changed;
	when->condition = value->condition;
	if (!when->condition)
		return 0;
	when->peers = first_peer(component, option);
	when->key = key;
	r = timer_new(component->room->event, &when->timer, on_time, when);
	if (r >= 0)
		r = recall(when);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < when->condition->terms_n; i++)
		if (!is_before(when, i))
			hub_subscribe(hub, &when->subscriptions[i], when->peers[i].source, on_event, when);
	return 0;
}

void when_deinit(struct when *when)
{
	char name[COMPONENT_STORED_AS_SIZE];

	if (when->key)
		memory_leave(when->component->room->memory, component_stored_as(when->component, when->key, name));
	for (unsigned i = 0; i < ELEMENTS(when->subscriptions); i++)
		hub_unsubscribe(&when->subscriptions[i]);
	when->timer = sd_event_source_disable_unref(when->timer);
}

void when_ask(struct when *when, bool tells)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (!when->condition)
		return;
	if (tells)
		evaluate_and_tell(when, now_ns, NULL);
	else
		evaluate(when, now_ns);
}

bool when_is_set(const struct when *when)
{
	return when->condition;
}

char *when_describe(const struct when *when, char *buffer, size_t size)
{
	static const char *const words[] = {
		[TRUTH_FALSE] = "is not so",
		[TRUTH_UNKNOWN] = "is not known",
		[TRUTH_TRUE] = "is so",
	};
	unsigned i = when->result.term;
	const struct condition_term *term = &when->condition->terms[i];
	char text[160];

	/* What is so, but not for long enough, is not so. */
	enum truth truth = (enum truth)(when->memory.truths >> 2 * i & 3);
	if (truth == TRUTH_TRUE && term->for_ns > 0 && clock_later_ns(when->memory.since_ns[i], term->for_ns) > when->asked_ns)
		truth = TRUTH_FALSE;
	snprintf(buffer, size, "%s %s", condition_format_term(term, text, sizeof text), words[truth]);
	return buffer;
}

const struct hub_source *when_by(const struct when *when)
{
	return when->peers[when->result.term].source;
}
