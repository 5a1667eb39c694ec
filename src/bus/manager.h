/* The room as a whole: /org/roomd1. */
#pragma once

#include <systemd/sd-bus.h>

struct bus;

extern const char manager_interface[];
extern const sd_bus_vtable manager_vtable[];

/* On a connection, about which nobody knows yet; as sd_bus_add_object_vtable(). Goes with the connection. */
int manager_connect(struct bus *bus);

/* What is new about State and Status since the last time, to whoever listens. */
void manager_tell_changes(struct bus *bus);
