#define _GNU_SOURCE
#include "roomctl/history-plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "roomctl/history-axis.h"
#include "roomctl/history-columns.h"
#include "roomctl/history-grid.h"
#include "roomctl/history-scale.h"
#include "roomctl/history-title.h"
#include "client/text.h"

#define AXIS_ROWS 3
#define TITLE_ROWS 1
#define LEGEND_ROWS 1
#define NUMBER_ROWS_MIN 4
#define NUMBER_ROWS_MAX 16
#define COLUMNS_WITH_LABELS 12 /* with fewer, labels are left out */
#define SIDE_MAX 10000

enum mark {
	MARK_LINE,
	MARK_CORNER,
	MARK_TICK_LEFT,
	MARK_LEVEL,
	MARK_TICK_BELOW,
	MARK_UNAVAILABLE,
	MARK_LIMIT,
	MARK_ON,
	MARK_OFF,
	MARK_WORD,
	MARKS,
};

static const uint32_t marks[MARKS][2] = {
	[MARK_LINE] = { '|', 0x2502 },       [MARK_CORNER] = { '+', 0x2514 }, [MARK_TICK_LEFT] = { '+', 0x2524 },
	[MARK_LEVEL] = { '-', 0x2500 },      [MARK_TICK_BELOW] = { '+', 0x252c },
	[MARK_UNAVAILABLE] = { 'x', 0x2591 }, [MARK_LIMIT] = { '=', 0x2504 }, [MARK_ON] = { '#', 0x2588 },
	[MARK_OFF] = { '_', 0x2500 },        [MARK_WORD] = { '|', 0x2502 },
};

static const enum terminal_style mark_styles[MARKS] = {
	[MARK_UNAVAILABLE] = TERMINAL_BAD,
	[MARK_LIMIT] = TERMINAL_WARNING,
	[MARK_ON] = TERMINAL_GOOD,
};

struct plot {
	const struct history *history;
	const struct history_plot_format *format;
	FILE *stream;
	size_t margin, columns; /* in characters: the labels and the axis; the rest */
	size_t number_rows;
	struct history_column *data; /* for `columns` characters of dots */
	bool seen[MARKS], seen_gap;
};

static void put(struct plot *plot, struct history_grid *grid, size_t x, size_t y, enum mark mark)
{
	history_grid_put(grid, x, y, marks[mark][plot->format->utf8], mark_styles[mark]);
	plot->seen[mark] = true;
}

/* --- numbers --------------------------------------------------------------------------------- */

static struct history_scale scale_of(const struct plot *plot, const struct history_series *series)
{
	size_t rows = plot->number_rows, steps = rows / 2 > NUMBER_ROWS_MIN ? rows / 2 : NUMBER_ROWS_MIN - 1;
	double low = 0, high = 0;

	history_scale_range(series, &low, &high);
	return history_scale_for(low, high, steps, series->precision);
}

/* The dot, from the top, of a value. */
static size_t dot_of(const struct history_grid *grid, const struct history_scale *scale, double value)
{
	size_t last = grid->height * history_grid_dots_y(grid) - 1;

	return last - (size_t)lround(history_scale_place(scale, value) * (double)last);
}

static void draw_labels(struct plot *plot, struct history_grid *grid, const struct history_scale *scale)
{
	for (size_t i = 0; i <= scale->steps; i++) {
		char label[HISTORY_LABEL_SIZE];
		size_t y = dot_of(grid, scale, scale->low + (double)i * scale->step) / history_grid_dots_y(grid);
		size_t width = strlen(history_scale_label(scale, i, label));

		if (width + 1 > plot->margin)
			continue;
		history_grid_text(grid, plot->margin - 1 - width, y, label, TERMINAL_PLAIN);
		put(plot, grid, plot->margin - 1, y, MARK_TICK_LEFT);
	}
}

static void draw_limits(struct plot *plot, struct history_grid *grid, const struct history_series *series,
                        const struct history_scale *scale)
{
	for (size_t i = 0; i < series->limits_n; i++) {
		double value = series->limits[i].value;

		if (!(value >= scale->low && value <= scale->high))
			continue;
		for (size_t x = 0; x < plot->columns; x++)
			put(plot, grid, plot->margin + x, dot_of(grid, scale, value) / history_grid_dots_y(grid), MARK_LIMIT);
	}
}

/* All it was within the column, from where it was before. */
static void draw_dots(struct plot *plot, struct history_grid *grid, const struct history_scale *scale, size_t i)
{
	const struct history_column *column = &plot->data[i];
	size_t top = dot_of(grid, scale, column->max), bottom = dot_of(grid, scale, column->min);

	if (i > 0 && history_column_has_number(column - 1) && isfinite(column[-1].last)) {
		size_t before = dot_of(grid, scale, column[-1].last);

		top = before < top ? before : top;
		bottom = before > bottom ? before : bottom;
	}
	for (size_t y = top; y <= bottom; y++)
		history_grid_dot(grid, plot->margin * history_grid_dots_x(grid) + i, y, TERMINAL_GOOD);
}

/* What nothing is known of in this column of characters: HISTORY_KNOWN, if something is. */
static enum history_state state_of(const struct plot *plot, size_t x, size_t dots_x)
{
	enum history_state state = HISTORY_GAP;

	for (size_t i = x * dots_x; i < (x + 1) * dots_x; i++)
		if (plot->data[i].state == HISTORY_KNOWN)
			return HISTORY_KNOWN;
		else if (plot->data[i].state == HISTORY_UNAVAILABLE)
			state = HISTORY_UNAVAILABLE;
	return state;
}

static void draw_absence(struct plot *plot, struct history_grid *grid, size_t dots_x)
{
	for (size_t x = 0; x < plot->columns; x++) {
		enum history_state state = state_of(plot, x, dots_x);

		plot->seen_gap |= state == HISTORY_GAP;
		for (size_t y = 0; state == HISTORY_UNAVAILABLE && y < grid->height; y++)
			put(plot, grid, plot->margin + x, y, MARK_UNAVAILABLE);
	}
}

static void draw_number(struct plot *plot, struct history_grid *grid, const struct history_series *series)
{
	struct history_scale scale = scale_of(plot, series);
	size_t n = plot->columns * history_grid_dots_x(grid);
	double low, high;

	history_columns_fill(plot->history, series, plot->data, n);
	if (history_scale_range(series, &low, &high)) {
		draw_labels(plot, grid, &scale);
		draw_limits(plot, grid, series, &scale);
	}
	draw_absence(plot, grid, history_grid_dots_x(grid));
	for (size_t i = 0; i < n; i++)
		if (history_column_has_number(&plot->data[i]))
			draw_dots(plot, grid, &scale, i);
}

/* --- on and off, and words ------------------------------------------------------------------- */

/* How much of the time it was on, as a block of that height; at least the lowest if it was on at all. */
static void draw_share(struct plot *plot, struct history_grid *grid, size_t x, double share)
{
	double eighths = fmax(1, round(share * 8));

	if (!(share > 0)) {
		put(plot, grid, x, 0, MARK_OFF);
		return;
	}
	put(plot, grid, x, 0, MARK_ON);
	if (plot->format->utf8)
		history_grid_put(grid, x, 0, 0x2580 + (uint32_t)eighths, mark_styles[MARK_ON]);
	else if (share < 0.5)
		history_grid_put(grid, x, 0, '.', mark_styles[MARK_ON]);
}

static void draw_bar(struct plot *plot, struct history_grid *grid, const struct history_series *series)
{
	history_columns_fill(plot->history, series, plot->data, plot->columns);
	draw_absence(plot, grid, 1);
	for (size_t x = 0; x < plot->columns; x++)
		if (plot->data[x].state == HISTORY_KNOWN)
			draw_share(plot, grid, plot->margin + x, plot->data[x].on_share);
}

/* The first column behind those that have the same word as `x`. */
static size_t end_of_word(const struct plot *plot, size_t x)
{
	size_t end = x + 1;

	while (end < plot->columns && plot->data[end].state == plot->data[x].state &&
	       history_column_same_word(&plot->data[x], &plot->data[end]))
		end++;
	return end;
}

/* A word, from where it began to hold, and a line to where it ended. */
static void draw_word(struct plot *plot, struct history_grid *grid, size_t x, size_t end)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(plot->data[x].text ? plot->data[x].text : "");

	put(plot, grid, plot->margin + x, 0, MARK_WORD);
	for (size_t i = x + 1; i < end; i++)
		put(plot, grid, plot->margin + i, 0, MARK_LEVEL);
	if (escaped && text_width(escaped) < end - x)
		history_grid_text(grid, plot->margin + x + 1, 0, escaped, TERMINAL_PLAIN);
}

static void draw_words(struct plot *plot, struct history_grid *grid, const struct history_series *series)
{
	size_t end;

	history_columns_fill(plot->history, series, plot->data, plot->columns);
	draw_absence(plot, grid, 1);
	for (size_t x = 0; x < plot->columns; x = end) {
		end = end_of_word(plot, x);
		if (plot->data[x].state == HISTORY_KNOWN)
			draw_word(plot, grid, x, end);
	}
}

/* --- the whole ------------------------------------------------------------------------------- */

/* Cut to the width; in ASCII, if it has to be. */
static int print_line(const struct plot *plot, const char *text, enum terminal_style style)
{
	_cleanup_(cleanup_free) char *cut = text_ellipsize(text, plot->format->width);

	if (!cut)
		return -ENOMEM;
	if (!plot->format->utf8)
		text_make_ascii(cut);
	terminal_print(plot->format->terminal, plot->stream, style, cut);
	fputc('\n', plot->stream);
	return 0;
}

static int print_title(const struct plot *plot, const struct history_series *series)
{
	_cleanup_(cleanup_free) char *title = history_title(series);

	return title ? print_line(plot, title, TERMINAL_BOLD) : -ENOMEM;
}

static int draw_series(struct plot *plot, const struct history_series *series)
{
	_cleanup_(history_grid_deinit) struct history_grid grid = { 0 };
	int r;

	r = history_grid_init(&grid, plot->margin + plot->columns, series->type == 'd' ? plot->number_rows : 1,
	                      plot->format->utf8);
	if (r >= 0)
		r = print_title(plot, series);
	if (r < 0)
		return r;
	for (size_t y = 0; plot->margin > 0 && y < grid.height; y++)
		put(plot, &grid, plot->margin - 1, y, MARK_LINE);
	if (series->type == 'd')
		draw_number(plot, &grid, series);
	else if (series->type == 'b')
		draw_bar(plot, &grid, series);
	else
		draw_words(plot, &grid, series);
	for (size_t y = 0; y < grid.height; y++)
		history_grid_print_row(&grid, y, plot->format->terminal, plot->stream);
	return 0;
}

/* A text below the axis, if there is room for all of it and a space. */
static void put_text(struct history_grid *grid, size_t x, size_t y, const char *text)
{
	size_t n = strlen(text);

	if (x + n <= grid->width && history_grid_is_free(grid, x > 0 ? x - 1 : x, y, n + 2))
		history_grid_text(grid, x, y, text, TERMINAL_PLAIN);
}

static int draw_axis(struct plot *plot)
{
	_cleanup_(history_grid_deinit) struct history_grid grid = { 0 };
	struct history_tick ticks[HISTORY_TICKS_MAX];
	uint64_t since = plot->history->since_usec, until = plot->history->until_usec;
	char start[HISTORY_TICK_SIZE];
	size_t n = history_axis_ticks(since, until, plot->columns, ticks, start);
	int r = history_grid_init(&grid, plot->margin + plot->columns, AXIS_ROWS, plot->format->utf8);

	if (r < 0)
		return r;
	if (plot->margin > 0)
		put(plot, &grid, plot->margin - 1, 0, MARK_CORNER);
	for (size_t x = 0; x < plot->columns; x++)
		put(plot, &grid, plot->margin + x, 0, MARK_LEVEL);
	for (size_t i = 0; i < n; i++) {
		size_t x = plot->margin + history_axis_column(since, until, plot->columns, ticks[i].usec);

		put(plot, &grid, x, 0, MARK_TICK_BELOW);
		put_text(&grid, x, 1, ticks[i].label);
		put_text(&grid, x, 2, ticks[i].context);
	}
	put_text(&grid, plot->margin, 2, start);
	for (size_t y = 0; y < AXIS_ROWS; y++)
		history_grid_print_row(&grid, y, plot->format->terminal, plot->stream);
	return 0;
}

static void add_legend(const struct plot *plot, FILE *stream)
{
	static const struct {
		enum mark mark;
		const char *ascii, *utf8, *about;
	} rows[] = {
		{ MARK_ON, "#", "\u2588", "on" },
		{ MARK_OFF, "_", "\u2500", "off" },
		{ MARK_LIMIT, "=", "\u2504", "limit" },
		{ MARK_UNAVAILABLE, "x", "\u2591", "unavailable" },
	};
	const char *before = "";

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (!plot->seen[rows[i].mark])
			continue;
		fprintf(stream, "%s%s %s", before, plot->format->utf8 ? rows[i].utf8 : rows[i].ascii, rows[i].about);
		before = "   ";
	}
	if (plot->seen_gap)
		fprintf(stream, "%sempty: nothing is known", before);
}

static int print_legend(const struct plot *plot)
{
	_cleanup_(cleanup_free) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -ENOMEM;
	add_legend(plot, stream);
	if (fclose(stream) != 0)
		return -ENOMEM;
	return *text ? print_line(plot, text, TERMINAL_PLAIN) : 0;
}

/* How many rows the numbers get: what the rest leaves, the same for each. */
static size_t rows_for_numbers(const struct history *history, const struct history_plot_format *format)
{
	size_t taken = AXIS_ROWS + (format->legend ? LEGEND_ROWS : 0), numbers = 0, rows;

	for (size_t i = 0; i < history->n; i++) {
		bool number = history->series[i].type == 'd';

		taken += TITLE_ROWS + !number;
		numbers += number;
	}
	rows = numbers > 0 && format->height > taken ? (format->height - taken) / numbers : 0;
	return rows < NUMBER_ROWS_MIN ? NUMBER_ROWS_MIN : rows > NUMBER_ROWS_MAX ? NUMBER_ROWS_MAX : rows;
}

/* As wide as the widest label of all, and the axis. */
static size_t margin_for(const struct plot *plot)
{
	size_t widest = 0;

	for (size_t i = 0; i < plot->history->n; i++) {
		const struct history_series *series = &plot->history->series[i];
		struct history_scale scale = scale_of(plot, series);

		for (size_t j = 0; series->type == 'd' && j <= scale.steps; j++) {
			char label[HISTORY_LABEL_SIZE];
			size_t width = strlen(history_scale_label(&scale, j, label));

			widest = width > widest ? width : widest;
		}
	}
	if (plot->format->width >= widest + 1 + COLUMNS_WITH_LABELS)
		return widest + 1;
	return plot->format->width > 1 ? 1 : 0;
}

size_t history_plot_steps(const struct history_plot_format *format)
{
	return format->width * 2;
}

int history_plot(const struct history *history, const struct history_plot_format *format, FILE *stream)
{
	_cleanup_(cleanup_free) struct history_column *data = NULL;
	struct plot plot = { .history = history, .format = format, .stream = stream };
	int r = 0;

	if (format->width == 0 || format->width > SIDE_MAX || history->since_usec >= history->until_usec)
		return -EINVAL;
	plot.number_rows = rows_for_numbers(history, format);
	plot.margin = margin_for(&plot);
	plot.columns = format->width - plot.margin;
	plot.data = data = calloc(history_plot_steps(format), sizeof *data);
	if (!data)
		return -ENOMEM;
	for (size_t i = 0; r >= 0 && i < history->n; i++)
		r = draw_series(&plot, &history->series[i]);
	if (r >= 0)
		r = draw_axis(&plot);
	if (r >= 0 && format->legend)
		r = print_legend(&plot);
	return r;
}
