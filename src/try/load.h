/* Reads the input of roomd-try: the configuration, the tests, and the configurations that the tests reload. */
#pragma once

#include "try/arguments.h"
#include "try/plan.h"
#include "try/room-words.h"

struct load {
	struct config *config;
	struct config **reloaded;
	size_t reloaded_n;
	struct roomtest **tests;
	size_t tests_n;
	struct roomtest_component *components;
	struct plan plan;
	bool all_alone; /* each component can be unplugged */
};

/* Reads everything. 0; or a negative errno, after all errors were printed on standard error. */
int load_all(struct load *load, const struct try_arguments *arguments);

/* True if one of the tests sets the wall clock. */
bool load_sets_clock(const struct load *load);

void load_free(struct load *load);
