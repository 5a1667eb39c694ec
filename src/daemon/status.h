/* The room's state in a sentence, for "systemctl status" and D-Bus. */
#pragma once

#include "roomd/component.h"
#include "util/cleanup.h"

struct config_errors;
struct status;

/* The room has other components now, or the configuration was read again and is the same. No configuration
 * counts as refused any more. */
void status_room_changed(struct status *status);

/* A configuration was refused because of these errors. The sentence begins with that until
 * status_room_changed(). */
void status_refused(struct status *status, const struct config_errors *errors);

/* Tells the service manager, instead of a status, that nothing was started because of these errors. */
void status_say_not_started(const struct config_errors *errors);

/* From status_start() on, the service manager gets each change, at most once a second. The room outlives the
 * status; after its components are gone, only status_free() may follow. 0 or a negative errno. */
int status_new(struct component_room *room, struct status **ret);
struct status *status_free(struct status *status);
DEFINE_CLEANUP(struct status *, status_free);

void status_start(struct status *status);

/* The present sentence; valid until the next call. */
const char *status_text(struct status *status);
