/* What was seen of a line while somebody waved, opened the door, pressed the button: what it looks like, in
 * which order lines are shown, and which section of roomd.conf(5) fits. Pure: edges and times in, words out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/option.h"

/* A level that lasted for so long is one: what is shorter bounces. */
#define SEEN_SETTLED_NS UINT64_C(50000000)

struct seen_line {
	bool level;     /* at the pin now: high or low */
	uint64_t edges; /* all there were, also those that nobody has read */
	unsigned acts;  /* changes after which the level settled; bounces are part of one */
	bool bounces;   /* an edge came within SEEN_SETTLED_NS of the one before, and an act did not last */
	uint64_t begin_ns, edge_ns,
		now_ns; /* when the watch began, of the last edge, when it was looked at last */
	/* Of each level, low and high: how long in all, and the longest time that was no bounce. */
	uint64_t total_ns[2], longest_ns[2];
};

/* The watch begins: the level at the pin then, CLOCK_MONOTONIC. */
void seen_begin(struct seen_line *line, bool level, uint64_t now_ns);

/* An edge, with the level after it and how many there have been so far, at the kernel's time. */
void seen_edge(struct seen_line *line, bool level, uint64_t count, uint64_t edge_ns);

/* The watch ends. */
void seen_end(struct seen_line *line, uint64_t now_ns);

/* Whether it changes all the time, by itself: nobody acts so. */
bool seen_is_chattering(const struct seen_line *line);

/* As qsort(3) has it: what looks most like a person's acts first (more of them before fewer), then what does
 * not change, what chatters last. */
int seen_compare(const struct seen_line *one, const struct seen_line *other);

struct seen_guess {
	const char *kind; /* "MotionSensor", ...; NULL: nothing can be said of a line that has not changed, or
	                     chatters */
	bool active_low;
	const char *bias; /* as Bias= has it; NULL: as it is, which need not be said */
	bool debounce;    /* DebounceSec= is worth having */
	const char *why;  /* sentences: what was seen, and what it means if it means something else */
};

/* What it may be. */
struct seen_guess seen_guess(const struct seen_line *line);

/* The section for it: with this name and line, each setting on a line of its own, and a newline at the end.
 * To be freed; NULL: no memory. `kind` may be another one than was guessed; its levels are then its own (what
 * a contact calls open is the other level than what a button calls pressed). */
char *seen_section(const struct seen_line *line, const char *kind, const char *name,
                   const char *written_line);

/* A name for a section, of what a line or device is called: lower case, other characters than letters,
 * digits, "_" and "-" as "-"; `otherwise` if nothing is left. Returns `buffer`. */
#define SEEN_NAME_SIZE (OPTION_NAME_MAX + 1)
char *seen_name(const char *called, const char *otherwise, char buffer[static SEEN_NAME_SIZE]);
