/* The lines of a file. A line that ends with a backslash is joined with the next one, as in
 * systemd.syntax(7). Comments and blank lines are left out. Must not know what a line means. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/problem.h"

/* The most bytes of a line after joining, without the blanks at its ends. */
#define CONFIG_LINE_MAX 4096

enum config_lines_found {
	CONFIG_LINES_END,
	CONFIG_LINES_LINE,
	CONFIG_LINES_PROBLEM,
};

/* A position in the lines of one file. */
struct config_lines {
	/* The result of the last call. */
	unsigned number; /* of the line, from 1: where its text begins; PROBLEM: where the problem is */
	char *content;   /* LINE: without blanks at its ends, never empty; valid as long as `bytes` */
	struct problem problem; /* PROBLEM: what was expected */
	bool header;            /* PROBLEM: the line looks like a section's header */

	/* The module's own. */
	char *rest, *end;          /* the bytes that have not been read yet */
	unsigned taken;            /* how many lines of the file have been read */
	char *joined, *joined_end; /* the present line so far, joined in place in `bytes` */
	unsigned begins;           /* the line on which its text begins; 0: it has none yet */
	unsigned backslash;        /* the line that ends with a backslash and needs another one; 0: none */
	bool assigns;              /* it has an = */
	bool bad;
};

/* Begins with the `length` bytes of a file. They have to stay until the last line has been used. They, and
 * one byte after them, are overwritten. */
void config_lines_begin(struct config_lines *lines, char *bytes, size_t length);

/* The next line, or the next problem. A line may have several problems; then the line itself is not returned. */
enum config_lines_found config_lines_next(struct config_lines *lines);
