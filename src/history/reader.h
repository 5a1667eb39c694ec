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

/* Calls `each` with one value after the other; a negative errno of `each` ends it. 1: there were more than
 * `at_most`. */
int reader_values(struct recorder *recorder, const struct question *question,
                  int (*each)(const struct recorded *value, void *userdata), void *userdata, struct problem *problem);

/* Calls `each` with the events of those components whose number is true in `wanted` (NULL: of all). Ignores
 * question.series. */
int reader_events(struct recorder *recorder, const struct question *question, const bool *wanted,
                  int (*each)(const struct store_event *event, void *userdata), void *userdata, struct problem *problem);

/* The oldest time of which anything is known; 0: there is none. */
uint64_t reader_since(struct recorder *recorder);
