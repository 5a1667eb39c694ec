/* The axis of time: marks at full hours, days, months, as the clock on the wall and the calendar have them, also on days of
 * which the clock is changed. Pure, but for the time zone. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HISTORY_TICKS_MAX 64
#define HISTORY_TICK_SIZE 24

struct history_tick {
	uint64_t usec;                   /* CLOCK_REALTIME */
	char label[HISTORY_TICK_SIZE];   /* "08:00", "Nov 01"; ASCII */
	char context[HISTORY_TICK_SIZE]; /* the day or year that it is the first one of: "2026-11-01"; else "" */
};

/* The marks of [since, until), oldest first, as close as their labels, two columns apart, have room on an axis of so many
 * columns. How many there are; 0 if there is no full second or no room. `start` is what belongs below the axis's left end:
 * the day or year there. */
size_t history_axis_ticks(uint64_t since_usec, uint64_t until_usec, size_t columns,
                          struct history_tick ret[static HISTORY_TICKS_MAX], char start[static HISTORY_TICK_SIZE]);

/* The column, or the dot, of so many, in which a time of [since, until) is. */
size_t history_axis_column(uint64_t since_usec, uint64_t until_usec, size_t columns, uint64_t usec);
