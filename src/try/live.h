/* A room that a person watches: either the person plays with it by keys, or a room test is played. On a
 * terminal there is a picture (try/live-view.h); else each change is a line. */
#pragma once

#include "try/live-room.h"
#include "try/live-screen.h"

struct live {
	struct trial *trial;
	const struct roomtest_room *known;
	struct live_room room;
	struct view view;
	struct live_screen screen;
	struct terminal terminal;
	struct service_watch watch;
	bool plays;             /* a test is played: keys only end it */
	bool ends;              /* the person wants to quit */
	uint64_t begun_ns, looked_ns; /* CLOCK_MONOTONIC */
	char typed[64];         /* the bytes of an incomplete key; */
	size_t typed_n;
	char number[24];        /* the number that is typed after "=" */
	bool asks;              /* asks for that number */
	unsigned told_line;     /* up to this line of the test's file, comments were shown */
	char title[160];
};

/* Starts the room, and lets the person play until they quit, or a signal asks to end. 0, or a negative errno
 * with a sentence. */
int live_run(struct trial *trial, const struct roomtest_room *known, struct problem *problem);

/* Plays all tests of a file, and checks that roomd releases all lines at the end. 0: everything was as
 * expected; the errors of trial_run(), with a sentence; -ECANCELED: the person has ended it. */
int live_play(struct trial *trial, const struct roomtest_room *known, const struct roomtest *file, struct problem *problem);

/* For the files live*.c. */

/* Takes over the terminal, if there is one. Call live_end(), whatever this returns. live_end() returns `r`. */
int live_begin(struct live *live, struct trial *trial, const struct roomtest_room *known);
int live_end(struct live *live, int r);

/* Adds a line to the log. */
void live_tell(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Updates the picture, if the last time was long enough ago, or if `now`. */
void live_frame(struct live *live, bool now);

/* The service has ended by itself; the problem says how. */
void live_lost(struct live *live, const struct problem *problem);

/* Handles what has been typed. */
void live_take_keys(struct live *live);

/* Carries out a key. */
void live_obey(struct live *live, int key);
