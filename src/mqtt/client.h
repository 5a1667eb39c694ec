/* The modes of roomd-mqtt that are not the service: it connects once, does one thing, and prints the result. */
#pragma once

#include "mqtt/config.h"

/* Tries the connection. 0, with a message on standard output; or a negative errno, with a message why. */
int mqtt_client_check(const struct mqtt_config *config);

/* Removes all retained messages of this hub, and its entities at Home Assistant. 0; or a negative errno, with
 * a message why. */
int mqtt_client_forget(const struct mqtt_config *config);
