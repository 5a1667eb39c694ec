/* A history as a picture in a file: SVG 1.1 without scripts, fonts or other files, black on white for paper,
 * with a description for people who cannot see it. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "roomctl/history-data.h"

/* The most steps of time that the picture shows. More points are useless. */
#define HISTORY_SVG_STEPS 720

/* Writes the picture. 0, -ENOMEM; -EINVAL: the time makes no sense. Check ferror(3) for errors of the stream. */
int history_svg(const struct history *history, FILE *stream);
