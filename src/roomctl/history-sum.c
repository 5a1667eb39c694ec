#include "roomctl/history-sum.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "roomctl/history-values.h"
#include "roomctl/print.h"
#include "roomctl/table.h"
#include "util/clock.h"
#include "util/timespan.h"

#define TEXT_SIZE 64
#define MINUTE_USEC (60 * USEC_PER_SEC)

/* What neither was known nor said to be unavailable. */
static uint64_t unknown_usec(const struct history *history, const struct history_sum *sum)
{
	uint64_t all = history->until_usec - history->since_usec, rest;

	if (__builtin_sub_overflow(all, sum->known_usec, &rest) || __builtin_sub_overflow(rest, sum->unavailable_usec, &rest))
		return 0;
	return rest;
}

/* --- for people ------------------------------------------------------------------------------ */

/* To the second, from an hour on to the minute; "-" for none. */
static const char *span_to_text(uint64_t usec, char buffer[static TIMESPAN_TEXT_SIZE])
{
	uint64_t unit = usec < 60 * MINUTE_USEC ? USEC_PER_SEC : MINUTE_USEC;

	if (usec == 0)
		return "-";
	return timespan_format(usec < unit ? usec : usec / unit * unit, buffer);
}

static const char *number_to_text(const struct history_series *series, double number, char buffer[static TEXT_SIZE])
{
	if (series->type != 'd' || !isfinite(number))
		return "-";
	snprintf(buffer, TEXT_SIZE, "%.*f", (int)series->precision, number);
	return buffer;
}

static int add_row(struct table *table, const struct history *history, const struct history_series *series,
                   const struct history_sum *sum)
{
	_cleanup_(cleanup_free) char *title = history_series_title(series);
	char on[TIMESPAN_TEXT_SIZE], unavailable[TIMESPAN_TEXT_SIZE], unknown[TIMESPAN_TEXT_SIZE], times[TEXT_SIZE] = "-";
	char min[TEXT_SIZE], mean[TEXT_SIZE], max[TEXT_SIZE];

	if (series->type != 'd')
		snprintf(times, sizeof times, "%u", sum->changes);
	return !title ? -1
	              : table_add(table,
	                          (const char *const[]){ title, series->type == 'b' ? span_to_text(sum->on_usec, on) : "-", times,
	                                                 number_to_text(series, sum->min, min),
	                                                 number_to_text(series, sum->mean, mean),
	                                                 number_to_text(series, sum->max, max),
	                                                 span_to_text(sum->unavailable_usec, unavailable),
	                                                 span_to_text(unknown_usec(history, sum), unknown) },
	                          TERMINAL_PLAIN);
}

enum status history_print_sums(struct client *client, const struct history *history, bool *ret_any)
{
	static const char *const titles[] = { "WHAT", "ON", "TIMES", "LEAST", "MEAN", "MOST", "UNAVAILABLE", "UNKNOWN", NULL };
	_cleanup_(table_freep) struct table *table = NULL;
	struct terminal terminal = print_look(client->line);
	enum status status = STATUS_DONE;
	int r = table_new(titles, &table);

	*ret_any = false;
	for (size_t i = 0; r >= 0 && i < history->n; i++) {
		struct history_sum sum = { 0 };

		status = history_read_sum(client, &history->series[i], history->since_usec, history->until_usec, &sum);
		if (status != STATUS_DONE)
			return status;
		*ret_any |= sum.known_usec > 0 || sum.unavailable_usec > 0;
		r = add_row(table, history, &history->series[i], &sum);
	}
	if (r >= 0 && *ret_any)
		r = table_print(table, stdout, &terminal, !client->line->no_legend);
	return r < 0 ? say_no_memory() : STATUS_DONE;
}

/* --- for spreadsheets ------------------------------------------------------------------------ */

static void print_number(double number)
{
	if (isfinite(number))
		printf(",%.15g", number);
	else
		putchar(',');
}

static void print_line(const struct history *history, const struct history_series *series, const struct history_sum *sum)
{
	double s = (double)USEC_PER_SEC;

	history_write_field(stdout, series->component);
	putchar(',');
	history_write_field(stdout, series->property);
	putchar(',');
	history_write_field(stdout, series->unit);
	printf(",%.15g,%.15g,%.15g,%.15g,%u", (double)sum->known_usec / s, (double)sum->on_usec / s,
	       (double)sum->unavailable_usec / s, (double)unknown_usec(history, sum) / s, sum->changes);
	print_number(sum->min);
	print_number(sum->mean);
	print_number(sum->max);
	fputs("\r\n", stdout);
}

enum status history_print_sums_csv(struct client *client, const struct history *history)
{
	enum status status = STATUS_DONE;

	if (!client->line->no_legend)
		fputs("component,property,unit,known_s,on_s,unavailable_s,unknown_s,times,min,mean,max\r\n", stdout);
	for (size_t i = 0; status == STATUS_DONE && i < history->n; i++) {
		struct history_sum sum = { 0 };

		status = history_read_sum(client, &history->series[i], history->since_usec, history->until_usec, &sum);
		if (status == STATUS_DONE)
			print_line(history, &history->series[i], &sum);
	}
	return status;
}

/* --- for programs ---------------------------------------------------------------------------- */

static struct json_object *number_to_json(double number)
{
	return isfinite(number) ? json_object_new_double(number) : NULL;
}

struct json_object *history_sum_to_json(const struct history *history, const struct history_series *series,
                                        const struct history_sum *sum)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_add(object, "known_usec", json_object_new_uint64(sum->known_usec));
	json_add(object, "unavailable_usec", json_object_new_uint64(sum->unavailable_usec));
	json_add(object, "unknown_usec", json_object_new_uint64(unknown_usec(history, sum)));
	json_add(object, "times", json_object_new_int64(sum->changes));
	if (series->type == 'b')
		json_add(object, "on_usec", json_object_new_uint64(sum->on_usec));
	if (series->type != 'd')
		return object;
	json_add(object, "min", number_to_json(sum->min));
	json_add(object, "mean", number_to_json(sum->mean));
	json_add(object, "max", number_to_json(sum->max));
	return object;
}
