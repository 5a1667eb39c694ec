/* The lines of a file as its writer meant them: those that a backslash continues are joined, as
 * systemd.syntax(7) has it. Comments and blank lines are left out. Must not know what a line says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/problem.h"

/* So many bytes a line may have, in all, without the blanks at its ends. */
#define CONFIG_LINE_MAX 4096

enum config_lines_found {
	CONFIG_LINES_END,
	CONFIG_LINES_LINE,
	CONFIG_LINES_PROBLEM,
};

/* The lines of one file, of which some have been taken. */
struct config_lines {
	/* What the last call found. */
	unsigned number; /* LINE: where its text begins; PROBLEM: where that is; from 1 */
	char *content;   /* LINE: without blanks at its ends, never empty; valid until `bytes` is not */
	struct problem problem; /* PROBLEM: what was expected */
	bool header;            /* PROBLEM: the line has to be that of a section */

	/* The module's own. */
	char *rest, *end;          /* what has not been taken yet */
	unsigned taken;            /* how many lines of the file have been */
	char *joined, *joined_end; /* what the present line has so far, joined where it stands in `bytes` */
	unsigned begins;           /* where its text does; 0: it has none yet */
	unsigned backslash;        /* the line whose backslash promises another one; 0: none does */
	bool assigns;              /* it has an = */
	bool bad;
};

/* Begins with the `length` bytes of a file, which have to stay until the last line has been used: they are
 * written over, and so is the one behind them. */
void config_lines_begin(struct config_lines *lines, char *bytes, size_t length);

/* The next line, or what is wrong with one: there may be several problems of a line, and then it is not
 * found itself. */
enum config_lines_found config_lines_next(struct config_lines *lines);
