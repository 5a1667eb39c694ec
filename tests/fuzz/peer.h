/* The other end of a connection to the bus, in this process: the bus itself, and all who are on it. It answers what it is asked,
 * as a bus does or as the input says, and says what the input says. */
#pragma once

#include <systemd/sd-bus.h>

#include "fuzz.h"

/* The name of the connection that is tried, and of somebody else. */
#define PEER_OURS ":1.1"
#define PEER_OTHER ":1.42"

struct peer {
	sd_event *event;
	sd_bus *bus;     /* NULL: nobody has connected yet */
	struct fuzz *fuzz;
	/* Called with each method call that is not the bus's own (Hello, matches, names): 1 if it was answered. NULL: none is. */
	int (*called)(struct peer *peer, sd_bus_message *call);
	unsigned answers; /* replies and errors that came */
	void *userdata;
};

/* The address that the program has to connect to is in DBUS_SYSTEM_BUS_ADDRESS from then on. Once in a process. */
void peer_listen(void);

/* The socket; readable when somebody connects. */
int peer_listener(void);

/* A peer on this loop, for the next connection that is made. */
void peer_start(struct peer *peer, sd_event *event, struct fuzz *fuzz);
void peer_end(struct peer *peer);

/* To be called from the loop's turns: takes the connection that was made. */
void peer_accept(struct peer *peer);

struct peer_signal {
	const char *path, *interface, *member, *types;
};

/* Sends a signal, mostly with the types that it has, as `sender` or, if the input says so, as the other one (NULL: never).
 * Nothing if nobody is connected. */
void peer_send_signal(struct peer *peer, const struct peer_signal *signal, const char *sender, const char *other);

/* Adds values of these types, which the input chooses. */
void peer_append(struct fuzz *fuzz, sd_bus_message *message, const char *types);

/* Answers a call of roomd's or of roomd-history's, as those who have the name PEER_OTHER: rightly, with values of the right types,
 * of any types, or not at all. `append_right` adds a right answer to the method of this name; a negative errno: it knows none. 1: it
 * was answered; 0: it was not. */
int peer_answer(struct peer *peer, sd_bus_message *call, int (*append_right)(sd_bus_message *reply, const char *member));

/* Any types. */
const char *peer_types(struct fuzz *fuzz);

/* One of these words, mostly; or any text. Valid until the next call. */
const char *peer_text(struct fuzz *fuzz);
