/* What roomd-mqtt does beside its service: it connects once, does one thing, and says what came of it. */
#pragma once

#include "mqtt/config.h"

/* Tries the connection. 0, and says so on standard output; a negative errno, and why was said. */
int mqtt_client_check(const struct mqtt_config *config);

/* Removes all retained messages of this hub, and its entities at Home Assistant. 0; a negative errno, and why was said. */
int mqtt_client_forget(const struct mqtt_config *config);
