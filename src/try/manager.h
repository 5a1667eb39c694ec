/* A stand-in for systemd: it has the socket that a service notifies, keeps the service's descriptors, and
 * hands them over to the next process (sd_notify(3), FDSTORE=1; sd_listen_fds(3)). It answers in a thread of
 * its own, because a service waits for answers while it starts. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/problem.h"

/* Like FileDescriptorStoreMax=. */
#define MANAGER_FDS_MAX 256 /* a room of 250 lines */

struct service_manager {
	char path[64]; /* of the socket */
	int socket;
	pthread_t thread;
	pthread_mutex_t lock; /* of all members below */
	struct manager_fd {
		char name[256];
		int fd;
	} fds[MANAGER_FDS_MAX];
	size_t fds_n;
	int said_ready; /* an eventfd(2), readable after a new READY=1 */
	unsigned ready, stopping, barriers, watchdogs; /* how often each message came */
	uint64_t ready_ns;                             /* the last time, CLOCK_MONOTONIC */
	char status[1200]; /* the last one */
	/* systemd drops a descriptor that hangs up, such as that of a line whose chip has gone. If this is
	 * set, this stand-in does not, as if the service had been started before systemd noticed. */
	bool keeps_hung_up;
};

/* Starts it. `path` is the socket's; it does not exist yet, and fits into an address of AF_UNIX. 0, or a
 * negative errno with a sentence. */
int manager_start(struct service_manager *manager, const char *path, struct problem *problem);

/* Closes the descriptors that it keeps. May be called for one that is all zero. */
void manager_stop(struct service_manager *manager);

/* Waits until the service has sent READY=1 since the last call, but not beyond `deadline_ns`
 * (CLOCK_MONOTONIC), and only until `ended_fd`, which may be -1, is readable. 0; -ETIMEDOUT; -ECANCELED:
 * `ended_fd` is readable. */
int manager_wait_ready(struct service_manager *manager, uint64_t deadline_ns, int ended_fd);

/* Locks and unlocks the members that the thread changes. */
void manager_hold(struct service_manager *manager);
void manager_release(struct service_manager *manager);

/* While it is locked: closes the i-th kept descriptor, or all with this name. */
void manager_forget(struct service_manager *manager, size_t i);
void manager_forget_named(struct service_manager *manager, const char *name);

/* To be called before and after the fork that makes the service, so that the child finds a consistent state. */
void manager_before_fork(struct service_manager *manager);
void manager_after_fork(struct service_manager *manager);

/* In the child: sets its environment, and moves the descriptors to their numbers from 3 on, replacing any
 * others. Open nothing after it. */
void manager_hand_over(struct service_manager *manager);
