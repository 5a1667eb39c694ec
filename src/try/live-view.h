/* The picture of a room that a person plays with: a row for each component, below them the last events, and a
 * line with the keys. Pure: it makes text from the view. All texts are escaped (client/text.h). */
#pragma once

#include <stdio.h>

#include "client/terminal.h"

#define VIEW_ACTIVE "\u25cf"   /* in `devices`: a line that is active, */
#define VIEW_INACTIVE "\u25cb" /* or is not */
#define VIEW_LOG_MAX 200u
#define VIEW_PROMPT_SIZE 64

struct view_row {
	char key;       /* the key of the component; 0: none */
	char *name;     /* owned, as all of these; "MotionSensor hall" */
	char *state;    /* its state in the service */
	char *devices;  /* its lines in the kernel: "PIR_HALL \u25cb" */
	bool changed;   /* a moment ago */
	bool is_wrong;  /* unavailable */
};

struct view {
	const char *title;
	char clock[32];
	struct view_row *rows;
	size_t rows_n;
	size_t selected;           /* the selected row, which is always shown */
	size_t top;                /* the first row that is shown: view_print() moves it */
	char *log[VIEW_LOG_MAX];   /* owned; the newest is the last */
	size_t log_n;
	const char *keys;          /* the last line; NULL: none */
	char prompt[VIEW_PROMPT_SIZE]; /* a question, shown instead of the keys; empty: none */
};

/* How many lines of a terminal with `height` lines are for components; at least 1. */
size_t view_body(const struct view *view, size_t height);

/* Writes the picture: `height` lines with a newline after each but the last, none wider than `width` columns
 * (both at least 1). */
void view_print(struct view *view, size_t height, size_t width, const struct terminal *terminal, FILE *stream);

/* Escapes a line and adds it to the log. Without memory the line is missing. */
void view_tell(struct view *view, const char *text);

void view_free(struct view *view);
