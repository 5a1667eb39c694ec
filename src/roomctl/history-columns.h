/* What is known, brought to the columns of a picture: each gets all that happened in its part of the time. Pure. */
#pragma once

#include <stdbool.h>

#include "roomctl/history-data.h"

struct history_column {
	enum history_state state;
	double min, mean, max, last; /* of a number; the mean by time */
	double on_share;             /* of what is on or off: from 0 to 1, of the time that is known */
	const char *text;            /* of a word: the last one, which lives as long as the series; NULL: none */
};

/* Fills `n` columns of the history's whole time. A column in which something is known is known; else one in which it was
 * unavailable is that; else it is a gap, as it is where no point is. */
void history_columns_fill(const struct history *history, const struct history_series *series,
                          struct history_column *columns, size_t n);

/* Whether it has a number that can be drawn. */
bool history_column_has_number(const struct history_column *column);

/* Whether both have the same word; that of a column without one is empty. */
bool history_column_same_word(const struct history_column *one, const struct history_column *other);
