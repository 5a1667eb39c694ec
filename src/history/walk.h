/* Goes through the rows of a series in the order of recording, in the file and in memory. */
#pragma once

#include "history/recorder.h"

struct walk {
	struct recorder *recorder;
	const struct series *series;
	uint64_t since, until;
	/* A value lasted from one time to another, within since and until, never for no time. May be NULL. */
	int (*hold)(enum series_state state, double value, uint64_t from, uint64_t to, void *userdata);
	/* A value was recorded, within since and until. `up`: from off to on. May be NULL. Both return 0 to
	 * go on. */
	int (*row)(enum series_state state, double value, bool up, uint64_t time, void *userdata);
	void *userdata;
	/* The rest is its own. */
	enum series_state state;
	double value;
	uint64_t from;
};

/* 0; the result of a callback that was not 0; or a negative errno and a problem. */
int walk_rows(struct walk *walk, struct problem *problem);
