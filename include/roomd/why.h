/* Why a component is in its state, and what would change it: for a person who asks. */
#pragma once

#include <stdint.h>

struct component;
struct hub_source;

#define WHY_TEXT_SIZE 320

/* Texts are UTF-8, parts of a sentence; empty: there is nothing to say. */
struct why {
	uint64_t since_ns;           /* since when it is so, CLOCK_MONOTONIC; 0: that is not known */
	char because[WHY_TEXT_SIZE]; /* what has led to it: "motion" */
	const struct hub_source *by; /* the source of that event, which can be asked next; NULL: none */
	char then[WHY_TEXT_SIZE];    /* what comes next: "off, unless there is motion" */
	uint64_t then_ns;            /* when, CLOCK_MONOTONIC; NEVER_NS (util/clock.h): that depends */
};

/* Works for any component: the answer of its kind, or, if it is unavailable, the reason for that. */
void component_why(const struct component *component, struct why *ret);
