/* The room on the system bus, as org.roomd1: what there is can be read, events are heard of, and who may can
 * switch and unlock. Never waits for the bus, which may be absent, come, go, and stop reading. */
#pragma once

#include "roomd/component.h"
#include "util/cleanup.h"

/* What the bus asks of the daemon. */
struct bus_callbacks {
	/* Every kind there is, ended by NULL; for Describe(). */
	const struct component_class *const *kinds;
	/* The room's state in a sentence, valid until the next call. */
	const char *(*status)(void *userdata);
	/* Reads the configuration again and makes the room that it describes. 0; or a negative errno and a
	 * text for whoever asked, to be freed with free() (NULL: no memory): -EBADMSG: the configuration is
	 * wrong, and the text has all that is wrong with it, one error a line. */
	int (*reload)(void *userdata, char **ret_text);
	/* Called once, from the loop or from bus_start(): the name is ours, or there is no bus for now. */
	void (*settled)(void *userdata);
};

struct bus;

/* The components that the room has now; nothing is connected yet. `callbacks` and the room outlive it, its
 * components need not. -ENOMEM. */
int bus_new(struct component_room *room, const struct bus_callbacks *callbacks, void *userdata,
            struct bus **ret);

/* Connects, and does so again whenever there is no connection: with back-off, or, where there is no bus, when
 * its socket appears; nothing wakes up until something changes in the folders of its path. The log is told once when the connection goes and once
 * when it is back. */
void bus_start(struct bus *bus);

/* Takes NULL; returns NULL. */
struct bus *bus_free(struct bus *bus);
DEFINE_CLEANUP(struct bus *, bus_free);

/* The room has got or is about to lose a component: its object comes or goes. To be called before a component
 * is freed. -ENOMEM. */
int bus_component_added(struct bus *bus, struct component *component);
void bus_component_removed(struct bus *bus, struct component *component);

/* What callbacks->status() says has changed, and no component has. */
void bus_status_changed(struct bus *bus);

/* After a reload: Manager.Components has changed, if only in its order. */
void bus_components_changed(struct bus *bus);
