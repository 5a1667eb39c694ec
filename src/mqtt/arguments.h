/* The command line of roomd-mqtt. */
#pragma once

#include "client/program.h"

enum mqtt_mode {
	MQTT_CHECK = PROGRAM_OWN, /* tries the configuration at the broker */
	MQTT_FORGET,              /* removes this room's messages from the broker */
};

extern const struct program mqtt_program;
