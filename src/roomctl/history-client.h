/* A client of org.roomd1.History on D-Bus. All functions print what fails, and what to do about it. */
#pragma once

#include <stdbool.h>

#include "roomctl/client.h"
#include "roomctl/history-data.h"

/* The most points and values of one call. */
#define HISTORY_POINTS_MAX 10000
#define HISTORY_PAGE 1000

/* A recorded value. */
struct history_value {
	uint64_t usec; /* CLOCK_REALTIME */
	enum history_state state;
	double number;        /* on is 1, off is 0; NaN: no number */
	char *text;           /* of a word; owned */
	uint64_t length_usec; /* the time that it is the mean of; 0: a single value */
};

struct history_sum {
	uint64_t known_usec, on_usec, unavailable_usec;
	unsigned changes;      /* of on/off properties: how often it was switched on */
	double min, mean, max; /* NaN: not known */
};

/* Reads all series, without their points, in the order of the service. `ret` is empty before. */
enum status history_read_series(struct client *client, struct history *ret);

/* Replaces the series' points by those of [since, until), in at most `at_most` steps. */
enum status history_read_points(struct client *client, uint64_t since_usec, uint64_t until_usec, size_t at_most,
                                struct history_series *series);

/* At most HISTORY_PAGE values of [since, until), in the order of recording, from a position on (0: all), which is then that of
 * the next ones; to be freed with history_values_free(). `ret_more`: there are more. */
enum status history_read_values(struct client *client, const struct history_series *series, uint64_t since_usec,
                                uint64_t until_usec, uint64_t *position, struct history_value **ret, size_t *ret_n, bool *ret_more);
void history_values_free(struct history_value *values, size_t n);

enum status history_read_sum(struct client *client, const struct history_series *series, uint64_t since_usec,
                             uint64_t until_usec, struct history_sum *ret);
