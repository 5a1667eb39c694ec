/* org.roomd1.History on D-Bus, as a client sees it. All say what fails, and what to do about it. */
#pragma once

#include <stdbool.h>

#include "roomctl/client.h"
#include "roomctl/history-data.h"

/* How much is asked for at a time. */
#define HISTORY_POINTS_MAX 10000
#define HISTORY_PAGE 1000

/* Something that was recorded. */
struct history_value {
	uint64_t usec; /* CLOCK_REALTIME */
	enum history_state state;
	double number;        /* of on and off: 1 and 0; NaN: there is none */
	char *text;           /* of a word; owned */
	uint64_t length_usec; /* so long it is the mean of; 0: it is what it was */
};

struct history_sum {
	uint64_t known_usec, on_usec, unavailable_usec;
	unsigned changes;      /* of what is on or off: how often it was switched on */
	double min, mean, max; /* NaN: none is known */
};

/* All series, without their points, in the order of the service; `ret` has nothing before. */
enum status history_read_series(struct client *client, struct history *ret);

/* The points of [since, until) in at most so many steps, instead of those that the series has. */
enum status history_read_points(struct client *client, uint64_t since_usec, uint64_t until_usec, size_t at_most,
                                struct history_series *series);

/* At most HISTORY_PAGE values of [since, until), in the order of recording, from a position on (0: all), which is then that of
 * the next ones; to be freed with history_values_free(). `ret_more`: there are more. */
enum status history_read_values(struct client *client, const struct history_series *series, uint64_t since_usec,
                                uint64_t until_usec, uint64_t *position, struct history_value **ret, size_t *ret_n, bool *ret_more);
void history_values_free(struct history_value *values, size_t n);

enum status history_read_sum(struct client *client, const struct history_series *series, uint64_t since_usec,
                             uint64_t until_usec, struct history_sum *ret);
