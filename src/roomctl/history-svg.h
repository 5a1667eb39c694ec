/* A history as a picture in a file: SVG 1.1 that needs nothing else, no script and no font, is black on white for paper, and
 * says what it shows to whoever does not see it. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "roomctl/history-data.h"

/* How many steps of time it shows: there is no use in more points. */
#define HISTORY_SVG_STEPS 720

/* Writes it. -ENOMEM; -EINVAL: the time is none. Whether the stream has taken all is ferror(3)'s to say. */
int history_svg(const struct history *history, FILE *stream);
