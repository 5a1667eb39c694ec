/* roomd-metrics as a whole: the room on the bus on one side, scrapers on the other. */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "util/problem.h"

struct metrics;

/* Answers on these sockets, which it owns from now on, while the loop runs. Ends the loop after `idle_usec`
 * without a request (0: never). 0; or a negative errno, and `problem` says why. */
int metrics_new(sd_event *event, sd_bus *bus, const int *fds, size_t n, uint64_t idle_usec, struct metrics **ret,
                struct problem *problem);

/* Takes NULL; returns NULL. */
struct metrics *metrics_free(struct metrics *metrics);
DEFINE_CLEANUP(struct metrics *, metrics_free);
