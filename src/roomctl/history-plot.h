/* A history as a picture of characters: what was measured as a line, what is on or off as a bar, words as words, all of them
 * above one axis of time. Where nothing is known there is nothing; where a component was unavailable there is a mark. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "roomctl/history-data.h"
#include "client/terminal.h"

struct history_plot_format {
	const struct terminal *terminal; /* whether with colours */
	size_t width, height;            /* in characters; at least 1. With many series it is higher. */
	bool utf8;                       /* Braille and blocks; otherwise ASCII */
	bool legend;                     /* what the marks mean, below it */
};

/* How many steps of time it shows at most: there is no use in more points. */
size_t history_plot_steps(const struct history_plot_format *format);

/* Draws it. -ENOMEM; -EINVAL: the format or the time is none. */
int history_plot(const struct history *history, const struct history_plot_format *format, FILE *stream);
