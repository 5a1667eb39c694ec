/* A timer that is never over, and that the kernel cancels when CLOCK_REALTIME is set, as timerfd_create(2)
 * has it (TFD_TIMER_CANCEL_ON_SET). sd-event has nothing for it. */
#include "daemon/clock-watch.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct clock_watch {
	struct component_room *room;
	sd_event_source *source;
};

/* The latest time that there is: the kernel takes it for the last one that it can wait for. */
static int arm(int fd)
{
	const struct itimerspec never = { .it_value.tv_sec = INT64_MAX };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0 ? -errno
	                                                                                          : 0;
}

static void tell_components(const struct component_room *room)
{
	for (size_t i = 0; i < room->components_n; i++) {
		struct component *component = room->components[i];

		if (component && component->class->clock_set)
			component->class->clock_set(component);
	}
}

/* The kernel goes on watching once ECANCELED was read. What is set after this is seen the next time. */
static int on_set(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct clock_watch *watch = userdata;
	uint64_t count;

	(void)source, (void)events;
	if (read(fd, &count, sizeof count) < 0 && errno != ECANCELED)
		return 0;
	tell_components(watch->room);
	return 0;
}

int clock_watch_new(struct component_room *room, struct clock_watch **ret)
{
	_cleanup_(clock_watch_freep) struct clock_watch *watch = calloc(1, sizeof *watch);
	int fd, r;

	if (!watch)
		return -ENOMEM;
	watch->room = room;
	fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	r = arm(fd);
	if (r >= 0)
		r = sd_event_add_io(room->event, &watch->source, fd, EPOLLIN, on_set, watch);
	if (r < 0) {
		close(fd);
		return r;
	}
	sd_event_source_set_io_fd_own(watch->source, true);
	tell_components(room); /* of what happened since they have looked at it */
	*ret = TAKE_PTR(watch);
	return 0;
}

struct clock_watch *clock_watch_free(struct clock_watch *watch)
{
	if (!watch)
		return NULL;
	sd_event_source_disable_unref(watch->source);
	free(watch);
	return NULL;
}
