#define _GNU_SOURCE
#include "roomctl/history-data.h"

#include <stdio.h>
#include <stdlib.h>

void history_series_clear(struct history_series *series)
{
	for (size_t i = 0; i < series->n; i++)
		free(series->points[i].text);
	free(series->points);
	series->points = NULL;
	series->n = 0;
}

void history_deinit(struct history *history)
{
	for (size_t i = 0; i < history->n; i++) {
		struct history_series *series = &history->series[i];

		history_series_clear(series);
		free(series->component);
		free(series->property);
		free(series->class);
		free(series->unit);
	}
	free(history->series);
	*history = (struct history){ 0 };
}

char *history_series_title(const struct history_series *series)
{
	const char *unit = series->unit ? series->unit : "";
	char *title;

	if (asprintf(&title, "%s %s%s%s%s", series->component, series->property, *unit ? " (" : "", unit,
	             *unit ? ")" : "") < 0)
		return NULL;
	return title;
}
