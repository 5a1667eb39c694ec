/* The room on the system bus, as org.roomd1. Clients read the components and get events; clients with the
 * right switch and unlock. Never waits for the bus, which may be absent, come, go, and stop reading. */
#pragma once

#include "roomd/component.h"
#include "util/cleanup.h"

/* What the bus needs from the daemon. */
struct bus_callbacks {
	/* Every kind there is, ended by NULL; for Describe(). */
	const struct component_class *const *kinds;
	/* The room's state in a sentence, valid until the next call. */
	const char *(*status)(void *userdata);
	/* Reads the configuration again and makes the room that it describes. 0; or a negative errno and a
	 * text for the caller, to be freed with free() (NULL: no memory). -EBADMSG: the configuration is
	 * wrong, and the text has all its errors, one a line. */
	int (*reload)(void *userdata, char **ret_text);
	/* Called once, from the loop or from bus_start(): roomd owns the name, or there is no bus for now. */
	void (*settled)(void *userdata);
};

struct bus;

/* Makes the bus with the components that the room has now; connects nothing yet. `callbacks` and the room
 * outlive it; components need not. 0 or -ENOMEM. */
int bus_new(struct component_room *room, const struct bus_callbacks *callbacks, void *userdata,
            struct bus **ret);

/* Connects, and connects again whenever the connection is lost: with back-off, or, if there is no bus, when
 * its socket appears. Then nothing wakes up until something changes in the folders of its path. Logs once
 * when the connection is lost and once when it is back. */
void bus_start(struct bus *bus);

/* Takes NULL; returns NULL. */
struct bus *bus_free(struct bus *bus);
DEFINE_CLEANUP(struct bus *, bus_free);

/* The room has got, or is about to lose, a component: its object comes or goes. To be called before the
 * component is freed. 0 or -ENOMEM. */
int bus_component_added(struct bus *bus, struct component *component);
void bus_component_removed(struct bus *bus, struct component *component);

/* The text of callbacks->status() has changed, although no component has. */
void bus_status_changed(struct bus *bus);

/* After a reload: Manager.Components has changed, maybe only in its order. */
void bus_components_changed(struct bus *bus);
