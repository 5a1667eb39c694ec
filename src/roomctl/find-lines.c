#define _GNU_SOURCE
#include "roomctl/find-lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/gpio-find.h"
#include "util/clock.h"
#include "util/utf8.h"

#define CONSUMER "roomctl"

/* --- looking ----------------------------------------------------------------------------------- */

struct look {
	struct find_lines *lines;
	const struct board_pins *pins;
};

/* Used first: what somebody holds is nobody else's business, whatever it is. */
static void judge(struct find_line *line, const struct gpio_v2_line_info *info, const struct board_pins *pins)
{
	char consumer[GPIO_NAME_MAX + 1], why[BOARD_REASON_SIZE];

	utf8_copy(info->consumer, consumer, sizeof consumer);
	if (info->flags & GPIO_V2_LINE_FLAG_USED) {
		line->state = FIND_USED;
		snprintf(line->reason, sizeof line->reason, "%s%s%s", *consumer ? "held by '" : "in use",
		         consumer, *consumer ? "'" : "");
	} else if (board_line_claim(pins, line->chip, line->label, line->offset, line->name, why) !=
	           BOARD_FREE) {
		line->state = FIND_BOARD;
		snprintf(line->reason, sizeof line->reason, "%s", why);
	} else if (!(info->flags & GPIO_V2_LINE_FLAG_INPUT)) {
		line->state = FIND_OUTPUT;
		snprintf(line->reason, sizeof line->reason, "an output");
	}
}

static int add_line(const struct gpio_found *found, void *userdata)
{
	const struct look *look = userdata;
	struct find_lines *lines = look->lines;
	struct find_line *grown = reallocarray(lines->lines, lines->n + 1, sizeof *grown), *line;

	if (!grown)
		return -ENOMEM;
	lines->lines = grown;
	line = &grown[lines->n++];
	*line = (struct find_line){ .offset = found->info.offset };
	utf8_copy(found->info.name, line->name, sizeof line->name);
	snprintf(line->chip, sizeof line->chip, "%s", found->chip_name);
	snprintf(line->label, sizeof line->label, "%s", found->chip_label);
	judge(line, &found->info, look->pins);
	return 0;
}

/* Whether another line has this name, or another chip this label. */
static bool is_ambiguous(const struct find_lines *lines, const struct find_line *line, bool by_name)
{
	for (size_t i = 0; i < lines->n; i++) {
		const struct find_line *other = &lines->lines[i];

		if (by_name ? other != line && strcmp(other->name, line->name) == 0
		            : strcmp(other->chip, line->chip) != 0 && strcmp(other->label, line->label) == 0)
			return true;
	}
	return false;
}

static void write_line(const struct find_lines *lines, struct find_line *line)
{
	if (*line->name && !is_ambiguous(lines, line, true))
		snprintf(line->written, sizeof line->written, "%s", line->name);
	else
		snprintf(line->written, sizeof line->written, "%s:%u",
		         !*line->label || is_ambiguous(lines, line, false) ? line->chip : line->label,
		         line->offset);
}

int find_lines_look(struct find_lines *lines)
{
	_cleanup_(board_pins_freep) struct board_pins *pins = board_pins_read();
	struct look look = { lines, pins };
	int r;

	*lines = (struct find_lines){ 0 };
	if (!pins)
		return -ENOMEM;
	gpio_hold_chips();
	r = gpio_each_line(add_line, &look, &lines->problem);
	gpio_release_chips();
	if (r == -ENOMEM)
		return r;
	lines->error = r;
	for (size_t i = 0; i < lines->n; i++)
		write_line(lines, &lines->lines[i]);
	return 0;
}

void find_lines_free(struct find_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		gpio_close(lines->lines[i].line);
	free(lines->lines);
	*lines = (struct find_lines){ 0 };
}

size_t find_lines_count(const struct find_lines *lines, enum find_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++)
		n += lines->lines[i].state == state;
	return n;
}

/* --- requesting -------------------------------------------------------------------------------- */

/* By its chip's number, which is the one that was looked at a moment ago. */
static void open_line(struct find_line *line)
{
	char place[64];
	const struct gpio_settings settings = { .line = place, .consumer = CONSUMER };
	struct problem problem;
	int level;

	snprintf(place, sizeof place, "%s:%u", line->chip, line->offset);
	if (gpio_open_input(&settings, &line->line, &problem) < 0) {
		line->state = FIND_FAILED;
		snprintf(line->reason, sizeof line->reason, "%s", problem.text);
		return;
	}
	level = gpio_get(line->line);
	line->state = FIND_WATCHED;
	seen_begin(&line->seen, level > 0, clock_now_ns(CLOCK_MONOTONIC));
}

void find_lines_open(struct find_lines *lines)
{
	gpio_hold_chips();
	for (size_t i = 0; i < lines->n; i++)
		if (lines->lines[i].state == FIND_FREE)
			open_line(&lines->lines[i]);
	gpio_release_chips();
}
