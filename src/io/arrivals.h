/* Calls the components that wait for an absent device when it may have come: after each uevent of such a
 * device (io/uevent.h). A device that stays away causes no wake-ups. The socket is open only while somebody
 * waits: for an absent device, or (io/pwm.h) for a device whose loss would not be noticed otherwise.
 * Components are called in the order in which they began to wait.
 *
 * A device is not always ready when the kernel says that it is there: its node gets its group, and udev's
 * links are made, a moment later. So those that still wait are called at once, 50 ms later, and then 100,
 * 200, 400 and 800 ms after the time before. The same happens after messages were lost. When the first
 * component begins to wait, it may have tried before the socket was open; so it is called at these times,
 * too, but not at once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

/* May call arrivals_wait() and arrivals_leave(), even for other arrivals. The chips are held meanwhile
 * (gpio_hold_chips()). */
typedef void (*arrival_handler)(void *userdata);

/* Part of its owner. All zero: it has never waited. */
struct arrival {
	struct arrival *next;
	arrival_handler handler;
	void *userdata;
	bool waits, due;
};

/* The arrivals that wait in one loop. Part of its owner; outlives all of them. */
struct arrivals {
	sd_event *event;
	sd_event_source *messages; /* NULL: nobody waits */
	sd_event_source *settle;   /* set together with `messages` */
	uint64_t delay_usec;       /* to the call after the next one */
	struct arrival *waiting;
};

/* `event` is the caller's, and outlives it. */
void arrivals_init(struct arrivals *arrivals, sd_event *event);

/* Calls the handler of `arrival` until arrivals_leave(); does nothing if it waits already. A negative errno, and
 * it does not wait: those of uevent_open(), -ENOMEM. */
int arrivals_wait(struct arrivals *arrivals, struct arrival *arrival);

/* May be called for an arrival that does not wait. */
void arrivals_leave(struct arrivals *arrivals, struct arrival *arrival);
