#include "roomctl/history-cursor.h"

#include <stdlib.h>

/* A series, and the page of it that is there. */
struct lane {
	const struct history_series *series;
	struct history_value *values;
	size_t n, next;
	uint64_t since_usec; /* from where the next page is asked for */
	size_t had;          /* so many of this very time were in the page before */
	bool more;
};

struct history_cursor {
	struct client *client;
	uint64_t until_usec;
	struct lane *lanes;
	size_t n;
};

enum status history_cursor_new(struct client *client, const struct history *history, struct history_cursor **ret)
{
	_cleanup_(history_cursor_freep) struct history_cursor *cursor = calloc(1, sizeof *cursor);

	if (!cursor)
		return say_no_memory();
	*cursor = (struct history_cursor){ .client = client, .until_usec = history->until_usec };
	cursor->lanes = calloc(history->n + 1, sizeof *cursor->lanes);
	if (!cursor->lanes)
		return say_no_memory();
	cursor->n = history->n;
	for (size_t i = 0; i < history->n; i++)
		cursor->lanes[i] = (struct lane){ .series = &history->series[i], .since_usec = history->since_usec, .more = true };
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

/* Where the page after this one begins: at the latest time, of which some may be still to come. Always later than this one's
 * beginning, or there would be no end. */
static void plan_next(struct lane *lane)
{
	uint64_t latest = lane->since_usec;
	size_t at_latest = 0;

	for (size_t i = 0; i < lane->n; i++) {
		uint64_t usec = lane->values[i].usec;

		at_latest = usec > latest ? 1 : at_latest + (usec == latest);
		latest = usec > latest ? usec : latest;
	}
	lane->had = latest > lane->since_usec ? at_latest : 0;
	lane->since_usec = latest > lane->since_usec ? latest : lane->since_usec + 1;
}

/* The next page, if all of this one is done. */
static enum status fill(struct history_cursor *cursor, struct lane *lane)
{
	while (lane->next >= lane->n && lane->more) {
		enum status status;
		size_t had = lane->had;

		history_values_free(lane->values, lane->n);
		lane->values = NULL;
		lane->n = 0;
		lane->more = lane->since_usec < cursor->until_usec;
		if (!lane->more)
			return STATUS_DONE;
		status = history_read_values(cursor->client, lane->series, lane->since_usec, cursor->until_usec,
		                             &lane->values, &lane->n, &lane->more);
		if (status != STATUS_DONE)
			return status;
		lane->next = had < lane->n ? had : lane->n;
		plan_next(lane);
	}
	return STATUS_DONE;
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
