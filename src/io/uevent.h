/* What the kernel says when devices come, change and go: uevents, from the kernel itself. Those of udevd, which
 * come later, do not reach a network namespace of one's own (PrivateNetwork=); the kernel's do. The format is
 * that of its lib/kobject_uevent.c: "add@/devices/...", then "KEY=value" each, all ended by a zero. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A socket that is readable when there is a message, and never blocks; the caller closes it. Else a negative
 * errno: those of socket(2), or -EOPNOTSUPP: the kernel tells this network namespace nothing. */
int uevent_open(void);

/* Takes one message. 1: it is of a device that a room may use; 0: of another one, not of the kernel, or there
 * was none; a negative errno: some were lost (ENOBUFS, netlink(7)), or may have been. */
int uevent_read(int fd);

/* Whether a message says that a GPIO or PWM chip, or a sensor or fan of the subsystems iio, hwmon, w1, has come,
 * changed or gone. What is bound to a driver later than it comes is not waited for: chips behind USB say nothing then.
 * Any bytes; pure. */
bool uevent_is_of_room(const char *message, size_t size);
