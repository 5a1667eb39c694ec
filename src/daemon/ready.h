/* READY=1, sd_notify(3): said once the lines are with systemd, so that whoever is told so may restart the
 * service, and once the bus has settled, so that they may call it; but not later than 2 s after the start,
 * whoever does not answer. */
#pragma once

#include <systemd/sd-event.h>

#include "util/cleanup.h"

struct fd_store;
struct ready;

/* To be called when the room has started. -ENOMEM, or what epoll_ctl(2) says. */
int ready_new(sd_event *event, struct fd_store *store, struct ready **ret);

/* There is a name on the bus, or no bus for now. */
void ready_bus_has_settled(struct ready *ready);

/* The reload is over, which systemd has been told of. */
void ready_after_reload(struct ready *ready);

/* Takes NULL; returns NULL. */
struct ready *ready_free(struct ready *ready);
DEFINE_CLEANUP(struct ready *, ready_free);
