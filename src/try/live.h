/* A room that somebody looks at: one who plays with it by keys, or a room test that is played before one's eyes. On a
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
	bool plays;             /* a test: keys do nothing but end it */
	bool ends;              /* somebody has had enough */
	uint64_t begun_ns, looked_ns; /* CLOCK_MONOTONIC */
	char typed[64];         /* bytes of keys that are not complete; */
	size_t typed_n;
	char number[24];        /* what is written behind "=" */
	bool asks;              /* for that number */
	unsigned told_line;     /* of the test's file, up to which comments were told */
	char title[160];
};

/* The room comes up and is played with until somebody has had enough, which is 0, as is a signal that asks to end; or a
 * negative errno with a sentence. */
int live_run(struct trial *trial, const struct roomtest_room *known, struct problem *problem);

/* Plays all tests of a file, and looks whether roomd lets go of all lines at the end. 0: all was as it is expected; a negative
 * errno with a sentence, as trial_run() has it; -ECANCELED: somebody has ended it. */
int live_play(struct trial *trial, const struct roomtest_room *known, const struct roomtest *file, struct problem *problem);

/* For the parts of it. */

/* Takes over the terminal, if there is one: live_end() is to be called whatever it returns, and returns `r`. */
int live_begin(struct live *live, struct trial *trial, const struct roomtest_room *known);
int live_end(struct live *live, int r);

/* Adds a line to what is told. */
void live_tell(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Looks and shows, if the last time was long enough ago, or `now`. */
void live_frame(struct live *live, bool now);

/* The service has ended by itself, of which the problem tells. */
void live_lost(struct live *live, const struct problem *problem);

/* Takes in what has been typed. */
void live_take_keys(struct live *live);

/* What a key does. */
void live_obey(struct live *live, int key);
