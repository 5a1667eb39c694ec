/* What others may ask a component: whether it is in a state, such as "motion" or "open", and what it measures. These
 * are the words of conditions. Whoever asks is told of each event of the component (roomd/hub.h), after which any of
 * its states may be another one, and asks again. */
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

/* Ended by one without a name. The first of an on/off kind is the one that it is for: "motion", "open", "on". */
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
	/* So far back over a threshold it has to come until it is not above (or below) it any more; 0 or more. */
	double (*hysteresis)(const struct component *component);
};

/* The state of this name that components of this class have: one of its own table, or one that every kind has:
 * "available", "unavailable", and, of what can be suspect, "suspect". These three are never unknown. NULL: there is no
 * such word. */
const struct component_state *component_state_find(const struct component_class *class, const char *name);

/* The i-th of all these, from 0, its own first; NULL: there are not so many. */
const struct component_state *component_state_at(const struct component_class *class, unsigned i);
