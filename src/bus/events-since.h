/* Past events, for clients that were not there, or have missed signals. */
#pragma once

#include <systemd/sd-bus.h>

/* Handler of Manager.EventsSince(); userdata: the bus. */
int events_since_on_call(sd_bus_message *call, void *userdata, sd_bus_error *error);
