/* What others may ask a component: whether it is in a state, such as "motion" or "open", and what it
 * measures. These are the words of conditions. The asker also subscribes to the component's events
 * (roomd/hub.h): after each event any state may have changed, so it asks again. */
#pragma once

#include <stdint.h>

struct component;
struct component_class;
struct quantity;

/* In this order: "and" is the least of its sides, "or" the greatest, "not" the other end (Kleene). */
enum truth {
	TRUTH_FALSE,
	TRUTH_UNKNOWN, /* the component is unavailable, or does not know yet */
	TRUTH_TRUE,
};

/* A table is ended by an entry without a name. The first state of an on/off kind is its main one: "motion",
 * "open", "on". */
struct component_state {
	const char *name; /* "motion": in lower case, one word */
	/* Whether it is in that state, and since when it is or is not (CLOCK_MONOTONIC, ns; 0: that is not known).
	 * Pure. */
	enum truth (*is)(const struct component *component, uint64_t *ret_since_ns);
};

/* What it measures, for "above" and "below". */
struct component_measure {
	const struct quantity *quantity;
	/* The present value in the quantity's unit, NAN: there is none; and when it was read (CLOCK_MONOTONIC, ns). */
	double (*value)(const struct component *component, uint64_t *ret_ns);
	/* How far the value has to come back over a threshold before it no longer counts as above (or below)
	 * it; 0 or more. */
	double (*hysteresis)(const struct component *component);
};

/* The state with this name that components of this class have: one of the class's own table, or one that
 * every kind has: "available", "unavailable", and, for kinds that can be suspect, "suspect". These three are
 * never unknown. NULL: there is no such state. */
const struct component_state *component_state_find(const struct component_class *class, const char *name);

/* The i-th of all these states, from 0, the class's own first; NULL: there are fewer. */
const struct component_state *component_state_at(const struct component_class *class, unsigned i);
