/* Sensors of other hubs. Another program passes their values in, by name (src/bus/remote.c). A sensor of this
 * room registers for one name, gets its values, and learns when no program passes them in any more. There is
 * no thread and no device, only a timer while a sensor waits for its first value. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"
#include "util/problem.h"

struct remote;

/* All of a room; zero at first. */
struct remotes {
	struct remote *first;
};

/* For this long after the start the predecessor's state holds, until a value arrives. */
#define REMOTE_HOLD_NS UINT64_C(10000000000)

enum remote_type {
	REMOTE_LEVEL,
	REMOTE_NUMBER,
	REMOTE_OTHER, /* something that no sensor takes */
};

struct remote_settings {
	const char *name; /* "gate-pi/motion_sensor/gate" */
	enum remote_type takes;
	uint64_t max_age_ns; /* of a change that has just happened, and of the time that is given for a state */
};

/* Called from the event loop; none may free the remote. One of the first two is NULL, as `takes` says. Times are
 * CLOCK_MONOTONIC, never before the one that was given last, and never to come. */
struct remote_handlers {
	void (*level)(bool active, uint64_t monotonic_ns, void *userdata);
	void (*number)(double value, uint64_t monotonic_ns, void *userdata);
	/* It is unavailable, `reason` says why; also while it is already, with another reason. */
	void (*gone)(const char *reason, void *userdata);
};

/* One message about a sensor. */
struct remote_feed {
	bool available;
	const char *reason; /* UTF-8, if it is not; "": not known */
	enum remote_type type; /* of the value, if it is */
	bool level;
	double number;
	uint64_t realtime_usec; /* when it became so: the other hub's CLOCK_REALTIME */
	bool fresh; /* a change that has just happened; else the state, which holds whatever its age is */
};

/* From now on it can be fed; the settings' text, the handlers and the room's list outlive it. -ENOMEM, or as
 * sd_event_add_time(3). */
int remote_new(struct remotes *remotes, sd_event *event, const struct remote_settings *settings,
               const struct remote_handlers *handlers, void *userdata, struct remote **ret);

/* Takes NULL; returns NULL. */
struct remote *remote_free(struct remote *remote);
DEFINE_CLEANUP(struct remote *, remote_free);

/* What a predecessor has left of it. */
struct remote_known {
	bool active; /* of a level */
	uint64_t since_ns; /* CLOCK_MONOTONIC; what is to come is now */
};

/* If something is known, that holds for REMOTE_HOLD_NS, or until somebody feeds it; else it is gone, which is
 * said before this returns. */
void remote_start(struct remote *remote, const struct remote_known *known);

/* How many changes were too old to be taken for what happens. */
uint64_t remote_late(const struct remote *remote);

/* For each sensor of this name. A change that is older than it may be is not taken: of a number nothing is; a level
 * that has become active stays active if it was so already, and else is inactive. 0; 1: it was the
 * first one that was too old since one was not, and `problem` says so; -ENOENT: there is none; -EINVAL: it does not take
 * such a value; with `problem`, and nothing is changed. */
int remotes_feed(struct remotes *remotes, const char *name, const struct remote_feed *feed,
                 struct problem *problem);

/* Who fed has gone: all that were fed are gone for this reason; or, as at a start, what is known of them holds for
 * a while. */
void remotes_lose(struct remotes *remotes, const char *reason);
void remotes_hold(struct remotes *remotes);

/* The first name, or the one after the last that was given, each once; NULL: no more. In the order in which the
 * sensors came; no sensor may come or go between two calls. */
const char *remotes_next(const struct remotes *remotes, const struct remote **position);
