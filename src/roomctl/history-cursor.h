/* Goes through the recorded values of several series in the order of time. Keeps only one page of each series
 * in memory. */
#pragma once

#include "roomctl/history-client.h"

struct history_cursor;

/* Makes a cursor over the series of `history`, which outlives it, from its since to its until. STATUS_FAILED,
 * with a message: no memory. */
enum status history_cursor_new(struct client *client, const struct history *history, struct history_cursor **ret);
struct history_cursor *history_cursor_free(struct history_cursor *cursor);
DEFINE_CLEANUP(struct history_cursor *, history_cursor_free);

/* The next value and its series, valid until the next call. `*ret_value` is NULL after the last one. Prints
 * errors. */
enum status history_cursor_next(struct history_cursor *cursor, const struct history_series **ret_series,
                                const struct history_value **ret_value);
