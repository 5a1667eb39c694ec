#include "io/line-keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/gpio-holder.h"
#include "util/cleanup.h"
#include "util/fd-store.h"

static void try_open(void *userdata);

/* The sentence is kept in the store, for whoever reads messages. */
static void refuse(struct line_keeper *keeper, int fd, const struct problem *problem)
{
	struct problem sentence;

	problem_set(&sentence, 0, "%s; it was closed and the line requested anew", problem->text);
	fd_store_refuse(keeper->store, keeper->settings.stored_as, fd, sentence.text);
}

/* What was handed over under the line's name. One that is another line's is closed at once, before anybody
 * requests a line: it may be what another component asks for. */
static void take_stored(struct line_keeper *keeper)
{
	struct problem problem;
	int fd = fd_store_take(keeper->store, keeper->settings.stored_as), r;

	if (fd < 0)
		return;
	r = gpio_check_stored(&keeper->settings, fd, &problem);
	if (r < 0 && !problem_passes(r))
		refuse(keeper, fd, &problem);
	else
		keeper->stored_fd = fd;
}

int line_keeper_init(struct line_keeper *keeper, struct lines *lines, struct fd_store *store,
                     const struct gpio_settings *settings, const struct line_keeper_ops *ops,
                     const struct line_availability *availability, void *userdata)
{
	*keeper = (struct line_keeper){
		.ops = ops,
		.availability = availability,
		.userdata = userdata,
		.lines = lines,
		.store = store,
		.settings = *settings,
	};
	if (settings->stored_as)
		take_stored(keeper);
	return absence_init(&keeper->absence, lines->event, lines->arrivals, try_open, keeper);
}

static void forget_holder(struct line_keeper *keeper)
{
	keeper->holder = sd_event_source_disable_unref(keeper->holder);
}

static int on_holder(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)source;
	if (gpio_was_let_go(fd) || (events & (EPOLLHUP | EPOLLERR)))
		try_open(userdata);
	return 0;
}

/* Anew after each try: the chip may be another one. */
static int watch_holder(struct line_keeper *keeper)
{
	int fd, r;

	r = gpio_watch_holder(keeper->settings.line, &fd);
	if (r < 0)
		return r;
	r = sd_event_add_io(keeper->lines->event, &keeper->holder, fd, EPOLLIN, on_holder, keeper);
	if (r >= 0)
		return sd_event_source_set_io_fd_own(keeper->holder, true);
	close(fd);
	return r;
}

static void close_line(struct line_keeper *keeper)
{
	lines_forget(&keeper->source);
	keeper->line = gpio_close(keeper->line);
}

/* For a successor in this process: the line is not released in between. */
static void give_back(struct line_keeper *keeper)
{
	int fd = fcntl(gpio_fd(keeper->line), F_DUPFD_CLOEXEC, 3);

	if (fd >= 0)
		fd_store_give_back(keeper->store, keeper->settings.stored_as, fd);
}

void line_keeper_deinit(struct line_keeper *keeper)
{
	if (keeper->line && keeper->settings.stored_as)
		give_back(keeper);
	close_line(keeper);
	if (keeper->stored_fd > 0)
		fd_store_give_back(keeper->store, keeper->settings.stored_as, keeper->stored_fd);
	keeper->stored_fd = 0;
	forget_holder(keeper);
	absence_deinit(&keeper->absence);
}

/* Whether somebody will say when it is worth another try. */
static bool will_be_told(struct line_keeper *keeper, int error)
{
	if (error == -EBUSY)
		return watch_holder(keeper) >= 0;
	return error == -ENODEV || error == -ENOTUNIQ;
}

static void give_up(struct line_keeper *keeper, int error, const char *reason)
{
	if (keeper->line && keeper->settings.stored_as)
		fd_store_drop(keeper->store, keeper->settings.stored_as);
	close_line(keeper);
	if (!keeper->reported) {
		keeper->reported = true;
		keeper->availability->unavailable(reason, keeper->userdata);
	}
	absence_goes_on(&keeper->absence, will_be_told(keeper, error));
}

/* Until the next try. Closing a line that is held would release it, and click the relay that is on it. */
static void put_by(struct line_keeper *keeper)
{
	int fd = fcntl(gpio_fd(keeper->line), F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return;
	keeper->stored_fd = fd;
	close_line(keeper);
}

static void say_lost(struct line_keeper *keeper, int error, bool stays)
{
	struct problem problem;

	problem_set(&problem, error, "line %s (%s) %s: %s", keeper->settings.line, gpio_place(keeper->line),
	            error == -ENODEV ? "has gone" : "does not work", problem_errno(error));
	if (stays)
		put_by(keeper);
	give_up(keeper, error, problem.text);
}

void line_keeper_lost(struct line_keeper *keeper, int error)
{
	say_lost(keeper, error, false);
}

static HOT void on_ready(uint32_t events, void *userdata)
{
	struct line_keeper *keeper = userdata;

	keeper->ops->ready(keeper, events);
}

static void say_available(struct line_keeper *keeper)
{
	struct problem where;

	if (!keeper->reported)
		return;
	keeper->reported = false;
	problem_set(&where, 0, "line %s is at %s", keeper->settings.line, gpio_place(keeper->line));
	keeper->availability->available(where.text, keeper->userdata);
}

/* It was this line's when it was taken, but may have gone since. */
static int adopt(struct line_keeper *keeper, enum line_keeper_from *ret_from, struct problem *problem)
{
	int fd = keeper->stored_fd, r;
	bool reconfigured = false;

	if (fd <= 0)
		return -ENOENT;
	keeper->stored_fd = 0;
	r = keeper->ops->adopt(keeper, fd, &keeper->line, &reconfigured, problem);
	if (problem_passes(r)) {
		keeper->stored_fd = fd;
		return r;
	}
	if (r < 0) {
		refuse(keeper, fd, problem);
		return r;
	}
	*ret_from = reconfigured ? LINE_RECONFIGURED : LINE_ADOPTED;
	return 0;
}

/* Only once its owner knows of it: what a successor adopts has to be what the owner has kept. Without a
 * store, or with one that cannot be told, a restart releases the line. */
static void store(struct line_keeper *keeper)
{
	if (keeper->settings.stored_as)
		fd_store_put(keeper->store, keeper->settings.stored_as, gpio_fd(keeper->line));
}

/* A line that can be requested and not be read is no better than one that is absent: it is read first, and
 * only then said to be there. */
static void use(struct line_keeper *keeper, enum line_keeper_from from)
{
	int r;

	r = lines_watch(keeper->lines, &keeper->source, gpio_fd(keeper->line), keeper->ops->events,
	                on_ready, keeper);
	if (r >= 0)
		r = gpio_get(keeper->line);
	if (r >= 0) {
		say_available(keeper);
		r = keeper->ops->opened(keeper, from, r > 0);
	}
	if (r < 0) {
		say_lost(keeper, r, from != LINE_REQUESTED && r != -ENODEV);
		return;
	}
	if (from == LINE_REQUESTED)
		store(keeper);
	absence_ends(&keeper->absence);
}

static void try_open(void *userdata)
{
	struct line_keeper *keeper = userdata;
	enum line_keeper_from from = LINE_REQUESTED;
	struct problem problem;
	int r;

	forget_holder(keeper);
	r = adopt(keeper, &from, &problem);
	if (r < 0 && keeper->stored_fd <= 0)
		r = keeper->ops->open(keeper, &keeper->line, &problem);
	if (r < 0)
		give_up(keeper, r, problem.text);
	else
		use(keeper, from);
}

void line_keeper_start(struct line_keeper *keeper)
{
	try_open(keeper);
}
