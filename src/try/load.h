/* What roomd-try reads: the configuration, the tests, and the configurations that those reload. */
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

/* All of it. A negative errno if something is wrong, which was said on standard error, all of it. */
int load_all(struct load *load, const struct try_arguments *arguments);

/* One of the tests says what the clock on the wall is to show. */
bool load_sets_clock(const struct load *load);

void load_free(struct load *load);
