/* The sensors of other hubs, which a bridge feeds: org.roomd1.Remote, org.roomd1(5). The policy of the bus
 * says who may feed them. */
#pragma once

#include <systemd/sd-bus.h>

struct bus;

extern const char remote_interface[];

/* Adds the interface to a connection that has no name yet. Returns the same as sd_bus_add_object_vtable(). It
 * goes with the connection. */
int remote_connect(struct bus *bus);

/* The connection is lost, and with it the bridge; the sensors' states still count for a while. */
void remote_disconnect(struct bus *bus);

/* After a reload: other sensors may be wanted. */
void remote_tell_wanted(struct bus *bus);
