/* Uevents: the kernel's messages when devices come, change and go. They are taken from the kernel itself.
 * Those of udevd, which come later, do not reach a private network namespace (PrivateNetwork=); the kernel's
 * do. The format is that of its lib/kobject_uevent.c: "add@/devices/...", then "KEY=value" each, all ended by
 * a zero. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A socket that is readable when there is a message, and never blocks; the caller closes it. Else a negative
 * errno: those of socket(2), or -EOPNOTSUPP: the kernel tells this network namespace nothing. */
int uevent_open(void);

/* Takes one message. 1: it is about a device that a room may use; 0: it is about another device, or not from
 * the kernel, or there was no message; a negative errno: messages were lost (ENOBUFS, netlink(7)), or may
 * have been. */
int uevent_read(int fd);

/* True if a message says that a GPIO or PWM chip, or a sensor or fan of the subsystems iio, hwmon or w1, has
 * come, changed or gone. Messages of a driver that is bound later are ignored: chips on USB send none. Any
 * bytes; pure. */
bool uevent_is_of_room(const char *message, size_t size);
