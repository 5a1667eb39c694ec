/* What a room that is played with is made of, and how it is now: a row of the picture for each component. Knows no kind:
 * what can be done with a component follows from its lines and devices. */
#pragma once

#include "try/live-view.h"
#include "try/room-words.h"
#include "try/trial.h"

struct live_thing {
	const struct config_component *component;
	bool presses;                    /* its input is a button */
	const struct plan_line *input;   /* NULL: none */
	size_t remote, channel;          /* of the plan; SIZE_MAX: none */
	bool is_stale;                   /* its state has to be asked for */
	uint64_t changed_ns;             /* when the state was another one last; 0: never */
	char *told;                      /* state and devices, as they were told last, where there is no picture */
};

struct live_room {
	struct trial *trial;
	struct live_thing *things; /* as many as there are components, in their order; */
	struct view_row *rows;     /* theirs, which are the view's */
	size_t n, next;            /* whose turn it is to be asked without a reason */
};

/* The rows are `view`'s afterwards, to be freed with it. -ENOMEM. */
int live_room_open(struct live_room *room, struct trial *trial, const struct roomtest_component *components,
                   struct view *view);
void live_room_close(struct live_room *room);

/* Something has happened: all states may be other ones. */
void live_room_stir(struct live_room *room);

/* Looks at the kernel's lines, and asks the service for some of the states that may have changed, at most a few at a time. */
void live_room_look(struct live_room *room, uint64_t now_ns);

/* What its input is now, or a remote sensor of two states. */
bool live_thing_is_active(const struct live_room *room, const struct live_thing *thing);

/* What it measures, and the value that it was given; NULL: nothing. */
const struct quantity *live_thing_quantity(const struct live_room *room, const struct live_thing *thing, double *ret);

/* Somebody can unplug it; and it is unplugged, at least in part. */
bool live_thing_has_plug(const struct live_room *room, const struct live_thing *thing);
bool live_thing_is_unplugged(const struct live_room *room, const struct live_thing *thing);
