/* What standard output is: how wide, and with colours or not. */
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

/* How wide and high a picture on standard output is to be: as the terminal is, or $COLUMNS and $LINES say; 80 by 24 where
 * nothing says. */
void terminal_size(size_t *ret_width, size_t *ret_height);
