/* Keeps a line: adopts the one that was handed over, or requests it. If that fails, or the line goes away,
 * the keeper reports it once. It tries again when the chip has come (io/absence.h) or the holder has released
 * the line (io/gpio-holder.h). Inputs and outputs have this in common; each adds what it does with the line.
 * While the line is there, it is in the descriptor store, so that it outlives the process. */
#pragma once

#include "io/absence.h"
#include "io/gpio.h"
#include "io/lines.h"

/* Called for the owner of the input or output. */
struct line_availability {
	/* The line cannot be had, or has gone. Called once, and not again before it was available. */
	void (*unavailable)(const char *reason, void *userdata);
	/* The line is there again. Called after unavailable(), before any other handler. */
	void (*available)(const char *reason, void *userdata);
};

/* Called for the input or output, of which `keeper` is a part. */
struct fd_store;
struct line_keeper;

/* Where a line came from. */
enum line_keeper_from {
	LINE_REQUESTED,    /* no process held it */
	LINE_ADOPTED,      /* handed over, and not touched */
	LINE_RECONFIGURED, /* handed over, and its settings were changed */
};

struct line_keeper_ops {
	/* Requests the line: gpio_open_input() or gpio_open_output(). */
	int (*open)(struct line_keeper *keeper, struct gpio_line **ret, struct problem *problem);
	/* Adopts it: gpio_adopt_input() or gpio_adopt_output(). */
	int (*adopt)(struct line_keeper *keeper, int fd, struct gpio_line **ret, bool *ret_reconfigured,
	             struct problem *problem);
	/* The line is there, has this level, and has been reported as available. A negative errno: it cannot
	 * be used after all. */
	int (*opened)(struct line_keeper *keeper, enum line_keeper_from from, bool level);
	/* Its descriptor has `events` of epoll(7), or a hang-up. */
	void (*ready)(struct line_keeper *keeper, uint32_t events);
	uint32_t events; /* EPOLLIN, or 0 for hang-ups only */
};

struct line_keeper {
	const struct line_keeper_ops *ops;
	const struct line_availability *availability;
	void *userdata; /* for availability */
	struct lines *lines;
	struct fd_store *store;
	int stored_fd; /* the descriptor that was handed over, until the first try; 0: none (systemd's begin at 3) */
	struct gpio_settings settings;
	struct gpio_line *line; /* NULL while unavailable */
	struct line_source source;
	struct absence absence;
	sd_event_source *holder; /* of a busy line; NULL: nothing reports when it is released */
	bool reported;
};

/* Opens nothing yet, but takes what `store` (which may be NULL) has under settings->stored_as. Everything
 * that the arguments point to outlives the keeper. A negative errno if there is no memory. */
int line_keeper_init(struct line_keeper *keeper, struct lines *lines, struct fd_store *store,
                     const struct gpio_settings *settings, const struct line_keeper_ops *ops,
                     const struct line_availability *availability, void *userdata);

/* Gives the line back to the store, for the next owner in this process or another. To release the line, drop
 * it from the store, too (fd_store_drop()). May be called for a keeper that is all zero. */
void line_keeper_deinit(struct line_keeper *keeper);

/* Tries to get the line now, and again until it succeeds. If the descriptor that was handed over is not the
 * line's, it is refused (fd_store_refuse()), and the line is requested. */
void line_keeper_start(struct line_keeper *keeper);

/* Using the line failed with this negative errno: it is closed and dropped, reported as unavailable, and
 * tried again. */
void line_keeper_lost(struct line_keeper *keeper, int error);
