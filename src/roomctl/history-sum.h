/* The sums of each series in one line: how long, how often, how much. */
#pragma once

#include "roomctl/history-client.h"

/* Prints a table for people. All functions here print errors. `ret_any`: something is known. */
enum status history_print_sums(struct client *client, const struct history *history, bool *ret_any);

/* The same as CSV (RFC 4180), with a line of titles. */
enum status history_print_sums_csv(struct client *client, const struct history *history);

/* The same as JSON; values that are not known are null. NULL: no memory. */
struct json_object *history_sum_to_json(const struct history *history, const struct history_series *series,
                                        const struct history_sum *sum);
