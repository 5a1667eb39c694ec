/* Lines as sources of the loop. Each is an I/O source of sd-event with the highest priority, so that an edge
 * is handled before any timer, reading or report.
 *
 * A line that chatters without end would then block all other sources. So in each window of LINES_WINDOW_USEC
 * all lines together have LINES_TURNS_FIRST turns with that priority, fewer if the turns take long. Once they
 * are used up, a line that has already had one of them gets the lowest priority until the window is over. It
 * loses its rank, not its turn: while nothing else is to be done, it is handled at once. */
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
	struct arrivals *arrivals; /* for absent lines; NULL: nothing reports when they come */
	uint64_t window;     /* its number */
	uint64_t until_usec; /* when it ends, CLOCK_MONOTONIC */
	unsigned turns;      /* taken in it; a long turn counts as several */
};

/* A descriptor that is watched. Part of its owner. Not watched if it is all zero or was forgotten. */
struct line_source {
	sd_event_source *source; /* NULL: not watched */
	struct lines *lines;
	line_ready_handler handler;
	void *userdata;
	uint64_t window; /* of its last turn; 0: it had none */
	bool waits;      /* has the lowest priority */
};

/* `event` and `arrivals` (which may be NULL) are the caller's, and outlive the lines. */
void lines_init(struct lines *lines, sd_event *event, struct arrivals *arrivals);

/* Watches a descriptor, which stays the caller's, for these events, and hang-ups (EPOLLHUP, EPOLLERR). A
 * negative errno, and it is not watched: those of sd_event_add_io(3). */
int lines_watch(struct lines *lines, struct line_source *source, int fd, uint32_t events,
                line_ready_handler handler, void *userdata);

/* Ends the watch, to be called before the descriptor is closed: closing it would not end the watch, because
 * systemd has a duplicate. The handler is not called any more, even if the descriptor is ready. */
void lines_forget(struct line_source *source);
