/* The bridge's names on the bus; roomd-mqtt(8) lists its properties. */
#pragma once

#define VIEW_NAME "org.roomd1.Mqtt"
#define VIEW_PATH "/org/roomd1/mqtt"
#define VIEW_INTERFACE "org.roomd1.Mqtt"
