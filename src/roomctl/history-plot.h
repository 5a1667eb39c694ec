/* A history as a picture of characters, above one axis of time. Measured values are a line, on/off properties
 * a bar, words are words. Nothing is drawn while nothing is known; a mark shows when a component was
 * unavailable. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "roomctl/history-data.h"
#include "client/terminal.h"

struct history_plot_format {
	const struct terminal *terminal; /* says whether there are colours */
	size_t width, height;            /* in characters; at least 1. With many series it is higher. */
	bool utf8;                       /* Braille and blocks; otherwise ASCII */
	bool legend;                     /* explain the marks below the plot */
};

/* The most steps of time that a plot shows. More points are useless. */
size_t history_plot_steps(const struct history_plot_format *format);

/* Draws the plot. 0, -ENOMEM; -EINVAL: the format or the time makes no sense. */
int history_plot(const struct history *history, const struct history_plot_format *format, FILE *stream);
