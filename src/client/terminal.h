/* Standard output: whether it is a terminal, how wide it is, and whether it has colours. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct terminal {
	bool is_terminal;
	size_t width; /* in columns; 0: unlimited */
	bool colours;
};

enum terminal_style {
	TERMINAL_PLAIN,
	TERMINAL_BOLD,
	TERMINAL_GOOD,
	TERMINAL_WARNING,
	TERMINAL_BAD,
};

/* Looks at standard output and, as systemd's tools do, at $SYSTEMD_COLORS, $NO_COLOR, $TERM and $COLUMNS. */
struct terminal terminal_look(void);

/* Writes an escaped text (see text.h). */
void terminal_print(const struct terminal *terminal, FILE *stream, enum terminal_style style,
                    const char *text);

/* The size for a picture on standard output: $COLUMNS and $LINES, else the size of the terminal, else 80 by
 * 24. */
void terminal_size(size_t *ret_width, size_t *ret_height);
