/* A condition of a component, kept up to date. It is evaluated only when something happens to a component
 * that it names, and when a time in it is over. */
#pragma once

#include "roomd/component.h"
#include "rules/condition.h"

struct when;

/* The condition's truth has changed at `at_ns` (CLOCK_MONOTONIC), because of the component `by` (NULL:
 * because of time). Called from a handler of the hub, a timer or when_ask(). */
typedef void (*when_changed)(struct component *component, uint64_t at_ns, const struct hub_source *by);

/* Part of its owner. All zero: the key is unset, and result.truth means nothing. */
struct when {
	struct component *component;
	const struct condition *condition; /* NULL: the key is unset */
	const struct component_peer *peers; /* one for each term */
	struct condition_memory memory;     /* kept beside the component's fields, under the key's name */
	const char *key;
	struct condition_result result;
	uint64_t asked_ns;
	when_changed changed;
	sd_event_source *timer;
	struct hub_subscription subscriptions[CONDITION_TERMS_MAX];
};

/* In the component's `init`, for the condition that is the value of this key. Returns the same as timer_new()
 * and memory_keep(). */
int when_init(struct when *when, struct component *component, const char *key, when_changed changed);
void when_deinit(struct when *when);

/* Evaluates the condition, in the component's `ask` and `start`. With `tells`, calls `changed` if the truth
 * has changed. That is for the `ask` of a component that has been started: a reload may have made components
 * anew that the condition names. */
void when_ask(struct when *when, bool tells);

/* False where the key is unset. */
bool when_is_set(const struct when *when);

/* Why it is so, as the end of a sentence: "cellar above 65 for 5min is not so". Returns `buffer`. */
char *when_describe(const struct when *when, char *buffer, size_t size);

/* The component to ask next for the reason. */
const struct hub_source *when_by(const struct when *when);
