#define _GNU_SOURCE
#include "roomctl/history-values.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "roomctl/history-cursor.h"
#include "roomctl/history-sum.h"
#include "client/text.h"
#include "roomctl/times.h"
#include "util/clock.h"
#include "util/timespan.h"

#define TIME_WIDTH 19
#define GAP "  "

static const char *const state_words[] = {
	[HISTORY_KNOWN] = "known",
	[HISTORY_GAP] = "gap",
	[HISTORY_UNAVAILABLE] = "unavailable",
};

/* The reader has gone, or the disk is full: there is no use in going on. */
static enum status check_output(void)
{
	return ferror(stdout) ? STATUS_FAILED : STATUS_DONE;
}

/* --- for people ------------------------------------------------------------------------------ */

/* "21.5 °C", "yes", "auto", "unavailable". To be freed. */
static char *value_to_text(const struct history_series *series, const struct history_value *value)
{
	const char *unit = series->unit;
	char *text;

	if (value->state != HISTORY_KNOWN)
		return strdup(value->state == HISTORY_GAP ? "nothing is known from here on" : "unavailable");
	if (series->type == 's')
		return strdup(value->text);
	if (series->type == 'b')
		return strdup(value->number > 0 ? "yes" : "no");
	if (asprintf(&text, "%.*f%s%s%s", (int)series->precision, value->number, *unit ? " " : "", unit,
	             value->length_usec > 0 ? ", mean" : "") < 0)
		return NULL;
	return text;
}

struct columns {
	size_t component, property; /* how wide they are */
};

static void print_cell(const char *text, size_t width)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(text);
	size_t is = escaped ? text_width(escaped) : 0;

	printf("%s%*s" GAP, escaped ? escaped : "", (int)(width > is ? width - is : 0), "");
}

static void print_row(const struct columns *columns, const char *time, const char *component, const char *property,
                      const char *value)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(value);

	print_cell(time, TIME_WIDTH);
	print_cell(component, columns->component);
	print_cell(property, columns->property);
	printf("%s\n", escaped ? escaped : "");
}

static enum status print_value(const struct columns *columns, const struct history_series *series,
                               const struct history_value *value)
{
	_cleanup_(cleanup_free) char *time = time_to_date(value->usec), *text = value_to_text(series, value);

	if (!time || !text)
		return say_no_memory();
	print_row(columns, time, series->component, series->property, text);
	return check_output();
}

/* What it was at the beginning, and has not changed since: a row of its own. */
static enum status print_first(struct client *client, const struct history *history, const struct columns *columns,
                               struct history_series *series, bool *any)
{
	struct history_value value = { .usec = history->since_usec };
	const struct history_point *point;
	enum status status;
	char nothing[] = "";

	status = history_read_points(client, history->since_usec, history->since_usec + 1, 1, series);
	if (status != STATUS_DONE || series->n == 0 || series->points[0].state == HISTORY_GAP)
		return status;
	point = &series->points[0];
	value.state = point->state;
	value.number = series->type == 'b' ? point->on_usec > 0 : point->last;
	value.text = point->text ? point->text : nothing;
	*any = true;
	return print_value(columns, series, &value);
}

static struct columns columns_of(const struct client *client, const struct history *history)
{
	bool titles = !client->line->no_legend;
	struct columns columns = { titles ? strlen("COMPONENT") : 0, titles ? strlen("PROPERTY") : 0 };

	for (size_t i = 0; i < history->n; i++) {
		size_t component = text_width(history->series[i].component), property = text_width(history->series[i].property);

		columns.component = component > columns.component ? component : columns.component;
		columns.property = property > columns.property ? property : columns.property;
	}
	return columns;
}

/* Each value of the cursor, until nobody reads on. */
static enum status for_each(struct client *client, const struct history *history,
                            enum status (*print)(void *how, const struct history_series *series,
                                                 const struct history_value *value),
                            void *how, bool *any)
{
	_cleanup_(history_cursor_freep) struct history_cursor *cursor = NULL;
	enum status status = history_cursor_new(client, history, &cursor);

	while (status == STATUS_DONE) {
		const struct history_series *series;
		const struct history_value *value;

		status = history_cursor_next(cursor, &series, &value);
		if (status != STATUS_DONE || !value)
			return status;
		*any = true;
		status = print(how, series, value);
	}
	return status;
}

static enum status print_in_table(void *how, const struct history_series *series, const struct history_value *value)
{
	return print_value(how, series, value);
}

enum status history_print_table(struct client *client, const struct history *history, bool *ret_any)
{
	struct columns columns = columns_of(client, history);
	enum status status = STATUS_DONE;

	*ret_any = false;
	if (!client->line->no_legend)
		print_row(&columns, "TIME", "COMPONENT", "PROPERTY", "VALUE");
	for (size_t i = 0; status == STATUS_DONE && i < history->n; i++)
		status = print_first(client, history, &columns, &history->series[i], ret_any);
	return status == STATUS_DONE ? for_each(client, history, print_in_table, &columns, ret_any) : status;
}

/* --- for spreadsheets ------------------------------------------------------------------------ */

void history_write_field(FILE *stream, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stream);
		return;
	}
	fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', stream);
		fputc(*text, stream);
	}
	fputc('"', stream);
}

static enum status print_in_csv(void *how, const struct history_series *series, const struct history_value *value)
{
	char time[CLOCK_RFC3339_SIZE], number[32] = "";

	(void)how;
	clock_format_rfc3339(value->usec * NSEC_PER_USEC, time);
	if (value->state == HISTORY_KNOWN && series->type != 's' && isfinite(value->number))
		snprintf(number, sizeof number, "%.15g", value->number);
	printf("%s,", time);
	history_write_field(stdout, series->component);
	putchar(',');
	history_write_field(stdout, series->property);
	putchar(',');
	history_write_field(stdout, series->type == 's' && value->state == HISTORY_KNOWN ? value->text : number);
	putchar(',');
	history_write_field(stdout, series->unit);
	printf(",%s,%" PRIu64 "\r\n", state_words[value->state], value->length_usec / USEC_PER_SEC);
	return check_output();
}

enum status history_print_csv(struct client *client, const struct history *history)
{
	bool any;

	if (!client->line->no_legend)
		fputs("time,component,property,value,unit,state,mean_of_seconds\r\n", stdout);
	return for_each(client, history, print_in_csv, NULL, &any);
}

/* --- for programs ---------------------------------------------------------------------------- */

static struct json_object *value_to_json(const struct history_series *series, const struct history_value *value)
{
	struct json_object *object = json_object_new_object(), *is = NULL;

	if (!object)
		return NULL;
	if (value->state == HISTORY_KNOWN && series->type == 's')
		is = json_object_new_string(value->text);
	else if (value->state == HISTORY_KNOWN && series->type == 'b')
		is = json_object_new_boolean(value->number > 0);
	else if (value->state == HISTORY_KNOWN && isfinite(value->number))
		is = json_object_new_double(value->number);
	json_add(object, "time", json_object_new_uint64(value->usec));
	json_add_text(object, "state", state_words[value->state]);
	json_add(object, "value", is);
	if (value->length_usec > 0)
		json_add(object, "mean_of_usec", json_object_new_uint64(value->length_usec));
	return object;
}

static struct json_object *limits_to_json(const struct history_series *series)
{
	struct json_object *limits = json_object_new_object();

	for (size_t i = 0; limits && i < series->limits_n; i++)
		json_add(limits, series->limits[i].word, json_object_new_double(series->limits[i].value));
	return limits;
}

static struct json_object *series_to_json(const struct history_series *series)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_add_text(object, "component", series->component);
	json_add_text(object, "property", series->property);
	json_add_text(object, "type", (char[]){ series->type, '\0' });
	json_add_text(object, "class", series->class);
	json_add_text(object, "unit", series->unit);
	json_add(object, "precision", json_object_new_int64(series->precision));
	json_add(object, "limits", limits_to_json(series));
	return object;
}

/* An object, but for so many letters at its end. Takes it over. */
static enum status print_piece(struct json_object *object, size_t without)
{
	const char *json = object ? json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
	                          : NULL;
	_cleanup_(cleanup_free) char *escaped = json ? text_escape_json(json) : NULL;

	json_free(object);
	if (!escaped)
		return say_no_memory();
	printf("%.*s", (int)(strlen(escaped) - without), escaped);
	return check_output();
}

struct json_list {
	const char *before; /* the next one */
	const char *between;
};

static enum status print_in_json(void *how, const struct history_series *series, const struct history_value *value)
{
	struct json_list *list = how;

	fputs(list->before, stdout);
	list->before = list->between;
	return print_piece(value_to_json(series, value), 0);
}

static enum status print_values_json(struct client *client, const struct history *history, struct history_series *series)
{
	bool pretty = client->line->json == JSON_PRETTY, any;
	struct json_list list = { pretty ? "\n      " : "", pretty ? ",\n      " : "," };
	struct history single = { history->since_usec, history->until_usec, series, 1 };
	enum status status;

	fputs(",\"values\":[", stdout);
	status = for_each(client, &single, print_in_json, &list, &any);
	fputs("]}", stdout);
	return status;
}

static enum status print_sum_json(struct client *client, const struct history *history, const struct history_series *series)
{
	struct history_sum sum = { 0 };
	enum status status = history_read_sum(client, series, history->since_usec, history->until_usec, &sum);

	if (status != STATUS_DONE)
		return status;
	fputs(",\"sum\":", stdout);
	status = print_piece(history_sum_to_json(history, series, &sum), 0);
	fputs("}", stdout);
	return status;
}

enum status history_print_json(struct client *client, const struct history *history, bool sums)
{
	const char *before = client->line->json == JSON_PRETTY ? "\n  " : "";
	enum status status = STATUS_DONE;

	printf("{\"since\":%" PRIu64 ",\"until\":%" PRIu64 ",\"series\":[", history->since_usec, history->until_usec);
	for (size_t i = 0; status == STATUS_DONE && i < history->n; i++) {
		printf("%s%s", i > 0 ? "," : "", before);
		status = print_piece(series_to_json(&history->series[i]), 1);
		if (status == STATUS_DONE)
			status = sums ? print_sum_json(client, history, &history->series[i])
			              : print_values_json(client, history, &history->series[i]);
	}
	fputs("]}\n", stdout);
	return status;
}
