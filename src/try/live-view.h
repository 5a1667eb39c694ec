/* The picture of a room that somebody plays with: a row for each component, below them the last events, and a line with the
 * keys. Pure: what is to be shown comes in, text goes out. All texts are escaped (client/text.h). */
#pragma once

#include <stdio.h>

#include "client/terminal.h"

#define VIEW_ACTIVE "\u25cf"   /* in `devices`: a line that is active, */
#define VIEW_INACTIVE "\u25cb" /* or is not */
#define VIEW_LOG_MAX 200u
#define VIEW_PROMPT_SIZE 64

struct view_row {
	char key;       /* that does something to it; 0: none does */
	char *name;     /* owned, as all of these; "MotionSensor hall" */
	char *state;    /* what the service says */
	char *devices;  /* what the kernel says: "PIR_HALL \u25cb" */
	bool changed;   /* a moment ago */
	bool is_wrong;  /* unavailable */
};

struct view {
	const char *title;
	char clock[32];
	struct view_row *rows;
	size_t rows_n;
	size_t selected;           /* one of them, which is always shown */
	size_t top;                /* the first that is shown: view_print() moves it */
	char *log[VIEW_LOG_MAX];   /* owned; the newest is the last */
	size_t log_n;
	const char *keys;          /* the last line; NULL: none */
	char prompt[VIEW_PROMPT_SIZE]; /* what is asked for, instead of it; empty: nothing */
};

/* How many rows of a terminal with so many lines are for components. 1 at least. */
size_t view_body(const struct view *view, size_t height);

/* The picture, `height` lines with a newline behind each but the last, none wider than `width` columns (1 at least each). */
void view_print(struct view *view, size_t height, size_t width, const struct terminal *terminal, FILE *stream);

/* Adds a line to the log, which is escaped here. No memory: it is missing. */
void view_tell(struct view *view, const char *text);

void view_free(struct view *view);
