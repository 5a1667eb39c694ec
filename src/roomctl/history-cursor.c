#include "roomctl/history-cursor.h"

#include <stdlib.h>

/* A series, and the page of it that is there. */
struct lane {
	const struct history_series *series;
	struct history_value *values;
	size_t n, next;
	uint64_t position; /* of the page after it */
	bool more;
};

struct history_cursor {
	struct client *client;
	uint64_t since_usec, until_usec;
	struct lane *lanes;
	size_t n;
};

enum status history_cursor_new(struct client *client, const struct history *history, struct history_cursor **ret)
{
	_cleanup_(history_cursor_freep) struct history_cursor *cursor = calloc(1, sizeof *cursor);

	if (!cursor)
		return say_no_memory();
	*cursor = (struct history_cursor){ .client = client, .since_usec = history->since_usec, .until_usec = history->until_usec };
	cursor->lanes = calloc(history->n + 1, sizeof *cursor->lanes);
	if (!cursor->lanes)
		return say_no_memory();
	cursor->n = history->n;
	for (size_t i = 0; i < history->n; i++)
		cursor->lanes[i] = (struct lane){ .series = &history->series[i], .more = true };
	*ret = TAKE_PTR(cursor);
	return STATUS_DONE;
}

struct history_cursor *history_cursor_free(struct history_cursor *cursor)
{
	if (!cursor)
		return NULL;
	for (size_t i = 0; i < cursor->n; i++)
		history_values_free(cursor->lanes[i].values, cursor->lanes[i].n);
	free(cursor->lanes);
	free(cursor);
	return NULL;
}

/* The next page, if all of this one is done. */
static enum status fill(const struct history_cursor *cursor, struct lane *lane)
{
	if (lane->next < lane->n || !lane->more)
		return STATUS_DONE;
	history_values_free(lane->values, lane->n);
	lane->values = NULL;
	lane->n = lane->next = 0;
	return history_read_values(cursor->client, lane->series, cursor->since_usec, cursor->until_usec, &lane->position,
	                           &lane->values, &lane->n, &lane->more);
}

enum status history_cursor_next(struct history_cursor *cursor, const struct history_series **ret_series,
                                const struct history_value **ret_value)
{
	struct lane *first = NULL;

	*ret_value = NULL;
	for (size_t i = 0; i < cursor->n; i++) {
		struct lane *lane = &cursor->lanes[i];
		enum status status = fill(cursor, lane);

		if (status != STATUS_DONE)
			return status;
		if (lane->next < lane->n && (!first || lane->values[lane->next].usec < first->values[first->next].usec))
			first = lane;
	}
	if (!first)
		return STATUS_DONE;
	*ret_series = first->series;
	*ret_value = &first->values[first->next++];
	return STATUS_DONE;
}
