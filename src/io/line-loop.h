/* The loop of the service: sd-event's, and before it, in every turn, the lines. sd-event asks three clocks
 * for the time at every wake-up (sd_event_now(3)) and sorts what is pending; an edge need not wait for that.
 *
 * Lines have the first turn and not the only one: each that is ready is handled once, then sd-event
 * dispatches one source, and so on. A line that chatters without end keeps nothing from its turn.
 *
 * Handlers of lines are called outside of sd-event's dispatching: sd_event_now(3), and what is relative to it
 * (sd_event_source_set_time_relative(3)), is then as old as the turn before, which may be hours. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"

struct line_loop;

/* `events` of epoll(7). May watch and forget lines, its own among them. */
typedef void (*line_ready_handler)(uint32_t events, void *userdata);

/* A descriptor that is watched. Part of its owner; all zero, or one that was forgotten, is not watched. */
struct line_source {
	line_ready_handler handler;
	void *userdata;
	int fd;
	struct line_loop *loop; /* NULL: not watched */
};

/* A negative errno. The loop holds a reference to `event`. */
int line_loop_new(sd_event *event, struct line_loop **ret);

/* Takes NULL; returns NULL. All lines have been forgotten by then. */
struct line_loop *line_loop_free(struct line_loop *loop);
DEFINE_CLEANUP(struct line_loop *, line_loop_free);

/* For timers, signals and all else that is no line. */
sd_event *line_loop_event(const struct line_loop *loop);

/* Watches a descriptor, which stays the caller's, for these events, and hang-ups. A negative errno. */
int line_loop_watch(struct line_loop *loop, struct line_source *source, int fd, uint32_t events,
                    line_ready_handler handler, void *userdata);

/* Before the descriptor is closed. Its handler is not called any more, also not for what was ready already.
 */
void line_loop_forget(struct line_source *source);

/* One turn: waits up to `timeout_ms` (-1: for ever; 0: not) until something is ready, and handles it. A
 * negative errno. */
int line_loop_turn(struct line_loop *loop, int timeout_ms);

/* Turns until sd_event_exit(3); returns the code that was given to that, or a negative errno. */
int line_loop_run(struct line_loop *loop);
