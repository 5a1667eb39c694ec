/* The components of a room that a person plays with, and their present states: a row of the picture for each
 * one. Knows no kind: the lines and devices of a component determine what can be done with it. */
#pragma once

#include "try/live-view.h"
#include "try/room-words.h"
#include "try/trial.h"

struct live_thing {
	const struct config_component *component;
	bool presses;                    /* its input is a button */
	const struct plan_line *input;   /* NULL: none */
	size_t remote, channel;          /* of the plan; SIZE_MAX: none */
	bool is_stale;                   /* its state has to be read again */
	uint64_t changed_ns;             /* when the state changed last; 0: never */
	char *told;                      /* state and devices as they were last printed, if there is no picture */
};

struct live_room {
	struct trial *trial;
	struct live_thing *things; /* one for each component, in order; */
	struct view_row *rows;     /* their rows, owned by the view */
	size_t n, next;            /* the next one whose state is read without a reason */
};

/* Sets the rows of `view`, which owns them. 0 or -ENOMEM. */
int live_room_open(struct live_room *room, struct trial *trial, const struct roomtest_component *components,
                   struct view *view);
void live_room_close(struct live_room *room);

/* Something has happened: all states may have changed. */
void live_room_stir(struct live_room *room);

/* Reads the levels of the lines from the kernel, and asks the service for a few of the states that may have
 * changed. */
void live_room_look(struct live_room *room, uint64_t now_ns);

/* The present state of its input, or of a remote sensor with two states. */
bool live_thing_is_active(const struct live_room *room, const struct live_thing *thing);

/* The quantity that it measures, and the value that it was given; NULL: it measures nothing. */
const struct quantity *live_thing_quantity(const struct live_room *room, const struct live_thing *thing, double *ret);

/* Whether it can be unplugged; whether it is, at least in part. */
bool live_thing_has_plug(const struct live_room *room, const struct live_thing *thing);
bool live_thing_is_unplugged(const struct live_room *room, const struct live_thing *thing);
