/* The columns of a picture: each one sums up all that happened in its part of the time. Pure. */
#pragma once

#include <stdbool.h>

#include "roomctl/history-data.h"

struct history_column {
	enum history_state state;
	double min, mean, max, last; /* of a number; the mean by time */
	double on_share;             /* of on/off properties: the share of the known time, from 0 to 1 */
	const char *text;            /* of a word: the last one, which lives as long as the series; NULL: none */
};

/* Fills `n` columns with the history's whole time. A column is known if anything in it is known; else
 * unavailable if the component was unavailable in it; else it is a gap. Without a point it is a gap, too. */
void history_columns_fill(const struct history *history, const struct history_series *series,
                          struct history_column *columns, size_t n);

/* True if the column has a number that can be drawn. */
bool history_column_has_number(const struct history_column *column);

/* True if both columns have the same word. A column without a word counts as having an empty one. */
bool history_column_same_word(const struct history_column *one, const struct history_column *other);
