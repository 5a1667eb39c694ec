/* What was recorded of several series, one by one in the order of time, a page of each in memory at a time. */
#pragma once

#include "roomctl/history-client.h"

struct history_cursor;

/* Of the series of `history`, which outlives it, from its since to its until. STATUS_FAILED, said: no memory. */
enum status history_cursor_new(struct client *client, const struct history *history, struct history_cursor **ret);
struct history_cursor *history_cursor_free(struct history_cursor *cursor);
DEFINE_CLEANUP(struct history_cursor *, history_cursor_free);

/* The next one: of which series, and what, valid until the next call. `*ret_value` is NULL after the last one. What fails is
 * said. */
enum status history_cursor_next(struct history_cursor *cursor, const struct history_series **ret_series,
                                const struct history_value **ret_value);
