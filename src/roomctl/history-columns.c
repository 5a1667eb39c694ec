#include "roomctl/history-columns.h"

#include <math.h>
#include <string.h>

/* The time of the column. */
static uint64_t edge(const struct history *history, size_t i, size_t n)
{
	return history->since_usec +
	       (uint64_t)((double)(history->until_usec - history->since_usec) * ((double)i / (double)n));
}

static uint64_t overlap(const struct history_point *point, uint64_t begin, uint64_t end)
{
	uint64_t first = point->begin_usec > begin ? point->begin_usec : begin;
	uint64_t last = point->end_usec < end ? point->end_usec : end;

	return last > first ? last - first : 0;
}

static void add_number(struct history_column *column, const struct history_point *point, bool first)
{
	column->min = first ? point->min : fmin(column->min, point->min);
	column->max = first ? point->max : fmax(column->max, point->max);
	column->last = point->last;
}

/* What of the point is in the column. */
struct part {
	uint64_t known_usec;
	double on_usec, mean;
	bool any;
};

static void add(struct history_column *column, struct part *part, const struct history_point *point, uint64_t usec)
{
	uint64_t length = point->end_usec - point->begin_usec;

	if (point->state == HISTORY_UNAVAILABLE && column->state == HISTORY_GAP)
		column->state = HISTORY_UNAVAILABLE;
	if (point->state != HISTORY_KNOWN)
		return;
	column->state = HISTORY_KNOWN;
	add_number(column, point, !part->any);
	part->any = true;
	part->known_usec += usec;
	part->mean += (point->mean - part->mean) * ((double)usec / (double)part->known_usec);
	part->on_usec += fmin(1, (double)point->on_usec / (double)length) * (double)usec;
	if (point->text)
		column->text = point->text;
}

/* Of the point at `*i` and those behind it; `*i` moves to the first that goes beyond the column. */
static void fill(const struct history_series *series, size_t *i, uint64_t begin, uint64_t end,
                 struct history_column *column)
{
	struct part part = { 0 };

	*column = (struct history_column){ .state = HISTORY_GAP, .min = NAN, .mean = NAN, .max = NAN, .last = NAN };
	while (*i < series->n && series->points[*i].end_usec <= begin)
		(*i)++;
	for (size_t j = *i; j < series->n && series->points[j].begin_usec < end; j++) {
		uint64_t usec = overlap(&series->points[j], begin, end);

		if (usec > 0)
			add(column, &part, &series->points[j], usec);
	}
	if (part.known_usec == 0)
		return;
	column->on_share = part.on_usec / (double)part.known_usec;
	column->mean = part.mean;
}

void history_columns_fill(const struct history *history, const struct history_series *series,
                          struct history_column *columns, size_t n)
{
	size_t i = 0;

	for (size_t column = 0; column < n; column++) {
		uint64_t begin = edge(history, column, n), end = edge(history, column + 1, n);

		fill(series, &i, begin, end > begin ? end : begin + 1, &columns[column]);
	}
}

bool history_column_has_number(const struct history_column *column)
{
	return column->state == HISTORY_KNOWN && isfinite(column->min) && isfinite(column->mean) && isfinite(column->max);
}

bool history_column_same_word(const struct history_column *one, const struct history_column *other)
{
	return strcmp(one->text ? one->text : "", other->text ? other->text : "") == 0;
}
