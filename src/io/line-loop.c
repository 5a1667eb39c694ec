#include "io/line-loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "util/cleanup.h"

/* What one epoll_wait(2) takes; more wait for the next turn. */
#define READY_MAX 64

struct line_loop {
	sd_event *event;
	int epoll_fd;
	/* What is ready and has not been handled yet in this turn. */
	struct epoll_event ready[READY_MAX];
	int ready_n;
};

int line_loop_new(sd_event *event, struct line_loop **ret)
{
	_cleanup_(line_loop_freep) struct line_loop *loop = calloc(1, sizeof *loop);
	struct epoll_event all = { .events = EPOLLIN, .data.ptr = NULL };

	if (!loop)
		return -ENOMEM;
	loop->event = sd_event_ref(event);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		return -errno;
	/* sd-event's own epoll descriptor: what is behind it is all that is no line. */
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, sd_event_get_fd(event), &all) < 0)
		return -errno;
	*ret = TAKE_PTR(loop);
	return 0;
}

struct line_loop *line_loop_free(struct line_loop *loop)
{
	if (!loop)
		return NULL;
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	sd_event_unref(loop->event);
	free(loop);
	return NULL;
}

sd_event *line_loop_event(const struct line_loop *loop)
{
	return loop->event;
}

int line_loop_watch(struct line_loop *loop, struct line_source *source, int fd, uint32_t events,
                    line_ready_handler handler, void *userdata)
{
	struct epoll_event wanted = { .events = events, .data.ptr = source };

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &wanted) < 0)
		return -errno;
	*source = (struct line_source){ .handler = handler, .userdata = userdata, .fd = fd, .loop = loop };
	return 0;
}

void line_loop_forget(struct line_source *source)
{
	struct line_loop *loop = source->loop;

	if (!loop)
		return;
	for (int i = 0; i < loop->ready_n; i++)
		if (loop->ready[i].data.ptr == source)
			loop->ready[i].data.ptr = NULL;
	/* Closing the descriptor would not do: systemd has a duplicate of it. */
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
	*source = (struct line_source){ 0 };
}

static HOT int handle_lines(struct line_loop *loop, int timeout_ms)
{
	int n = epoll_wait(loop->epoll_fd, loop->ready, READY_MAX, timeout_ms);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	loop->ready_n = n;
	for (int i = 0; i < n; i++) {
		struct line_source *source = loop->ready[i].data.ptr;

		if (source)
			source->handler(loop->ready[i].events, source->userdata);
	}
	loop->ready_n = 0;
	return 0;
}

HOT int line_loop_turn(struct line_loop *loop, int timeout_ms)
{
	int pending, r;

	pending = sd_event_prepare(loop->event);
	if (pending < 0)
		return pending;
	r = handle_lines(loop, pending > 0 ? 0 : timeout_ms);
	/* Also after an error, or if nothing of its own is ready: it has to be asked before it is prepared
	 * again.
	 */
	if (pending == 0)
		pending = sd_event_wait(loop->event, 0);
	if (pending > 0)
		pending = sd_event_dispatch(loop->event);
	return r < 0 ? r : pending < 0 ? pending : 0;
}

HOT int line_loop_run(struct line_loop *loop)
{
	int code = 0, r;

	while (sd_event_get_state(loop->event) != SD_EVENT_FINISHED) {
		r = line_loop_turn(loop, -1);
		if (r < 0)
			return r;
	}
	r = sd_event_get_exit_code(loop->event, &code);
	return r < 0 ? r : code;
}
