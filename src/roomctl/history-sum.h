/* How long, how often, how much: each series in one line. */
#pragma once

#include "roomctl/history-client.h"

/* A table for people; all say what fails. `ret_any`: something is known. */
enum status history_print_sums(struct client *client, const struct history *history, bool *ret_any);

/* RFC 4180, with a line of titles. */
enum status history_print_sums_csv(struct client *client, const struct history *history);

/* As JSON; what is not known is null. NULL: no memory. */
struct json_object *history_sum_to_json(const struct history *history, const struct history_series *series,
                                        const struct history_sum *sum);
