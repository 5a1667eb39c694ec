/* A rectangle of characters that is drawn on and then printed, with dots that are smaller than a character. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "client/terminal.h"
#include "util/cleanup.h"

struct history_cell {
	uint32_t glyph; /* in Unicode; 0: nothing */
	uint8_t dots;   /* drawn instead, if there is one */
	uint8_t style;  /* enum terminal_style */
};

struct history_grid {
	size_t width, height; /* in characters */
	bool utf8;            /* dots are Braille, two by four in a character; otherwise ASCII, one by three */
	struct history_cell *cells;
};

/* 0, -ENOMEM; -EINVAL: width or height is 0 or too large. */
int history_grid_init(struct history_grid *grid, size_t width, size_t height, bool utf8);
void history_grid_deinit(struct history_grid *grid); /* for _cleanup_ */

/* The size of a character in dots. */
size_t history_grid_dots_x(const struct history_grid *grid);
size_t history_grid_dots_y(const struct history_grid *grid);

/* Draws a character, a text (UTF-8, escaped as text.h has it; characters that do not take one column become
 * "?"), or a dot. Anything outside is left out. A dot covers everything else. */
void history_grid_put(struct history_grid *grid, size_t x, size_t y, uint32_t glyph, enum terminal_style style);
void history_grid_text(struct history_grid *grid, size_t x, size_t y, const char *text, enum terminal_style style);
void history_grid_dot(struct history_grid *grid, size_t x, size_t y, enum terminal_style style);

/* True if nothing was drawn at these `n` characters, or if they are outside. */
bool history_grid_is_free(const struct history_grid *grid, size_t x, size_t y, size_t n);

/* Writes a row and a newline, without spaces at its end. */
void history_grid_print_row(const struct history_grid *grid, size_t y, const struct terminal *terminal, FILE *stream);
