/* Sends READY=1, sd_notify(3). It waits until systemd has the lines, so that the service may be restarted
 * then, and until the bus has settled, so that it may be called; but at most 2 s after the start. */
#pragma once

#include <systemd/sd-event.h>

#include "util/cleanup.h"

struct fd_store;
struct ready;

/* To be called when the room has started. 0, -ENOMEM, or an error of epoll_ctl(2). */
int ready_new(sd_event *event, struct fd_store *store, struct ready **ret);

/* roomd owns its name on the bus, or there is no bus for now. */
void ready_bus_has_settled(struct ready *ready);

/* The reload is over, which systemd has been told of. */
void ready_after_reload(struct ready *ready);

/* Takes NULL; returns NULL. */
struct ready *ready_free(struct ready *ready);
DEFINE_CLEANUP(struct ready *, ready_free);
