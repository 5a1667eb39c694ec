/* Text on a terminal: what comes from elsewhere made harmless, and measured in columns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Tells how wide characters are, for the whole process; before it every one has one column. */
void text_set_up(void);

/* The text with what could steer a terminal, or show something else than is there, written out: "\n", "\x1b",
 * "\u202e"; bytes that are not UTF-8 as "\xff". To be freed; NULL: no memory. All functions below want such
 * a text. */
char *text_escape(const char *text);

/* The columns it takes. */
size_t text_width(const char *text);

/* The text, cut to so many columns, with "…" at its end if something is missing. 0: not cut. To be freed;
 * NULL: no memory. */
char *text_ellipsize(const char *text, size_t width);

/* Writes it and a newline, in lines of up to `width` columns (0: one line) that are broken at spaces, words
 * only where they have no room on a line of their own. The cursor is at column `indent`, where all further
 * lines begin. */
void text_print_wrapped(FILE *stream, const char *text, size_t indent, size_t width);

/* JSON with what text_escape() would write out, and JSON allows in strings as it is, written out. To be
 * freed; NULL: no memory. */
char *text_escape_json(const char *json);

/* Whether the user's terminal takes UTF-8, as $LC_ALL, $LC_CTYPE or $LANG say; if none is set, it does. */
bool text_is_utf8(void);

/* Makes ASCII of it, in place, for terminals that take nothing else: "°" is left out, "µ" becomes "u", "…" "~", and what has
 * no such likeness "?". Returns `text`. */
char *text_make_ascii(char *text);
