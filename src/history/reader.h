/* Queries of the history, of the file and of the data that is not yet in the file. org.roomd1.History(5)
 * describes the answers. Each function returns a negative errno, with a problem, if the file cannot be read. */
#pragma once

#include "history/recorder.h"

struct question {
	const struct series *series;
	uint64_t since, until; /* since < until */
	uint32_t at_most;      /* at least 1 */
};

struct point {
	uint64_t begin, end;
	enum series_state state;
	struct span span;
};

/* At most question.at_most points, of equal steps, in a new array, which the caller frees. */
int reader_points(struct recorder *recorder, const struct question *question, struct point **ret, size_t *ret_n,
                  struct problem *problem);

int reader_sums(struct recorder *recorder, const struct question *question, struct span *ret, struct problem *problem);

struct recorded {
	uint64_t time, length; /* length: 0, or the time that a mean is of */
	enum series_state state;
	double value;
};

/* One after the other, from a position on, which is then that after the last one; 0: from the beginning. `each` returns a
 * negative errno to end it. 1: there were more than `at_most`. */
int reader_values(struct recorder *recorder, const struct question *question, uint64_t *position,
                  int (*each)(const struct recorded *value, void *userdata), void *userdata, struct problem *problem);

/* The same. Of components for which `wanted` has true at their number; NULL: of all. question.series is not looked at. */
int reader_events(struct recorder *recorder, const struct question *question, const bool *wanted, uint64_t *position,
                  int (*each)(const struct store_event *event, void *userdata), void *userdata, struct problem *problem);

/* From when on there is each reading of a series; before, means; of what is no number there is each change. */
int reader_raw_since(struct recorder *recorder, const struct series *series, uint64_t *ret, struct problem *problem);

/* The oldest time that anything is known of; 0: nothing is. */
uint64_t reader_since(struct recorder *recorder);
