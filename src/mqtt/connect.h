/* The connection that the configuration and the credentials describe. */
#pragma once

#include "mqtt/broker.h"
#include "mqtt/config.h"

/* Makes a broker with broker_new(). `purpose`: NULL for the service, whose client id is "roomd-HUB";
 * otherwise a word that is added to the client id. `session`: for the service, whose last will says that the
 * hub is offline; NULL: there is no last will. 0; or a negative errno, and `problem` says why. */
int connect_to_broker(sd_event *event, const struct mqtt_config *config, const char *purpose, const char *session,
                      const struct broker_callbacks *callbacks, void *userdata, struct broker **ret,
                      struct problem *problem);

/* The topic of the hub's discovery message for Home Assistant: "homeassistant/device/roomd_HUB/config".
 * Returns `buffer`. */
char *connect_discovery_topic(const struct mqtt_config *config, char buffer[static TOPIC_SIZE]);
