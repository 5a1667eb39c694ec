/* What the hub says, to the recorder: org.roomd1(5). Knows no kind: Describe() says which properties are values in time. */
#pragma once

#include <systemd/sd-bus.h>

#include "history/recorder.h"

struct follower;

/* From now on, on this bus, which is attached to a loop; once a minute all of it is written. The recorder outlives it. A
 * negative errno. */
int follower_new(sd_bus *bus, struct recorder *recorder, struct follower **ret);

/* Takes NULL; returns NULL. Writes nothing. */
struct follower *follower_free(struct follower *follower);
DEFINE_CLEANUP(struct follower *, follower_free);

/* Calls this after each write: something may be to be said. */
void follower_on_write(struct follower *follower, void (*function)(void *userdata), void *userdata);

/* The clocks. */
struct moment follower_now(void);
