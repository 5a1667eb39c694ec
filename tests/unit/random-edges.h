/* A line on which anything may happen, at each nanosecond of a short life. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "fixture/random.h"

#define RANDOM_EDGES_NS 300

struct random_edges {
	/* In their order, no two at the same time, the first at 0; some say the level that was. */
	struct {
		bool active;
		uint64_t at_ns;
	} edges[RANDOM_EDGES_NS];
	size_t n;
	bool level[RANDOM_EDGES_NS]; /* from each nanosecond on */
};

/* Up to `apart_ns` lie between two. */
static inline void random_edges_make(struct random_edges *line, uint64_t *seed, uint64_t apart_ns)
{
	uint64_t at_ns = 0;

	for (line->n = 0; at_ns < RANDOM_EDGES_NS; line->n++) {
		bool active = random_between(seed, 0, 1);

		line->edges[line->n].at_ns = at_ns;
		line->edges[line->n].active = active;
		for (uint64_t t = at_ns; t < RANDOM_EDGES_NS; t++)
			line->level[t] = active;
		at_ns += random_between(seed, 1, apart_ns);
	}
}
