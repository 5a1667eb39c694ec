/* The room as a whole: /org/roomd1. */
#pragma once

#include <systemd/sd-bus.h>

struct bus;

extern const char manager_interface[];
extern const sd_bus_vtable manager_vtable[];

/* Adds the object to a connection that has no name yet. Returns the same as sd_bus_add_object_vtable(). The
 * object goes with the connection. */
int manager_connect(struct bus *bus);

/* Sends the changes of State and Status since the last call to all listeners. */
void manager_tell_changes(struct bus *bus);
