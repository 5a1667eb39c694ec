/* What the parts of try/service.h share. */
#pragma once

#include "try/service.h"

/* Reads what there is of events, once. How many were added; 0: none, or the pipe has ended. */
size_t service_take_events(struct service *service);

enum {
	SERVICE_HAS_EVENTS = 1, /* some were added */
	SERVICE_HAS_ENDED = 2,
	SERVICE_HAS_MORE = 4,
};

/* Waits once: until there are events, the service has ended, `more_fd` (-1: none) can be read, or it is `until_ns`. What
 * has happened; a negative errno. */
int service_poll(struct service *service, int more_fd, uint64_t until_ns);

/* The connection to the bus; and until the service has its name there. */
int service_connect(struct service *service);
int service_wait_name(struct service *service, struct problem *problem);

/* In a child, before it becomes a program. */
void service_unblock_signals(void);
