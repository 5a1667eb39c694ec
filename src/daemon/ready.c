#include "daemon/ready.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/fd-store.h"
#include "util/log.h"

#define AT_LATEST_USEC (2 * USEC_PER_SEC)

struct ready {
	sd_event_source *timer, *store;
	int store_fd; /* hangs up when systemd has them */
	bool bus_has_settled, lines_are_stored;
	bool said;
};

/* -EINVAL: $NOTIFY_SOCKET is no address, which it will not become. */
static bool has_told(int r)
{
	return r >= 0 || r == -EINVAL;
}

static void say(struct ready *ready)
{
	if (ready->said)
		return;
	ready->said = has_told(sd_notify(false, "READY=1"));
	if (ready->said) {
		sd_event_source_set_enabled(ready->timer, SD_EVENT_OFF);
		return;
	}
	/* Again: systemd ends a service that never says it. */
	sd_event_source_set_time_relative(ready->timer, AT_LATEST_USEC);
	sd_event_source_set_enabled(ready->timer, SD_EVENT_ONESHOT);
}

void ready_after_reload(struct ready *ready)
{
	ready->said = false;
	say(ready);
}

static void say_if_so(struct ready *ready)
{
	if (ready->bus_has_settled && ready->lines_are_stored)
		say(ready);
}

static int on_stored(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct ready *ready = userdata;

	(void)fd, (void)events;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	ready->lines_are_stored = true;
	say_if_so(ready);
	return 0;
}

static int on_late(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct ready *ready = userdata;

	(void)source, (void)usec;
	if (!ready->lines_are_stored)
		log_warning("systemd does not confirm that it keeps the lines for a restart");
	say(ready);
	return 0;
}

int ready_new(sd_event *event, struct fd_store *store, struct ready **ret)
{
	_cleanup_(ready_freep) struct ready *ready = calloc(1, sizeof *ready);
	int r;

	if (!ready)
		return -ENOMEM;
	r = fd_store_begin_barrier(store, &ready->store_fd);
	ready->lines_are_stored = r <= 0; /* nothing to wait for, or nobody to ask */
	if (r > 0)
		r = sd_event_add_io(event, &ready->store, ready->store_fd, 0, on_stored, ready);
	else
		r = 0;
	if (r >= 0)
		r = sd_event_add_time_relative(event, &ready->timer, CLOCK_MONOTONIC, AT_LATEST_USEC, 1,
		                               on_late, ready);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(ready);
	return 0;
}

void ready_bus_has_settled(struct ready *ready)
{
	ready->bus_has_settled = true;
	say_if_so(ready);
}

struct ready *ready_free(struct ready *ready)
{
	if (!ready)
		return NULL;
	sd_event_source_disable_unref(ready->timer);
	sd_event_source_disable_unref(ready->store);
	if (ready->store_fd > 0)
		close(ready->store_fd);
	free(ready);
	return NULL;
}
