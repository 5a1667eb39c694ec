#define _GNU_SOURCE
#include "roomctl/history-title.h"

#include <stdio.h>

#include "roomctl/history-scale.h"
#include "client/text.h"
#include "util/clock.h"
#include "util/timespan.h"

static void add_numbers(const struct history_series *series, FILE *stream)
{
	struct history_series bare = *series;
	double low, high;

	bare.limits_n = 0;
	if (!history_scale_range(&bare, &low, &high))
		fputs(": no reading", stream);
	else if (low < high)
		fprintf(stream, ": %.*f to %.*f", (int)series->precision, low, (int)series->precision, high);
	else
		fprintf(stream, ": %.*f", (int)series->precision, low);
	for (size_t i = 0; i < series->limits_n; i++)
		fprintf(stream, "%s%s %.15g", i == 0 ? "; limits: " : ", ", series->limits[i].word,
		        series->limits[i].value);
}

static void add_on(const struct history_series *series, FILE *stream)
{
	char span[TIMESPAN_TEXT_SIZE];
	uint64_t on_usec = 0, unit = 60 * USEC_PER_SEC;
	bool known = false;

	for (size_t i = 0; i < series->n; i++)
		if (series->points[i].state == HISTORY_KNOWN) {
			on_usec += series->points[i].on_usec;
			known = true;
		}
	unit = on_usec < 60 * unit ? USEC_PER_SEC : unit;
	if (!known)
		fputs(": not known", stream);
	else if (on_usec == 0)
		fputs(": never on", stream);
	else
		fprintf(stream, ": on for %s", timespan_format(on_usec < unit ? on_usec : on_usec / unit * unit, span));
}

char *history_title(const struct history_series *series)
{
	_cleanup_(cleanup_free) char *name = history_series_title(series), *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fputs(name ? name : "", stream);
	if (series->type == 'd')
		add_numbers(series, stream);
	else if (series->type == 'b')
		add_on(series, stream);
	if (fclose(stream) != 0 || !name)
		return NULL;
	return text_escape(text);
}
