#define _GNU_SOURCE
#include "roomctl/seen-line.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"

/* Shorter than this is a press; what is seen for longer is a door, or somebody who moves. */
#define PRESS_NS (3 * NSEC_PER_SEC / 2)
/* More acts than one in this time, over and over, are no person's. */
#define ACT_NS NSEC_PER_SEC
#define ACTS_MANY 20
/* So many edges at each act are no contact's bounces. */
#define EDGES_MANY 100
#define BOUNCES_MAX 20

/* --- what was seen ----------------------------------------------------------------------------- */

void seen_begin(struct seen_line *line, bool level, uint64_t now_ns)
{
	*line = (struct seen_line){ .level = level, .begin_ns = now_ns, .edge_ns = now_ns, .now_ns = now_ns };
}

/* The level has lasted until `now_ns`. True if that was no bounce. */
static bool add_time(struct seen_line *line, uint64_t now_ns)
{
	uint64_t ns = clock_since_ns(line->edge_ns, now_ns);

	line->total_ns[line->level] += ns;
	if (ns < SEEN_SETTLED_NS)
		return false;
	if (ns > line->longest_ns[line->level])
		line->longest_ns[line->level] = ns;
	return true;
}

void seen_edge(struct seen_line *line, bool level, uint64_t count, uint64_t edge_ns)
{
	if (line->edges == 0)
		line->level = !level; /* it changed before its level was read */
	if (add_time(line, edge_ns) || line->edges == 0)
		line->acts++;
	else
		line->bounces = true;
	line->level = level;
	line->edges = count > line->edges ? count : line->edges + 1;
	line->edge_ns = edge_ns;
	line->now_ns = edge_ns;
}

void seen_end(struct seen_line *line, uint64_t now_ns)
{
	add_time(line, now_ns);
	line->now_ns = now_ns;
	line->edge_ns = now_ns > line->edge_ns ? now_ns : line->edge_ns;
}

/* --- the order --------------------------------------------------------------------------------- */

bool seen_is_chattering(const struct seen_line *line)
{
	uint64_t ns = clock_since_ns(line->begin_ns, line->now_ns);

	if (line->edges >= EDGES_MANY && line->edges / (line->acts ? line->acts : 1) > BOUNCES_MAX)
		return true;
	return line->acts > ACTS_MANY && ns / line->acts < ACT_NS;
}

/* 0: a person's acts; 1: nothing; 2: chatter. */
static int class_of(const struct seen_line *line)
{
	return line->edges == 0 ? 1 : seen_is_chattering(line) ? 2 : 0;
}

int seen_compare(const struct seen_line *one, const struct seen_line *other)
{
	int difference = class_of(one) - class_of(other);

	if (difference != 0)
		return difference;
	if (one->acts != other->acts)
		return one->acts > other->acts ? -1 : 1;
	return one->edges < other->edges ? -1 : one->edges > other->edges;
}

/* --- what it may be ---------------------------------------------------------------------------- */

/* The level it has while nobody does anything: most of the time. */
static bool rest_of(const struct seen_line *line)
{
	return line->total_ns[true] > line->total_ns[false];
}

static struct seen_guess guess_button(bool rest)
{
	return (struct seen_guess){
		.kind = "Button",
		.active_low = rest,
		.bias = rest ? "pull-up" : "pull-down",
		.debounce = true,
		.why = rest ? "It is high, and goes low for moments only: a button between the line and ground."
		            : "It is low, and goes high for moments only: a button between the line and 3.3 V.",
	};
}

static struct seen_guess guess_contact(const struct seen_line *line, bool rest)
{
	return (struct seen_guess){
		.kind = "ContactSensor",
		.active_low = rest,
		.bias = "pull-up",
		.debounce = line->bounces,
		.why = rest ? "It is high, and goes low for seconds: a contact between the line and ground, open while the "
		              "door is closed. Was the door open most of the time? Then leave out ActiveLow=. Is it a "
		              "motion sensor whose output is low at motion? Then write [MotionSensor ...], without Bias=."
		            : "It is low, goes high for seconds, and bounces: a contact between the line and ground, closed "
		              "while the door is closed. Was the door open most of the time? Then add ActiveLow=yes.",
	};
}

static struct seen_guess guess_motion(void)
{
	return (struct seen_guess){
		.kind = "MotionSensor",
		.why = "It is low, and goes high for seconds without bouncing: the output of a motion sensor, which needs no "
		       "pull. Is it a contact at a door? Then write [ContactSensor ...], with Bias=pull-up.",
	};
}

struct seen_guess seen_guess(const struct seen_line *line)
{
	bool rest = rest_of(line);

	if (class_of(line) == 1)
		return (struct seen_guess){ .why = "It has not changed." };
	if (class_of(line) == 2)
		return (struct seen_guess){
			.why = "It changes all the time, by itself: nothing is wired to it, its cable picks "
			       "up noise, or it carries another signal.",
		};
	if (line->longest_ns[!rest] < PRESS_NS)
		return guess_button(rest);
	return rest || line->bounces ? guess_contact(line, rest) : guess_motion();
}

/* Of another kind than was guessed, for whoever knows better. */
static struct seen_guess guess_as(const struct seen_line *line, const char *kind)
{
	struct seen_guess guess = seen_guess(line);
	bool rest = rest_of(line);

	if (guess.kind && strcmp(guess.kind, kind) == 0)
		return guess;
	if (strcmp(kind, "Button") == 0)
		return guess_button(rest);
	if (strcmp(kind, "ContactSensor") == 0)
		return guess_contact(line, rest);
	guess = guess_motion();
	guess.active_low = rest;
	return guess;
}

char *seen_section(const struct seen_line *line, const char *kind, const char *name, const char *written_line)
{
	const struct seen_guess guess = guess_as(line, kind);
	char *text;

	if (asprintf(&text, "[%s %s]\nLine=%s\n%s%s%s%s%s", kind, name, written_line,
	             guess.active_low ? "ActiveLow=yes\n" : "", guess.bias ? "Bias=" : "",
	             guess.bias ? guess.bias : "", guess.bias ? "\n" : "",
	             guess.debounce ? "DebounceSec=20ms\n" : "") < 0)
		return NULL;
	return text;
}

/* Whatever the locale is. */
static char name_character(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : '-';
}

char *seen_name(const char *called, const char *otherwise, char buffer[static SEEN_NAME_SIZE])
{
	size_t n = 0;

	for (; *called && n < SEEN_NAME_SIZE - 1; called++) {
		char c = name_character(*called);

		if (n == 0 ? c != '-' && c != '_' : c != '-' || buffer[n - 1] != '-')
			buffer[n++] = c;
	}
	while (n > 0 && buffer[n - 1] == '-')
		n--;
	buffer[n] = '\0';
	if (n == 0)
		snprintf(buffer, SEEN_NAME_SIZE, "%s", otherwise);
	return buffer;
}
