/* Calls that change something: authorizes them, carries them out, answers and logs them. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/authority.h"

struct bus;

/* Handlers of methods: of an action of a kind (userdata: the object), and of Manager.Reload (the bus). */
int calls_on_action(sd_bus_message *call, void *userdata, sd_bus_error *error);
int calls_on_reload(sd_bus_message *call, void *userdata, sd_bus_error *error);

/* Handler of the authority's; userdata: the bus. */
void calls_on_verdict(sd_bus_message *call, const struct verdict *verdict, void *userdata);
