/* A stand-in for systemd: the socket that a service notifies, the descriptors that it has kept for it, and what the next one
 * gets of them (sd_notify(3), FDSTORE=1; sd_listen_fds(3)). A thread of its own answers, because a service waits for that
 * while it starts. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/problem.h"

/* The same as FileDescriptorStoreMax= would be. */
#define MANAGER_FDS_MAX 256 /* a room of 250 lines */

struct service_manager {
	char path[64]; /* of the socket */
	int socket;
	pthread_t thread;
	pthread_mutex_t lock; /* of all that follows */
	struct manager_fd {
		char name[256];
		int fd;
	} fds[MANAGER_FDS_MAX];
	size_t fds_n;
	int said_ready; /* an eventfd(2) that can be read when READY=1 was said since */
	unsigned ready, stopping, barriers, watchdogs; /* so often it was said */
	uint64_t ready_ns;                             /* the last time, CLOCK_MONOTONIC */
	char status[1200]; /* the last one */
	/* systemd forgets what hangs up, such as a line whose chip has gone; set: this one does not, as if
	 * the service had been started before systemd noticed. */
	bool keeps_hung_up;
};

/* `path`, of the socket, which nobody has yet; shorter than an address of AF_UNIX. A negative errno with a sentence. */
int manager_start(struct service_manager *manager, const char *path, struct problem *problem);

/* Closes what it has kept. Also for one that was never started, all zero. */
void manager_stop(struct service_manager *manager);

/* Waits until the service says that it is ready, or has said so since the last such call, until `deadline_ns` of
 * CLOCK_MONOTONIC, or until `ended_fd`, which may be -1, can be read. 0; -ETIMEDOUT; -ECANCELED: `ended_fd` can be. */
int manager_wait_ready(struct service_manager *manager, uint64_t deadline_ns, int ended_fd);

/* Around whatever looks at what the thread changes. */
void manager_hold(struct service_manager *manager);
void manager_release(struct service_manager *manager);

/* While it is held: closes the i-th, or all of this name, that it keeps. */
void manager_forget(struct service_manager *manager, size_t i);
void manager_forget_named(struct service_manager *manager, const char *name);

/* Around the fork that makes the service, so that the child finds things in order. */
void manager_before_fork(struct service_manager *manager);
void manager_after_fork(struct service_manager *manager);

/* In the child: sets its environment, and puts the descriptors where they belong, from 3 on, whatever is there. Nothing is
 * opened afterwards. */
void manager_hand_over(struct service_manager *manager);
