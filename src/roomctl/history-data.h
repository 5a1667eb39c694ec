/* The data of plots: the history of a room over some time. Does not know where the data comes from. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/cleanup.h"

/* In the order of the service's numbers (org.roomd1.History(5)). */
enum history_state {
	HISTORY_KNOWN,
	HISTORY_GAP,         /* nothing was recorded */
	HISTORY_UNAVAILABLE, /* the component was unavailable */
};

/* A step in time. */
struct history_point {
	uint64_t begin_usec, end_usec; /* CLOCK_REALTIME; the end is not part of it */
	enum history_state state;
	double min, mean, max, last; /* of a number; in its unit */
	uint64_t on_usec;            /* of on/off properties: how long it was on */
	char *text;                  /* of a word: the last one; owned; NULL: none */
};

/* A value beyond which a measured value is too high or too low. */
struct history_limit {
	char word[16]; /* "high" */
	double value;
};

#define HISTORY_LIMITS_MAX 4

struct history_series {
	char *component; /* "temperature_sensor/hall" */
	char *property;  /* "Value", as on D-Bus */
	char type;       /* 'd': a number, 'b': on or off, 's': one of few words */
	char *class, *unit;
	unsigned precision; /* digits after the point */
	uint64_t first_usec, last_usec;
	struct history_limit limits[HISTORY_LIMITS_MAX];
	size_t limits_n;
	struct history_point *points; /* oldest first, none overlaps; owned */
	size_t n;
};

/* Several series over the same time. */
struct history {
	uint64_t since_usec, until_usec; /* since < until */
	struct history_series *series;
	size_t n;
};

/* For _cleanup_, and to use it again: it is empty afterwards. */
void history_deinit(struct history *history);

/* Frees the points only. */
void history_series_clear(struct history_series *series);

/* "temperature_sensor/hall Value (°C)", "door_lock/front Locked": for titles. To be freed; NULL: no memory. */
char *history_series_title(const struct history_series *series);
