#include "io/arrivals.h"

#include <unistd.h>

#include "io/gpio.h"
#include "io/uevent.h"
#include "util/clock.h"

#define FIRST_USEC 50000
#define LAST_USEC 800000

void arrivals_init(struct arrivals *arrivals, sd_event *event)
{
	*arrivals = (struct arrivals){ .event = event };
}

static struct arrival *first_due(const struct arrivals *arrivals)
{
	for (struct arrival *arrival = arrivals->waiting; arrival; arrival = arrival->next)
		if (arrival->due)
			return arrival;
	return NULL;
}

/* All that wait now, however the list changes meanwhile. */
static void call_waiting(struct arrivals *arrivals)
{
	struct arrival *arrival;

	for (arrival = arrivals->waiting; arrival; arrival = arrival->next)
		arrival->due = true;
	gpio_hold_chips();
	while ((arrival = first_due(arrivals))) {
		arrival->due = false;
		arrival->handler(arrival->userdata);
	}
	gpio_release_chips();
}

/* Neither can fail for a timer that exists, in the process that made it. */
static void call_after(struct arrivals *arrivals, uint64_t usec)
{
	sd_event_source_set_time_relative(arrivals->settle, usec);
	sd_event_source_set_enabled(arrivals->settle, SD_EVENT_ONESHOT);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct arrivals *arrivals = userdata;

	(void)source, (void)usec;
	if (arrivals->delay_usec <= LAST_USEC) {
		call_after(arrivals, arrivals->delay_usec);
		arrivals->delay_usec *= 2;
	}
	call_waiting(arrivals);
	return 0;
}

/* If a call is to come anyway it comes after FIRST_USEC at the latest, and none is made for each message: there
 * may be many of them. */
static void begin_to_settle(struct arrivals *arrivals)
{
	uint64_t now = 0, next = 0;

	arrivals->delay_usec = FIRST_USEC;
	if (sd_event_source_get_enabled(arrivals->settle, NULL) <= 0) {
		call_after(arrivals, 0);
		return;
	}
	sd_event_now(arrivals->event, CLOCK_MONOTONIC, &now);
	sd_event_source_get_time(arrivals->settle, &next);
	if (next > now + FIRST_USEC)
		call_after(arrivals, FIRST_USEC);
}

static void stop_listening(struct arrivals *arrivals)
{
	arrivals->messages = sd_event_source_disable_unref(arrivals->messages);
	arrivals->settle = sd_event_source_disable_unref(arrivals->settle);
}

/* One message a turn, so that a storm of them keeps nobody from theirs. What was lost may have been anything.
 */
static int on_message(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct arrivals *arrivals = userdata;
	int r = uevent_read(fd);

	(void)source, (void)events;
	if (r != 0)
		begin_to_settle(arrivals);
	return 0;
}

static int add_messages(struct arrivals *arrivals)
{
	int fd = uevent_open(), r;

	if (fd < 0)
		return fd;
	r = sd_event_add_io(arrivals->event, &arrivals->messages, fd, EPOLLIN, on_message, arrivals);
	if (r >= 0)
		r = sd_event_source_set_io_fd_own(arrivals->messages, true);
	else
		close(fd);
	return r;
}

static int listen_to_kernel(struct arrivals *arrivals)
{
	int r = add_messages(arrivals);

	if (r >= 0)
		r = sd_event_add_time(arrivals->event, &arrivals->settle, CLOCK_MONOTONIC, 0, 1, on_settle,
		                      arrivals);
	if (r < 0) {
		stop_listening(arrivals);
		return r;
	}
	arrivals->delay_usec = 2 * FIRST_USEC;
	call_after(arrivals, FIRST_USEC);
	return 0;
}

int arrivals_wait(struct arrivals *arrivals, struct arrival *arrival)
{
	int r = arrivals->messages ? 0 : listen_to_kernel(arrivals);
	struct arrival **last = &arrivals->waiting;

	if (r < 0 || arrival->waits)
		return r;
	while (*last)
		last = &(*last)->next;
	arrival->next = NULL;
	arrival->waits = true;
	*last = arrival;
	return 0;
}

void arrivals_leave(struct arrivals *arrivals, struct arrival *arrival)
{
	for (struct arrival **a = &arrivals->waiting; *a; a = &(*a)->next)
		if (*a == arrival) {
			*a = arrival->next;
			break;
		}
	arrival->waits = arrival->due = false;
	if (!arrivals->waiting)
		stop_listening(arrivals);
}
