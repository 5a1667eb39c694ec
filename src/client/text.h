/* Text on a terminal: foreign text is made harmless, and widths are counted in columns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Makes the widths of characters known, for the whole process. Before this call every character counts as one
 * column. */
void text_set_up(void);

/* The text, with everything written out that could control a terminal or show something that is not there:
 * "\n", "\x1b", "\u202e"; bytes that are not UTF-8 as "\xff". To be freed; NULL: no memory. All functions
 * below need such a text. */
char *text_escape(const char *text);

/* The columns it takes. */
size_t text_width(const char *text);

/* The text, cut to `width` columns, with "…" at its end if something is missing. 0: not cut. To be freed;
 * NULL: no memory. */
char *text_ellipsize(const char *text, size_t width);

/* Writes it and a newline, in lines of up to `width` columns (0: one line) that are broken at spaces, words
 * only where they have no room on a line of their own. The cursor is at column `indent`, where all further
 * lines begin. */
void text_print_wrapped(FILE *stream, const char *text, size_t indent, size_t width);

/* The JSON text, with those characters written out that text_escape() writes out but JSON allows in a string.
 * To be freed; NULL: no memory. */
char *text_escape_json(const char *json);

/* Whether the user's terminal takes UTF-8, as $LC_ALL, $LC_CTYPE or $LANG say; if none is set, it does. */
bool text_is_utf8(void);

/* Makes ASCII of the text, in place, for terminals that take nothing else: "°" is left out, "µ" becomes "u",
 * "…" becomes "~", and every other character "?". Returns `text`. */
char *text_make_ascii(char *text);
