/* The watch of the lines that were opened: edges, the keyboard, and Ctrl-C, until the time is over. */
#define _GNU_SOURCE
#include "roomctl/find-lines.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/clock.h"

/* A line with more edges than this is let go: it is none of a person's, and each edge is work for the
 * machine. */
#define EDGES_ENOUGH 20000

#define MSEC_PER_SEC 1000
#define NSEC_PER_MSEC (NSEC_PER_SEC / MSEC_PER_SEC)

/* What is waited for: two more than there are lines. */
struct watch {
	struct find_lines *lines;
	struct pollfd *fds; /* of the i-th line the i-th; below 0: not */
	size_t signals, keyboard;
	find_handler handler;
	void *userdata;
};

static void let_go(struct watch *watch, size_t i)
{
	struct find_line *line = &watch->lines->lines[i];

	line->line = gpio_close(line->line);
	watch->fds[i].fd = -1;
}

/* One read, so that a line that chatters keeps nobody from theirs. A chip that has gone has no more edges. */
static void read_line(struct watch *watch, size_t i)
{
	struct find_line *line = &watch->lines->lines[i];
	struct gpio_raw_edge raw[GPIO_EDGES_READ];
	unsigned acts = line->seen.acts;
	int n = gpio_read_edges(line->line, raw, GPIO_EDGES_READ);

	for (int k = 0; k < n; k++) {
		struct gpio_edge edge;

		gpio_decode_edge(&raw[k], &edge);
		seen_edge(&line->seen, edge.active, edge.line_seqno, edge.monotonic_ns);
	}
	if (watch->handler && line->seen.acts > acts)
		watch->handler(line, watch->userdata);
	line->let_go = n < 0 || line->seen.edges > EDGES_ENOUGH;
	if (line->let_go)
		let_go(watch, i);
}

/* Whoever presses Enter has typed a line, which is taken; the end of the input is none. */
static bool has_entered(struct watch *watch)
{
	struct pollfd *keyboard = &watch->fds[watch->keyboard];
	char line[256];
	ssize_t n;

	if (!keyboard->revents)
		return false;
	n = read(keyboard->fd, line, sizeof line);
	if (n <= 0)
		keyboard->fd = -1;
	return n > 0;
}

static int milliseconds_until(uint64_t end_ns)
{
	uint64_t left_ns = clock_since_ns(clock_now_ns(CLOCK_MONOTONIC), end_ns);
	uint64_t ms = (left_ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;

	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static int run(struct watch *watch, uint64_t end_ns)
{
	size_t n = watch->lines->n;

	while (clock_now_ns(CLOCK_MONOTONIC) < end_ns) {
		int r = poll(watch->fds, n + 2, milliseconds_until(end_ns));

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r <= 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (watch->fds[i].fd >= 0 && watch->fds[i].revents)
				read_line(watch, i);
		if (watch->fds[watch->signals].revents || has_entered(watch))
			return 0;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct find_line *one = a, *other = b;
	bool one_watched = one->state == FIND_WATCHED, other_watched = other->state == FIND_WATCHED;
	int r;

	if (one_watched != other_watched)
		return one_watched ? -1 : 1;
	r = one_watched ? seen_compare(&one->seen, &other->seen) : 0;
	if (r == 0)
		r = strverscmp(one->chip, other->chip);
	return r != 0 ? r : one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* The last ones: edges that have come and were not read yet. */
static void end(struct watch *watch)
{
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	for (size_t i = 0; i < watch->lines->n; i++) {
		struct find_line *line = &watch->lines->lines[i];

		if (line->state != FIND_WATCHED)
			continue;
		seen_end(&line->seen, line->let_go ? line->seen.edge_ns : now_ns);
		let_go(watch, i);
	}
	qsort(watch->lines->lines, watch->lines->n, sizeof *watch->lines->lines, compare);
}

/* Blocked and waited for, so that the lines are released and what was seen is said. */
static int open_signals(sigset_t *ret_before)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, ret_before);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* What has come is taken, or it would end the process once it is not blocked any more. */
static void close_signals(int fd, const sigset_t *before)
{
	struct signalfd_siginfo info;

	while (fd >= 0 && read(fd, &info, sizeof info) > 0)
		;
	if (fd >= 0)
		close(fd);
	sigprocmask(SIG_SETMASK, before, NULL);
}

static void fill(struct watch *watch, int signals, bool until_enter)
{
	size_t n = watch->lines->n;

	for (size_t i = 0; i < n; i++) {
		const struct gpio_line *line = watch->lines->lines[i].line;

		watch->fds[i] = (struct pollfd){ .fd = line ? gpio_fd(line) : -1, .events = POLLIN };
	}
	watch->signals = n;
	watch->keyboard = n + 1;
	watch->fds[n] = (struct pollfd){ .fd = signals, .events = POLLIN };
	watch->fds[n + 1] = (struct pollfd){ .fd = until_enter ? STDIN_FILENO : -1, .events = POLLIN };
}

int find_lines_watch(struct find_lines *lines, uint64_t usec, bool until_enter, find_handler handler,
                     void *userdata)
{
	struct watch watch = { .lines = lines, .handler = handler, .userdata = userdata };
	uint64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
	_cleanup_(cleanup_free) struct pollfd *fds = calloc(lines->n + 2, sizeof *fds);
	sigset_t before;
	int signals, r;

	if (!fds)
		return -ENOMEM;
	watch.fds = fds;
	signals = open_signals(&before);
	fill(&watch, signals, until_enter);
	r = signals < 0 ? signals
	                : run(&watch, clock_later_ns(now_ns, usec > UINT64_MAX / NSEC_PER_USEC
	                                                             ? NEVER_NS
	                                                             : usec * NSEC_PER_USEC));
	end(&watch);
	close_signals(signals, &before);
	return r;
}
