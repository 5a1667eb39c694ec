/* A system bus of one's own: a dbus-daemon. Everybody may connect and call, as on a system bus, and be anybody. */
#pragma once

#include <sys/types.h>

#include "util/problem.h"

#define BUS_DAEMON_PATH_SIZE 96

struct bus_daemon {
	pid_t pid;                         /* 0: it does not run */
	char socket[BUS_DAEMON_PATH_SIZE]; /* its address is "unix:path=" and this */
};

/* Starts it with its files in `folder`, which is there and writable, and its socket at `socket`, in a folder that is there.
 * Returns when it can be connected to. A negative errno with a sentence. */
int bus_daemon_start(struct bus_daemon *daemon, const char *folder, const char *socket, struct problem *problem);

/* SIGKILL, and no socket any more. Also for one that is all zero. */
void bus_daemon_stop(struct bus_daemon *daemon);
