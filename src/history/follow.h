/* Passes the hub's data to the recorder: org.roomd1(5). Knows no kind: Describe() says which properties have
 * a history. */
#pragma once

#include <systemd/sd-bus.h>

#include "history/recorder.h"

struct follower;

/* Begins at once, on this bus, which is attached to a loop. Once a minute everything is written. The recorder
 * outlives it. 0 or a negative errno. */
int follower_new(sd_bus *bus, struct recorder *recorder, struct follower **ret);

/* Takes NULL; returns NULL. Writes nothing. */
struct follower *follower_free(struct follower *follower);
DEFINE_CLEANUP(struct follower *, follower_free);

/* Calls `function` after each write: there may be something to report. */
void follower_on_write(struct follower *follower, void (*function)(void *userdata), void *userdata);

/* Reads the clocks. */
struct moment follower_now(void);
