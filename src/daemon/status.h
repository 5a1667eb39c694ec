/* The room's state in a sentence, for "systemctl status" and D-Bus. */
#pragma once

#include "roomd/component.h"
#include "util/cleanup.h"

struct config_errors;
struct status;

/* It has other components now, or fewer, or the configuration was read again and is the same: none is refused any
 * more. */
void status_room_changed(struct status *status);

/* A configuration was not taken, for these errors: so says the sentence, before all else, until
 * status_room_changed(). */
void status_refused(struct status *status, const struct config_errors *errors);

/* Tells the service manager, instead of all the above, that nothing was started for these errors. */
void status_say_not_started(const struct config_errors *errors);

/* From status_start() on the service manager is told of each change, at most once a second. The room outlives
 * it; once its components are gone, only status_free() may follow. A negative errno. */
int status_new(struct component_room *room, struct status **ret);
struct status *status_free(struct status *status);
DEFINE_CLEANUP(struct status *, status_free);

void status_start(struct status *status);

/* What it is now; valid until the next call. */
const char *status_text(struct status *status);
