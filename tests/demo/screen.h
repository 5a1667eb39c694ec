/* The room on a terminal: lines, levels and what happened; or, where there is no terminal, a line for each
 * change. Shows what it is given and knows nothing else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct screen_line {
	const char *name;     /* of the GPIO line */
	const char *meaning;  /* "PIR sensor" */
	const char *on, *off; /* what the level means */
	bool level;
	char consumer[32]; /* as the kernel tells it; empty: nobody */
};

struct screen {
	const struct screen_line *lines;
	size_t lines_n;
	double celsius;   /* NAN: unplugged */
	double high;      /* the limit */
	const char *keys; /* a line of help at the bottom; NULL: none */
};

/* Before the first screen_show(). `title` is one line. */
void screen_open(const char *title);

/* Shows the state as it is now, over the one before. */
void screen_show(const struct screen *screen);

/* Adds to what happened: `seconds` since the start. */
void screen_tell(double seconds, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Leaves the cursor below it. */
void screen_close(void);
