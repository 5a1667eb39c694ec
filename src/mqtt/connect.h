/* The connection that the configuration and the credentials describe. */
#pragma once

#include "mqtt/broker.h"
#include "mqtt/config.h"

/* A broker as broker_new() has it. `purpose`: NULL for the service, whose client id is "roomd-HUB"; for what is done beside
 * it a word that comes behind. `session`: the service's, whose last will says that the hub is offline; NULL: there is no
 * last will. A negative errno, and `problem` says why. */
int connect_to_broker(sd_event *event, const struct mqtt_config *config, const char *purpose, const char *session,
                      const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
                      struct problem *problem);

/* Where Home Assistant is told what this hub has: "homeassistant/device/roomd_HUB/config". Returns `buffer`. */
char *connect_discovery_topic(const struct mqtt_config *config, char buffer[static TOPIC_SIZE]);
