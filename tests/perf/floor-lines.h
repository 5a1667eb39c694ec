/* What the two floors have in common: their command line, and their lines. What fails, ends the program with
 * a sentence. */
#pragma once

#include <gpiod.h>
#include <stddef.h>

#define FLOOR_LINES_MAX 64

/* Sensors, and the relay of each. */
struct floor_lines {
	struct gpiod_chip *chip;
	unsigned in[FLOOR_LINES_MAX], out[FLOOR_LINES_MAX]; /* offsets */
	size_t n;
};

/* PROGRAM CHIP INPUT-OFFSET OUTPUT-OFFSET [INPUT-OFFSET OUTPUT-OFFSET]..., with the chip opened. */
struct floor_lines floor_parse(int argc, char **argv);

/* One request of these lines, which belongs to the program until its end. */
struct gpiod_line_request *floor_request(const struct floor_lines *lines, const unsigned *offsets, size_t n,
                                         enum gpiod_line_direction direction, enum gpiod_line_edge edges);

/* The level after an edge. */
enum gpiod_line_value floor_level(struct gpiod_edge_event *event);

/* Says "ready", for whoever measures the start. */
void floor_say_ready(void);

void floor_fail(const char *what) __attribute__((noreturn));
