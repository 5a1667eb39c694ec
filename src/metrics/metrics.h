/* roomd-metrics as a whole: the room on the bus on one side, scrapers on the other. */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "util/problem.h"

struct metrics;

/* Answers on these sockets, which are its own from then on, while the loop runs; ends the loop if nobody has asked for
 * `idle_usec` (0: never). A negative errno, and `problem` says why. */
int metrics_new(sd_event *event, sd_bus *bus, const int *fds, size_t n, uint64_t idle_usec, struct metrics **ret,
                struct problem *problem);

/* Takes NULL; returns NULL. */
struct metrics *metrics_free(struct metrics *metrics);
DEFINE_CLEANUP(struct metrics *, metrics_free);
