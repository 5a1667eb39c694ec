/* roomd-mqtt as a whole: the room on one side, the broker on the other, and the queue between them. */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "mqtt/config.h"
#include "util/problem.h"

struct bridge;

/* Both connections are begun when the loop runs, and are made again for as long as it does. `queue_folder` NULL: the queue
 * is in memory only. The configuration outlives it. A negative errno, and `problem` says why. */
int bridge_new(sd_event *event, sd_bus *bus, const struct mqtt_config *config, const char *queue_folder,
               struct bridge **ret, struct problem *problem);

/* Disconnects from the broker and then ends the loop, within a second. */
void bridge_stop(struct bridge *bridge);

/* Saves the queue. Takes NULL; returns NULL. */
struct bridge *bridge_free(struct bridge *bridge);
DEFINE_CLEANUP(struct bridge *, bridge_free);
