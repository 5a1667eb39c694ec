/* Lines as sources of the loop: an I/O source of sd-event each, of the highest priority, so that an edge is
 * handled before any timer, reading or report.
 *
 * A line that chatters without end would then keep everybody else from their turn. So all lines together have
 * so many turns before the others in each LINES_WINDOW_USEC, fewer if they take long: all of that time is not
 * theirs. Once they are used up, a line that has had one of them already takes the next with the last, until
 * the window is over. It loses its rank, not its turn: while nothing else is to be done it is handled at
 * once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#define LINES_WINDOW_USEC 10000
#define LINES_TURNS_FIRST 32
#define LINES_TURN_USEC (LINES_WINDOW_USEC / LINES_TURNS_FIRST)

struct arrivals;

/* `events` of epoll(7). May watch and forget lines, its own among them, but not free its own. */
typedef void (*line_ready_handler)(uint32_t events, void *userdata);

/* The lines of one loop. Part of its owner; outlives all its sources. */
struct lines {
	sd_event *event;
	struct arrivals *arrivals; /* for those that are absent; NULL: nobody says when they come */
	uint64_t window;     /* its number */
	uint64_t until_usec; /* when it ends, CLOCK_MONOTONIC */
	unsigned turns;      /* taken in it, by what they are worth */
};

/* A descriptor that is watched. Part of its owner; all zero, or one that was forgotten, is not watched. */
struct line_source {
	sd_event_source *source; /* NULL: not watched */
	struct lines *lines;
	line_ready_handler handler;
	void *userdata;
	uint64_t window; /* of its last turn; 0: it had none */
	bool waits;      /* has lost its rank */
};

/* `event` and `arrivals` (which may be NULL) are the caller's, and outlive the lines. */
void lines_init(struct lines *lines, sd_event *event, struct arrivals *arrivals);

/* Watches a descriptor, which stays the caller's, for these events, and hang-ups (EPOLLHUP, EPOLLERR). A
 * negative errno, and it is not watched: those of sd_event_add_io(3). */
int lines_watch(struct lines *lines, struct line_source *source, int fd, uint32_t events,
                line_ready_handler handler, void *userdata);

/* Before the descriptor is closed: closing alone would not do, as systemd has a duplicate of it. The handler
 * is not called any more, also not for what was ready already. */
void lines_forget(struct line_source *source);
