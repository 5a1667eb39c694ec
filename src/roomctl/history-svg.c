#define _GNU_SOURCE
#include "roomctl/history-svg.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "roomctl/history-axis.h"
#include "roomctl/history-columns.h"
#include "roomctl/history-scale.h"
#include "roomctl/history-title.h"
#include "client/text.h"
#include "roomctl/times.h"
#include "util/clock.h"

#define LEFT 64
#define RIGHT 16
#define TOP 12
#define TITLE_HEIGHT 18
#define NUMBER_HEIGHT 120
#define BAR_HEIGHT 20
#define PANEL_GAP 16
#define AXIS_HEIGHT 40
#define LEGEND_HEIGHT 20
#define NUMBER_STEPS 4
#define LETTER 7 /* about as wide as one */
#define FONTS "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

struct svg {
	const struct history *history;
	FILE *stream;
	struct history_column *columns; /* HISTORY_SVG_STEPS */
	int y;                          /* the upper end of what is drawn next */
};

/* Escaped as text.h has it, and what XML would take for its own. */
static void write_text(FILE *stream, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", stream);
			break;
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		default:
			fputc(*text, stream);
		}
}

static void text_at(const struct svg *svg, double x, double y, const char *anchor, const char *more, const char *text)
{
	fprintf(svg->stream, "  <text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>", x, y, anchor, more);
	write_text(svg->stream, text);
	fputs("</text>\n", svg->stream);
}

/* --- columns in a row that are alike --------------------------------------------------------- */

static bool same_share(const struct history_column *one, const struct history_column *other)
{
	return fabs(one->on_share - other->on_share) < 0.01 && (one->on_share > 0) == (other->on_share > 0);
}

static bool same_state(const struct history_column *one, const struct history_column *other)
{
	(void)one, (void)other;
	return true;
}

/* The first column behind those that are in the same state as `x`, and alike. */
static size_t end_of(const struct svg *svg, size_t x,
                     bool (*same)(const struct history_column *one, const struct history_column *other))
{
	size_t end = x + 1;

	while (end < HISTORY_SVG_STEPS && svg->columns[end].state == svg->columns[x].state &&
	       same(&svg->columns[x], &svg->columns[end]))
		end++;
	return end;
}

static void draw_absence(const struct svg *svg, int height)
{
	for (size_t x = 0, end; x < HISTORY_SVG_STEPS; x = end) {
		end = end_of(svg, x, same_state);
		if (svg->columns[x].state == HISTORY_UNAVAILABLE)
			fprintf(svg->stream,
			        "  <rect x=\"%zu\" y=\"%d\" width=\"%zu\" height=\"%d\" fill=\"#ddd\" stroke=\"#777\" "
			        "stroke-dasharray=\"2 2\"><title>unavailable</title></rect>\n",
			        LEFT + x, svg->y, end - x, height);
	}
}

/* --- numbers --------------------------------------------------------------------------------- */

static double y_of(const struct svg *svg, const struct history_scale *scale, double value)
{
	return svg->y + NUMBER_HEIGHT * (1 - history_scale_place(scale, value));
}

static void draw_scale(const struct svg *svg, const struct history_scale *scale)
{
	for (size_t i = 0; i <= scale->steps; i++) {
		double y = y_of(svg, scale, scale->low + (double)i * scale->step);
		char label[HISTORY_LABEL_SIZE];

		fprintf(svg->stream, "  <path d=\"M%d %.1fh%d\" stroke=\"#ccc\"/>\n", LEFT, y, HISTORY_SVG_STEPS);
		text_at(svg, LEFT - 6, y + 4, "end", "", history_scale_label(scale, i, label));
	}
}

static void draw_limits(const struct svg *svg, const struct history_series *series, const struct history_scale *scale)
{
	for (size_t i = 0; i < series->limits_n; i++) {
		const struct history_limit *limit = &series->limits[i];
		double y = y_of(svg, scale, limit->value);

		if (!(limit->value >= scale->low && limit->value <= scale->high))
			continue;
		fprintf(svg->stream, "  <path d=\"M%d %.1fh%d\" stroke=\"#c00\" stroke-dasharray=\"6 4\"/>\n", LEFT, y,
		        HISTORY_SVG_STEPS);
		text_at(svg, LEFT + HISTORY_SVG_STEPS - 4, y - 3, "end", " fill=\"#c00\"", limit->word);
	}
}

/* From the least to the most of each column. */
static void draw_spread(const struct svg *svg, const struct history_scale *scale)
{
	fputs("  <path stroke=\"#9ab\" d=\"", svg->stream);
	for (size_t x = 0; x < HISTORY_SVG_STEPS; x++) {
		const struct history_column *column = &svg->columns[x];

		if (history_column_has_number(column) && column->max > column->min)
			fprintf(svg->stream, "M%zu.5 %.1fV%.1f", LEFT + x, y_of(svg, scale, column->min),
			        y_of(svg, scale, column->max));
	}
	fputs("\"/>\n", svg->stream);
}

/* The means of the columns from `x` on, as long as something is known. Returns the column behind them. */
static size_t draw_run(const struct svg *svg, const struct history_scale *scale, size_t x)
{
	double y = y_of(svg, scale, svg->columns[x].mean);

	fprintf(svg->stream, "M%zu %.1f", LEFT + x, y);
	for (; x < HISTORY_SVG_STEPS && history_column_has_number(&svg->columns[x]); x++) {
		double next = y_of(svg, scale, svg->columns[x].mean);

		if (fabs(next - y) < 0.05)
			continue;
		fprintf(svg->stream, "H%zuV%.1f", LEFT + x, next);
		y = next;
	}
	fprintf(svg->stream, "H%zu", LEFT + x);
	return x;
}

static void draw_line(const struct svg *svg, const struct history_scale *scale)
{
	fputs("  <path stroke=\"#036\" stroke-width=\"1.5\" fill=\"none\" d=\"", svg->stream);
	for (size_t x = 0; x < HISTORY_SVG_STEPS;)
		x = history_column_has_number(&svg->columns[x]) ? draw_run(svg, scale, x) : x + 1;
	fputs("\"/>\n", svg->stream);
}

static void draw_number(const struct svg *svg, const struct history_series *series)
{
	struct history_scale scale;
	double low = 0, high = 0;
	bool any = history_scale_range(series, &low, &high);

	scale = history_scale_for(low, high, NUMBER_STEPS, series->precision);
	if (any)
		draw_scale(svg, &scale);
	draw_absence(svg, NUMBER_HEIGHT);
	if (!any)
		return;
	draw_limits(svg, series, &scale);
	draw_spread(svg, &scale);
	draw_line(svg, &scale);
}

/* --- on and off, and words ------------------------------------------------------------------- */

static void draw_bar(const struct svg *svg)
{
	draw_absence(svg, BAR_HEIGHT);
	for (size_t x = 0, end; x < HISTORY_SVG_STEPS; x = end) {
		double share = fmin(1, svg->columns[x].on_share), height = fmax(1.5, share * BAR_HEIGHT);

		end = end_of(svg, x, same_share);
		if (svg->columns[x].state != HISTORY_KNOWN)
			continue;
		if (!(share > 0))
			fprintf(svg->stream, "  <path d=\"M%zu %dh%zu\" stroke=\"#777\"/>\n", LEFT + x,
			        svg->y + BAR_HEIGHT, end - x);
		else
			fprintf(svg->stream, "  <rect x=\"%zu\" y=\"%.1f\" width=\"%zu\" height=\"%.1f\" fill=\"#036\"/>\n",
			        LEFT + x, svg->y + BAR_HEIGHT - height, end - x, height);
	}
}

/* A box with the word; where it has no room, the word is its title. */
static void draw_word(const struct svg *svg, size_t x, size_t end, const char *word)
{
	_cleanup_(cleanup_free) char *escaped = text_escape(word);

	fprintf(svg->stream, "  <rect x=\"%zu\" y=\"%d\" width=\"%zu\" height=\"%d\" fill=\"#fff\" stroke=\"#777\"><title>",
	        LEFT + x, svg->y, end - x, BAR_HEIGHT);
	write_text(svg->stream, escaped ? escaped : "");
	fputs("</title></rect>\n", svg->stream);
	if (escaped && (text_width(escaped) + 1) * LETTER < end - x)
		text_at(svg, (double)(LEFT + x) + LETTER / 2.0, svg->y + BAR_HEIGHT - 6, "start", "", escaped);
}

static void draw_words(const struct svg *svg)
{
	draw_absence(svg, BAR_HEIGHT);
	for (size_t x = 0, end; x < HISTORY_SVG_STEPS; x = end) {
		end = end_of(svg, x, history_column_same_word);
		if (svg->columns[x].state == HISTORY_KNOWN)
			draw_word(svg, x, end, svg->columns[x].text ? svg->columns[x].text : "");
	}
}

/* --- the whole ------------------------------------------------------------------------------- */

static int height_of(const struct history_series *series)
{
	return series->type == 'd' ? NUMBER_HEIGHT : BAR_HEIGHT;
}

static int draw_series(struct svg *svg, const struct history_series *series)
{
	_cleanup_(cleanup_free) char *title = history_title(series);

	if (!title)
		return -ENOMEM;
	fputs(" <g>\n", svg->stream);
	text_at(svg, LEFT, svg->y + TITLE_HEIGHT - 6, "start", " font-weight=\"bold\"", title);
	svg->y += TITLE_HEIGHT;
	history_columns_fill(svg->history, series, svg->columns, HISTORY_SVG_STEPS);
	if (series->type == 'd')
		draw_number(svg, series);
	else if (series->type == 'b')
		draw_bar(svg);
	else
		draw_words(svg);
	fprintf(svg->stream, "  <path d=\"M%d %dv%d\" stroke=\"#000\"/>\n </g>\n", LEFT, svg->y, height_of(series));
	svg->y += height_of(series) + PANEL_GAP;
	return 0;
}

static void draw_axis(const struct svg *svg)
{
	struct history_tick ticks[HISTORY_TICKS_MAX];
	uint64_t since = svg->history->since_usec, until = svg->history->until_usec;
	char start[HISTORY_TICK_SIZE];
	size_t n = history_axis_ticks(since, until, HISTORY_SVG_STEPS / LETTER, ticks, start);
	double y = svg->y - PANEL_GAP / 2.0;

	fprintf(svg->stream, " <g>\n  <path d=\"M%d %.1fh%d\" stroke=\"#000\"/>\n", LEFT, y, HISTORY_SVG_STEPS);
	if (n == 0 || !*ticks[0].context || history_axis_column(since, until, HISTORY_SVG_STEPS, ticks[0].usec) > 90)
		text_at(svg, LEFT, y + 32, "start", "", start);
	for (size_t i = 0; i < n; i++) {
		size_t x = LEFT + history_axis_column(since, until, HISTORY_SVG_STEPS, ticks[i].usec);

		fprintf(svg->stream, "  <path d=\"M%zu %.1fv5\" stroke=\"#000\"/>\n", x, y);
		text_at(svg, (double)x, y + 18, "middle", "", ticks[i].label);
		if (*ticks[i].context)
			text_at(svg, (double)x, y + 32, "middle", "", ticks[i].context);
	}
	fputs(" </g>\n", svg->stream);
}

/* The time, and a sentence for each series, for whoever does not see the picture. */
static int describe(const struct svg *svg)
{
	_cleanup_(cleanup_free) char *since = time_to_date(svg->history->since_usec), *until = time_to_date(svg->history->until_usec);

	fprintf(svg->stream, " <title id=\"title\">History of the room from %s to %s</title>\n <desc id=\"desc\">",
	        since ? since : "", until ? until : "");
	for (size_t i = 0; i < svg->history->n; i++) {
		_cleanup_(cleanup_free) char *title = history_title(&svg->history->series[i]);

		if (!title)
			return -ENOMEM;
		write_text(svg->stream, title);
		fputs(". ", svg->stream);
	}
	fputs("Grey is where it was unavailable; where there is nothing, nothing is known.</desc>\n", svg->stream);
	return since && until ? 0 : -ENOMEM;
}

static int write_svg(struct svg *svg)
{
	int width = LEFT + HISTORY_SVG_STEPS + RIGHT, height = TOP + AXIS_HEIGHT + LEGEND_HEIGHT, r;

	for (size_t i = 0; i < svg->history->n; i++)
		height += TITLE_HEIGHT + height_of(&svg->history->series[i]) + PANEL_GAP;
	fprintf(svg->stream,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
	        "aria-labelledby=\"title desc\" font-family=\"" FONTS "\" font-size=\"12\">\n",
	        width, height, width, height);
	r = describe(svg);
	fprintf(svg->stream, " <rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height);
	svg->y = TOP;
	for (size_t i = 0; r >= 0 && i < svg->history->n; i++)
		r = draw_series(svg, &svg->history->series[i]);
	draw_axis(svg);
	text_at(svg, LEFT, height - 8, "start", " fill=\"#555\"", "grey: unavailable; empty: nothing is known");
	fputs("</svg>\n", svg->stream);
	return r;
}

int history_svg(const struct history *history, FILE *stream)
{
	_cleanup_(cleanup_free) struct history_column *columns = calloc(HISTORY_SVG_STEPS, sizeof *columns);
	struct svg svg = { .history = history, .stream = stream, .columns = columns };

	if (!columns)
		return -ENOMEM;
	return history->since_usec < history->until_usec ? write_svg(&svg) : -EINVAL;
}
