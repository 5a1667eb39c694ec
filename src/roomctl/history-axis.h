/* The axis of time, with marks at full hours, days and months of local time, even on days when the clocks
 * change. Pure, except for the time zone. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HISTORY_TICKS_MAX 64
#define HISTORY_TICK_SIZE 24

struct history_tick {
	uint64_t usec;                   /* CLOCK_REALTIME */
	char label[HISTORY_TICK_SIZE];   /* "08:00", "Nov 01"; ASCII */
	char context[HISTORY_TICK_SIZE]; /* the day or year, if this is its first mark: "2026-11-01"; else "" */
};

/* Makes the marks of [since, until), oldest first. They are as close as their labels allow on an axis of
 * `columns` columns, with two columns between labels. Returns how many there are; 0: there is no full second
 * or no room. `start` is the text below the axis's left end: the day or year there. */
size_t history_axis_ticks(uint64_t since_usec, uint64_t until_usec, size_t columns,
                          struct history_tick ret[static HISTORY_TICKS_MAX], char start[static HISTORY_TICK_SIZE]);

/* The column (or dot), of `columns`, of a time in [since, until). */
size_t history_axis_column(uint64_t since_usec, uint64_t until_usec, size_t columns, uint64_t usec);
