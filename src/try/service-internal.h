/* Shared by the files of try/service.h. */
#pragma once

#include "try/service.h"

/* Reads events once. Returns how many were added; 0: none, or the pipe has ended. */
size_t service_take_events(struct service *service);

enum {
	SERVICE_HAS_EVENTS = 1, /* some were added */
	SERVICE_HAS_ENDED = 2,
	SERVICE_HAS_MORE = 4,
};

/* Waits once, until there are events, the service has ended, `more_fd` (-1: none) is readable, or it is
 * `until_ns`. Returns bits for what has happened, or a negative errno. */
int service_poll(struct service *service, int more_fd, uint64_t until_ns);

/* Connects to the bus; waits until the service has its name there. */
int service_connect(struct service *service);
int service_wait_name(struct service *service, struct problem *problem);

/* In a child, before it becomes a program. */
void service_unblock_signals(void);
