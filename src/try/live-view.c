#define _GNU_SOURCE
#include "try/live-view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "util/cleanup.h"

#define AROUND 4      /* lines that are neither components nor log: title, a blank one, the separator, the keys */
#define LOG_LEAST 6   /* lines, where there is room */
#define GAP 2         /* columns between two fields */
#define MARKS 4       /* columns before the name: selected, key, changed */

/* What is left of the line. */
struct line {
	const struct terminal *terminal;
	FILE *stream;
	size_t left;
};

/* --- text ------------------------------------------------------------------------------------ */

static void pad(struct line *line, size_t columns)
{
	size_t n = columns < line->left ? columns : line->left;

	fprintf(line->stream, "%*s", (int)n, "");
	line->left -= n;
}

/* Cut to the line. */
static void put(struct line *line, enum terminal_style style, const char *text)
{
	_cleanup_(cleanup_free) char *cut = line->left > 0 ? text_ellipsize(text, line->left) : NULL;

	if (!cut || !*cut)
		return;
	terminal_print(line->terminal, line->stream, style, cut);
	line->left -= text_width(cut);
}

/* In a field of its own width, and the gap behind it. */
static void put_field(struct line *line, enum terminal_style style, const char *text, size_t width)
{
	struct line field = { .terminal = line->terminal, .stream = line->stream,
		              .left = width < line->left ? width : line->left };
	size_t before = field.left;

	put(&field, style, text);
	line->left -= before - field.left;
	pad(line, field.left + GAP);
}

/* With its marks of active lines in a colour. */
static void put_devices(struct line *line, const char *text)
{
	_cleanup_(cleanup_free) char *cut = line->left > 0 ? text_ellipsize(text, line->left) : NULL;
	const char *mark;
	char *rest = cut;

	if (!cut)
		return;
	line->left -= text_width(cut);
	while ((mark = strstr(rest, VIEW_ACTIVE))) {
		fprintf(line->stream, "%.*s", (int)(mark - rest), rest);
		terminal_print(line->terminal, line->stream, TERMINAL_GOOD, VIEW_ACTIVE);
		rest += mark - rest + (ptrdiff_t)strlen(VIEW_ACTIVE);
	}
	fputs(rest, line->stream);
}

/* --- rows ------------------------------------------------------------------------------------ */

struct widths {
	size_t name, state;
};

static size_t widest(size_t width, const char *text, size_t most)
{
	size_t here = text ? text_width(text) : 0;

	here = here < most ? here : most;
	return here > width ? here : width;
}

static struct widths measure(const struct view *view, size_t width)
{
	size_t most = width > MARKS ? (width - MARKS) * 2 / 5 : 1;
	struct widths widths = { 0 };

	for (size_t i = 0; i < view->rows_n; i++) {
		widths.name = widest(widths.name, view->rows[i].name, most);
		widths.state = widest(widths.state, view->rows[i].state, most);
	}
	return widths;
}

static enum terminal_style style_of(const struct view_row *row)
{
	return row->is_wrong ? TERMINAL_BAD : row->changed ? TERMINAL_BOLD : TERMINAL_PLAIN;
}

static void print_row(const struct view_row *row, bool selected, const struct widths *widths, struct line *line)
{
	const char marks[] = { selected ? '>' : ' ', row->key ? row->key : ' ', row->changed ? '*' : ' ', ' ', '\0' };

	put(line, TERMINAL_BOLD, marks);
	put_field(line, selected ? TERMINAL_BOLD : TERMINAL_PLAIN, row->name, widths->name);
	put_field(line, style_of(row), row->state ? row->state : "", widths->state);
	put_devices(line, row->devices ? row->devices : "");
}

/* --- the whole ------------------------------------------------------------------------------- */

size_t view_body(const struct view *view, size_t height)
{
	size_t inside = height > AROUND ? height - AROUND : 1;
	size_t log = inside > 3 * LOG_LEAST / 2 ? LOG_LEAST : inside / 3;
	size_t room = inside > log ? inside - log : 1;

	return view->rows_n < room ? (view->rows_n > 0 ? view->rows_n : 1) : room;
}

static void keep_in_sight(struct view *view, size_t body)
{
	if (view->selected >= view->rows_n)
		view->selected = view->rows_n > 0 ? view->rows_n - 1 : 0;
	if (view->selected < view->top)
		view->top = view->selected;
	if (view->selected >= view->top + body)
		view->top = view->selected - body + 1;
	if (view->top + body > view->rows_n)
		view->top = view->rows_n > body ? view->rows_n - body : 0;
}

static struct line begin(const struct terminal *terminal, FILE *stream, size_t width)
{
	return (struct line){ .terminal = terminal, .stream = stream, .left = width };
}

static void print_title(const struct view *view, struct line *line)
{
	size_t clock = text_width(view->clock), whole = line->left;

	line->left = whole > clock + GAP ? whole - clock - GAP : 0;
	put(line, TERMINAL_BOLD, view->title);
	if (whole > clock + GAP) {
		line->left += clock + GAP;
		pad(line, line->left - clock);
	} else {
		line->left = whole;
	}
	put(line, TERMINAL_PLAIN, view->clock);
}

static void print_separator(const struct view *view, size_t body, struct line *line)
{
	char text[96] = "";

	if (body < view->rows_n)
		snprintf(text, sizeof text, "    components %zu to %zu of %zu", view->top + 1, view->top + body, view->rows_n);
	put(line, TERMINAL_PLAIN, text);
}

static void print_log(const struct view *view, size_t i, size_t height, struct line *line)
{
	size_t first = view->log_n > height ? view->log_n - height : 0;

	if (first + i < view->log_n)
		put(line, TERMINAL_PLAIN, view->log[first + i]);
}

static void print_last(const struct view *view, struct line *line)
{
	put(line, *view->prompt ? TERMINAL_BOLD : TERMINAL_PLAIN, *view->prompt ? view->prompt : view->keys ? view->keys : "");
}

static void print_body(const struct view *view, size_t i, const struct widths *widths, struct line *line)
{
	size_t row = view->top + i;

	if (row < view->rows_n)
		print_row(&view->rows[row], row == view->selected, widths, line);
}

/* A terminal that is too low loses the title first, then the log. */
void view_print(struct view *view, size_t height, size_t width, const struct terminal *terminal, FILE *stream)
{
	size_t body = view_body(view, height), title = height > AROUND + 1 ? 2 : 0;
	size_t separator = title + body < height - 1 ? title + body : SIZE_MAX;
	struct widths widths = measure(view, width);

	keep_in_sight(view, body);
	for (size_t i = 0; i < height; i++) {
		struct line line = begin(terminal, stream, width);

		if (i + 1 == height)
			print_last(view, &line);
		else if (i < title)
			i == 0 ? print_title(view, &line) : (void)0;
		else if (i < title + body)
			print_body(view, i - title, &widths, &line);
		else if (i == separator)
			print_separator(view, body, &line);
		else
			print_log(view, i - separator - 1, height - separator - 2, &line);
		if (i + 1 < height)
			fputc('\n', stream);
	}
}

/* --- the log --------------------------------------------------------------------------------- */

void view_tell(struct view *view, const char *text)
{
	char *line = text_escape(text);

	if (!line)
		return;
	if (view->log_n == VIEW_LOG_MAX) {
		free(view->log[0]);
		memmove(view->log, view->log + 1, (VIEW_LOG_MAX - 1) * sizeof *view->log);
		view->log_n--;
	}
	view->log[view->log_n++] = line;
}

void view_free(struct view *view)
{
	for (size_t i = 0; i < view->rows_n; i++) {
		free(view->rows[i].name);
		free(view->rows[i].state);
		free(view->rows[i].devices);
	}
	for (size_t i = 0; i < view->log_n; i++)
		free(view->log[i]);
	free(view->rows);
	*view = (struct view){ 0 };
}
