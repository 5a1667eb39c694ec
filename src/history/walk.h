/* Goes through the rows of a series in the order of recording, in the file and in memory. */
#pragma once

#include "history/recorder.h"

struct walk {
	struct recorder *recorder;
	const struct series *series;
	uint64_t since, until;
	uint64_t first; /* the number of the first row that is of interest */
	/* It held from one time to another; within since and until, never empty. May be NULL. */
	int (*hold)(enum series_state state, double value, uint64_t from, uint64_t to, void *userdata);
	/* It was recorded; within since and until, and not before `first`. `up`: from off to on. May be NULL. Returns 0 to go on. */
	int (*row)(const struct row *row, bool up, void *userdata);
	void *userdata;
	/* The rest is its own. */
	enum series_state state;
	double value;
	uint64_t from;
	uint64_t next; /* the number of the next row in memory */
};

/* 0; the result of a callback that was not 0; or a negative errno and a problem. */
int walk_rows(struct walk *walk, struct problem *problem);
