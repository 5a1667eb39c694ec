/* Guesses what a line is from its changes while a person waves, opens the door or presses the button: what it
 * looks like, the order in which lines are shown, and the section of roomd.conf(5) that fits. Pure: edges and
 * times go in, words come out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/option.h"

/* A level that lasts this long has settled; shorter ones are bounces. */
#define SEEN_SETTLED_NS UINT64_C(50000000)

struct seen_line {
	bool level;     /* at the pin now: high or low */
	uint64_t edges; /* all edges, even those that were not read */
	unsigned acts;  /* changes after which the level settled; bounces are part of a change */
	bool bounces;   /* an edge came within SEEN_SETTLED_NS of the one before, and an act did not last */
	uint64_t begin_ns, edge_ns,
		now_ns; /* when the watch began, of the last edge, when it was looked at last */
	/* For each level, low and high: the total time, and the longest time without a bounce. */
	uint64_t total_ns[2], longest_ns[2];
};

/* The watch begins: the level at the pin then, CLOCK_MONOTONIC. */
void seen_begin(struct seen_line *line, bool level, uint64_t now_ns);

/* An edge, with the level after it and how many there have been so far, at the kernel's time. */
void seen_edge(struct seen_line *line, bool level, uint64_t count, uint64_t edge_ns);

/* The watch ends. */
void seen_end(struct seen_line *line, uint64_t now_ns);

/* True if it changes all the time by itself, as no person does. */
bool seen_is_chattering(const struct seen_line *line);

/* For qsort(3): first the lines that look most like a person's acts (more acts before fewer), then those that
 * do not change, last those that chatter. */
int seen_compare(const struct seen_line *one, const struct seen_line *other);

struct seen_guess {
	const char *kind; /* "MotionSensor", ...; NULL: nothing can be said of a line that has not changed, or
	                     chatters */
	bool active_low;
	const char *bias; /* a word of Bias=; NULL: the default, as it is */
	bool debounce;    /* DebounceSec= is useful */
	const char *why;  /* sentences: what was seen, and what else it may be */
};

/* Guesses what the line is. */
struct seen_guess seen_guess(const struct seen_line *line);

/* The section for the line, with this name and Line=, each setting on a line of its own, and a newline at the
 * end. To be freed; NULL: no memory. `kind` may differ from the guess; then its levels count (a contact is
 * open at the other level than a button is pressed). */
char *seen_section(const struct seen_line *line, const char *kind, const char *name,
                   const char *written_line);

/* Makes a name for a section from the name of a line or device: in lower case, with "-" for all characters
 * but letters, digits, "_" and "-"; `otherwise` if nothing is left. Returns `buffer`. */
#define SEEN_NAME_SIZE (OPTION_NAME_MAX + 1)
char *seen_name(const char *called, const char *otherwise, char buffer[static SEEN_NAME_SIZE]);
