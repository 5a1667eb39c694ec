/* Sensors of other hubs, as a bridge feeds them: org.roomd1.Remote, org.roomd1(5). Who may feed is the bus's policy's
 * to say. */
#pragma once

#include <systemd/sd-bus.h>

struct bus;

extern const char remote_interface[];

/* On a connection, about which nobody knows yet; as sd_bus_add_object_vtable(). Goes with the connection. */
int remote_connect(struct bus *bus);

/* The connection goes, and with it whoever feeds; what is known holds for a while. */
void remote_disconnect(struct bus *bus);

/* After a reload others may be wanted. */
void remote_tell_wanted(struct bus *bus);
