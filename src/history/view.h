/* The history on the bus, as org.roomd1.History: org.roomd1.History(5). It can be looked at only. */
#pragma once

#include <systemd/sd-bus.h>

#include "history/recorder.h"

struct view;

/* The object, and the name, which is asked for. The recorder outlives it. A negative errno. */
int view_new(sd_bus *bus, struct recorder *recorder, struct view **ret);

/* Takes NULL; returns NULL. */
struct view *view_free(struct view *view);
DEFINE_CLEANUP(struct view *, view_free);

/* `Problem` may be another one. */
void view_changed(struct view *view);
