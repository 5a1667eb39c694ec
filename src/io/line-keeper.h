/* Keeps a line: adopts the one that was handed over, or requests it, and when it cannot be had or goes away,
 * says so once and tries again when its chip has come (io/absence.h) or its holder has let go (io/gpio-holder.h).
 * What an input and an output have in common; each adds what it does with the line. A line that is there is in
 * the descriptor store, so that it outlives the process. */
#pragma once

#include "io/absence.h"
#include "io/gpio.h"
#include "io/lines.h"

/* Told to whoever owns the input or output. */
struct line_availability {
	/* The line cannot be had, or has gone. Once until it is available again. */
	void (*unavailable)(const char *reason, void *userdata);
	/* After unavailable(), before anything else is told of the line. */
	void (*available)(const char *reason, void *userdata);
};

/* Told to the input or output; `keeper` is part of it. */
struct fd_store;
struct line_keeper;

/* How a line came to be there. */
enum line_keeper_from {
	LINE_REQUESTED,    /* nobody had it */
	LINE_ADOPTED,      /* handed over, and as it was: nothing has touched it */
	LINE_RECONFIGURED, /* handed over, and its settings were others */
};

struct line_keeper_ops {
	/* Requests the line: gpio_open_input() or gpio_open_output(). */
	int (*open)(struct line_keeper *keeper, struct gpio_line **ret, struct problem *problem);
	/* Adopts it: gpio_adopt_input() or gpio_adopt_output(). */
	int (*adopt)(struct line_keeper *keeper, int fd, struct gpio_line **ret, bool *ret_reconfigured,
	             struct problem *problem);
	/* It is there, has this level, and is said to be; a negative errno: it is not usable after all. */
	int (*opened)(struct line_keeper *keeper, enum line_keeper_from from, bool level);
	/* Its descriptor has `events` of epoll(7), or a hang-up. */
	void (*ready)(struct line_keeper *keeper, uint32_t events);
	uint32_t events; /* EPOLLIN, or 0 to hear of a hang-up only */
};

struct line_keeper {
	const struct line_keeper_ops *ops;
	const struct line_availability *availability;
	void *userdata; /* for availability */
	struct lines *lines;
	struct fd_store *store;
	int stored_fd; /* what was handed over, until the first try; 0: nothing (systemd's begin at 3) */
	struct gpio_settings settings;
	struct gpio_line *line; /* NULL while unavailable */
	struct line_source source;
	struct absence absence;
	sd_event_source *holder; /* of a line that is busy; NULL: nobody says when it is let go */
	bool reported;
};

/* Opens nothing yet, but takes what `store` (which may be NULL) has under settings->stored_as. What is
 * pointed to outlives the keeper. A negative errno if there is no memory. */
int line_keeper_init(struct line_keeper *keeper, struct lines *lines, struct fd_store *store,
                     const struct gpio_settings *settings, const struct line_keeper_ops *ops,
                     const struct line_availability *availability, void *userdata);

/* Gives the line back to the store, for whoever has it next, in this process or another; a line that is to be
 * released is dropped from the store (fd_store_drop_below()). Also for one that was never initialised, all
 * zero. */
void line_keeper_deinit(struct line_keeper *keeper);

/* Tries now, and as long as it takes. A descriptor that was handed over and is not the line's is refused
 * (fd_store_refuse()), and the line requested. */
void line_keeper_start(struct line_keeper *keeper);

/* Using the line failed with this negative errno: it is closed and dropped, which is said, and tried again.
 */
void line_keeper_lost(struct line_keeper *keeper, int error);
