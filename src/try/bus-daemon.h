/* A private system bus: a dbus-daemon. Every process may connect, call everything and own every name. */
#pragma once

#include <sys/types.h>

#include "util/problem.h"

#define BUS_DAEMON_PATH_SIZE 96

struct bus_daemon {
	pid_t pid;                         /* 0: it does not run */
	char socket[BUS_DAEMON_PATH_SIZE]; /* its address is "unix:path=" and this */
};

/* Starts it with its files in the writable folder `folder` and its socket at `socket`; both folders exist.
 * Returns when it accepts connections. 0, or a negative errno with a sentence. */
int bus_daemon_start(struct bus_daemon *daemon, const char *folder, const char *socket, struct problem *problem);

/* Kills it and removes the socket. May be called for one that is all zero. */
void bus_daemon_stop(struct bus_daemon *daemon);
