#include "roomctl/history-grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "util/utf8.h"

#define SIDE_MAX 20000
#define BRAILLE 0x2800
#define BRAILLE_X 2
#define BRAILLE_Y 4
#define ASCII_Y 3

int history_grid_init(struct history_grid *grid, size_t width, size_t height, bool utf8)
{
	*grid = (struct history_grid){ .width = width, .height = height, .utf8 = utf8 };
	if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
		return -EINVAL;
	grid->cells = calloc(width * height, sizeof *grid->cells);
	return grid->cells ? 0 : -ENOMEM;
}

void history_grid_deinit(struct history_grid *grid)
{
	free(grid->cells);
	grid->cells = NULL;
}

size_t history_grid_dots_x(const struct history_grid *grid)
{
	return grid->utf8 ? BRAILLE_X : 1;
}

size_t history_grid_dots_y(const struct history_grid *grid)
{
	return grid->utf8 ? BRAILLE_Y : ASCII_Y;
}

/* NULL outside. */
static struct history_cell *cell_at(const struct history_grid *grid, size_t x, size_t y)
{
	return x < grid->width && y < grid->height ? &grid->cells[y * grid->width + x] : NULL;
}

void history_grid_put(struct history_grid *grid, size_t x, size_t y, uint32_t glyph, enum terminal_style style)
{
	struct history_cell *cell = cell_at(grid, x, y);

	if (!cell)
		return;
	cell->glyph = glyph;
	if (!cell->dots)
		cell->style = (uint8_t)style;
}

/* What is not UTF-8 was written out when it was escaped. */
void history_grid_text(struct history_grid *grid, size_t x, size_t y, const char *text, enum terminal_style style)
{
	while (*text && x < grid->width) {
		size_t length = utf8_length(text);
		char character[8] = "";

		length = length > 0 ? length : 1;
		memcpy(character, text, length);
		history_grid_put(grid, x++, y,
		                 utf8_length(text) > 0 && text_width(character) == 1 ? utf8_decode(text) : '?', style);
		text += length;
	}
}

void history_grid_dot(struct history_grid *grid, size_t x, size_t y, enum terminal_style style)
{
	static const uint8_t braille[BRAILLE_Y][BRAILLE_X] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
	};
	size_t dots_x = history_grid_dots_x(grid), dots_y = history_grid_dots_y(grid);
	struct history_cell *cell = cell_at(grid, x / dots_x, y / dots_y);

	if (!cell)
		return;
	cell->dots |= grid->utf8 ? braille[y % dots_y][x % dots_x] : (uint8_t)(1u << y % dots_y);
	cell->style = (uint8_t)style;
}

bool history_grid_is_free(const struct history_grid *grid, size_t x, size_t y, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct history_cell *cell = cell_at(grid, x + i, y);

		if (cell && (cell->glyph || cell->dots))
			return false;
	}
	return true;
}

/* --- printing -------------------------------------------------------------------------------- */

static uint32_t glyph_of(const struct history_grid *grid, const struct history_cell *cell)
{
	if (!cell->dots)
		return cell->glyph ? cell->glyph : ' ';
	if (grid->utf8)
		return BRAILLE + cell->dots;
	return cell->dots == 1 ? '\'' : cell->dots == 2 ? '-' : cell->dots == 4 ? '.' : '|';
}

/* Returns its length. */
static size_t encode(uint32_t glyph, char *buffer)
{
	unsigned more = glyph < 0x80 ? 0 : glyph < 0x800 ? 1 : glyph < 0x10000 ? 2 : 3;

	buffer[0] = (char)(more == 0 ? glyph : (0xffu << (7 - more) & 0xff) | glyph >> 6 * more);
	for (unsigned i = 1; i <= more; i++)
		buffer[i] = (char)(0x80 | (glyph >> 6 * (more - i) & 0x3f));
	return more + 1;
}

/* The characters from `x` on that look alike. Moves `x` behind them. */
static void print_run(const struct history_grid *grid, size_t *x, size_t end, size_t y, const struct terminal *terminal,
                      FILE *stream)
{
	const struct history_cell *cells = &grid->cells[y * grid->width];
	uint8_t style = cells[*x].style;
	char text[256];
	size_t length = 0;

	for (; *x < end && cells[*x].style == style && length < sizeof text - 5; (*x)++)
		length += encode(glyph_of(grid, &cells[*x]), text + length);
	text[length] = '\0';
	terminal_print(terminal, stream, (enum terminal_style)style, text);
}

void history_grid_print_row(const struct history_grid *grid, size_t y, const struct terminal *terminal, FILE *stream)
{
	size_t end = grid->width, x = 0;

	while (end > 0 && glyph_of(grid, &grid->cells[y * grid->width + end - 1]) == ' ')
		end--;
	while (x < end)
		print_run(grid, &x, end, y, terminal, stream);
	fputc('\n', stream);
}
