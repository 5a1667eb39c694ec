/* A condition of a component, kept up to date: evaluated when something happens to what it names, and when a time is
 * over, and at no other time. */
#pragma once

#include "roomd/component.h"
#include "rules/condition.h"

struct when;

/* Whether it holds is another than before, since `at_ns` (CLOCK_MONOTONIC), because of this component (NULL: because
 * of time). Within a handler of the hub's. */
typedef void (*when_changed)(struct component *component, uint64_t at_ns, const struct hub_source *by);

/* Part of its owner. All zero: there is none, and `truth` is what an unset key means to its owner. */
struct when {
	struct component *component;
	const struct condition *condition; /* NULL: the key is unset */
	const struct component_peer *peers; /* one for each term */
	struct condition_memory memory;     /* kept beside the component's own, under the name of its key */
	const char *key;
	struct condition_result result;
	uint64_t asked_ns;
	when_changed changed;
	sd_event_source *timer;
	struct hub_subscription subscriptions[CONDITION_TERMS_MAX];
};

/* For the condition that is the value of this key, in the component's init. As timer_new() and memory_keep(). */
int when_init(struct when *when, struct component *component, const char *key, when_changed changed);
void when_deinit(struct when *when);

/* In the component's `ask`, and its `start`: evaluates it. `tells`: the component is told if it is another
 * than before; for the `ask` of one that has been started, as whom it names may have been made anew. */
void when_ask(struct when *when, bool tells);

/* False where the key is unset. */
bool when_is_set(const struct when *when);

/* Why it is so, as the end of a sentence: "cellar above 65 for 5min is not so". Returns `buffer`. */
char *when_describe(const struct when *when, char *buffer, size_t size);

/* Whom to ask about it. */
const struct hub_source *when_by(const struct when *when);
