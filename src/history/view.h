/* The history on the bus, as org.roomd1.History: org.roomd1.History(5). It can only be read. */
#pragma once

#include <systemd/sd-bus.h>

#include "history/recorder.h"

struct view;

/* Adds the object and asks for the name. The recorder outlives it. 0 or a negative errno. */
int view_new(sd_bus *bus, struct recorder *recorder, struct view **ret);

/* Takes NULL; returns NULL. */
struct view *view_free(struct view *view);
DEFINE_CLEANUP(struct view *, view_free);

/* `Problem` may have changed. */
void view_changed(struct view *view);
